import h5py
import keras
import numpy as np
import pytest

from artnb.data.images import decode_rgb
from artnb.data.listing import list_images
from artnb.errors import InputError
from artnb.pretrained.h5_networks import build_squeezenet, load_squeezenet
from artnb.pretrained.weights import weights_at_hand

from .legacy_h5 import convolve, write_weights

FIRES = {2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128)} | {
    **{6: (48, 192), 7: (48, 192), 8: (64, 256), 9: (64, 256)}
}


def shapes():
    found, channels = {"conv1": (3, 3, 3, 64)}, 64
    for number, (squeezed, expanded) in FIRES.items():
        found[f"fire{number}/squeeze1x1"] = (1, 1, channels, squeezed)
        found[f"fire{number}/expand1x1"] = (1, 1, squeezed, expanded)
        found[f"fire{number}/expand3x3"] = (3, 3, squeezed, expanded)
        channels = 2 * expanded
    return found


@pytest.fixture
def path(tmp_path):
    return tmp_path / "squeezenet.h5"


def pool(x):
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(0, 1))
    return windows[::2, ::2].max(axis=(3, 4))


def in_numpy(x, weights):
    """SqueezeNet 1.1 once more, from the paper and the file alone."""
    x = pool(convolve(x, *weights["conv1"], stride=2, same=False))
    for number in FIRES:
        squeezed = convolve(x, *weights[f"fire{number}/squeeze1x1"])
        branches = [convolve(squeezed, *weights[f"fire{number}/{b}"]) for b in BRANCHES]
        x = np.concatenate(branches, axis=2)
        x = pool(x) if number in (3, 5) else x
    return x.mean(axis=(0, 1))


BRANCHES = "expand1x1", "expand3x3"


def test_features_are_those_of_the_paper_and_the_file(path):
    weights = write_weights(path, shapes())
    pictures = np.random.default_rng(1).normal(size=(2, 75, 64, 3)).astype(np.float32)
    features = keras.ops.convert_to_numpy(load_squeezenet(path)(pictures))
    expected = np.stack([in_numpy(picture, weights) for picture in pictures])
    assert expected.std() > 0.1
    assert features.shape == (2, 512)
    np.testing.assert_allclose(features, expected, atol=2e-5)


def test_sizes_within_the_network_are_those_of_the_reference():
    network = build_squeezenet()
    names = "conv1", "pool1", "pool3", "pool5", "fire9", "average"
    inner = keras.Model(network.inputs, [network.get_layer(name).output for name in names])
    found = inner.compute_output_shape((1, 227, 227, 3))
    edges = [113, 56, 28 - 1, 13, 13]
    channels = [64, 64, 128, 256, 512]
    assert [tuple(shape) for shape in found[:-1]] == [
        (1, edge, edge, count) for edge, count in zip(edges, channels, strict=True)
    ]
    assert tuple(found[-1]) == (1, 512)
    assert network.count_params() == 722_496  # the file's 25 layers


def test_computes_in_float32_whatever_keras_is_set_to(path):
    weights = write_weights(path, shapes())
    picture = np.random.default_rng(1).normal(size=(1, 40, 40, 3)).astype(np.float32)
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        features = keras.ops.convert_to_numpy(load_squeezenet(path)(picture))
    finally:
        keras.config.set_dtype_policy(policy)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features[0], in_numpy(picture[0], weights), atol=2e-5)


def test_a_file_without_a_layer_is_refused(path):
    without = {name: shape for name, shape in shapes().items() if "fire7" not in name}
    write_weights(path, without)
    expected = r"the weights of squeezenet: fire7/squeeze1x1 is missing \(3 of 25 layers do not"
    with pytest.raises(InputError, match=expected):
        load_squeezenet(path)


def test_a_file_with_other_shapes_is_refused_before_anything_is_assigned(path):
    write_weights(path, shapes() | {"fire9/expand3x3": (3, 3, 64, 128)})
    expected = (
        r"fire9/expand3x3 has the shapes \[\(3, 3, 64, 128\), \(128,\)\] rather than "
        r"\[\(3, 3, 64, 256\), \(256,\)\] \(1 of 25"
    )
    with pytest.raises(InputError, match=expected):
        load_squeezenet(path)


def test_a_layer_that_is_no_group_is_refused(path):
    write_weights(path, shapes())
    with h5py.File(path, "a") as file:
        del file["conv1"]
        file["conv1"] = np.zeros((3, 3, 3, 64))
    with pytest.raises(InputError, match="conv1 is missing"):
        load_squeezenet(path)


@pytest.mark.parametrize("kept", [0, 100, 500_000])
def test_a_damaged_file_is_refused(path, kept):
    write_weights(path, shapes())
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match="must be an HDF5 file of weights, and it cannot be read"):
        load_squeezenet(path)


def test_a_file_that_is_not_there_is_refused(path):
    with pytest.raises(InputError, match="cannot be read as one"):
        load_squeezenet(path)


@pytest.fixture
def network():
    path = weights_at_hand("squeezenet")
    if path is None:
        pytest.skip("needs SqueezeNet's weights: set ARTNB_WEIGHTS to the folder that holds them")
    return load_squeezenet(path)


def frechet_distance(real, fake):
    centred = [(side - side.mean(0)) / np.sqrt(len(side) - 1) for side in (real, fake)]
    means = np.square(real.mean(0) - fake.mean(0)).sum()
    spread = sum(np.square(side).sum() for side in centred)
    return means + spread - 2 * np.linalg.svd(centred[0] @ centred[1].T, compute_uv=False).sum()


def test_paintings_are_nearer_to_paintings_than_to_photos(network, competition):
    """The order of the reference: 1050 < 1674 < 2336 with 150 pictures on each side."""

    def features(folder, count):
        files = list_images(competition / folder)[:count]
        pictures = np.stack([decode_rgb(file.read_bytes()) for file in files])
        inputs = pictures[..., ::-1] - np.float32([103.939, 116.779, 123.68])
        return network.predict(inputs, batch_size=20, verbose=0).astype(np.float64)

    monet, photo = features("monet_jpg", 80), features("photo_jpg", 80)
    within_monet = frechet_distance(monet[:40], monet[40:])
    within_photo = frechet_distance(photo[:40], photo[40:])
    between = frechet_distance(monet[:40], photo[:40])
    assert within_monet < within_photo < between
