"""Adaptive augmentation: its transformations, its draws, and how its probability is found."""

import keras
import numpy as np
import pytest
from keras import ops

from artnb.errors import InputError
from artnb.training.ada import POLICIES, AdaptiveAugmentation
from artnb.training.ada_resampling import resample
from artnb.training.ada_transformations import (
    Colours,
    Placement,
    affine_inverse_matrix,
    colour_matrix,
    recolour,
)
from artnb.training.engine import BackendEngine
from tests.golden.ada_draws import (
    COLOURINGS,
    FILE,
    PLACEMENTS,
    UNCOLOURED,
    UNPLACED,
    draw_picture,
)
from tests.golden.draws import uniform_pictures

GOLDEN = np.load(FILE)
_ON_JAX = keras.backend.backend() == "jax"
_BATCH = 8


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def compiled(function):
    """Compile as a training step is, with XLA on JAX; variables change as they do there."""
    if not _ON_JAX:
        import tensorflow as tf

        return tf.function(function)
    import jax

    return jax.jit(function)


@compiled
def placed_by(pictures, inverse):
    return resample(pictures, inverse)


def placement(count=1, **changed):
    return Placement(
        **{k: np.full(count, v, np.float32) for k, v in {**UNPLACED, **changed}.items()}
    )


def placed(pictures, **changed):
    """Place all pictures alike."""
    inverse = affine_inverse_matrix(placement(len(pictures), **changed))
    return numpy(placed_by(ops.convert_to_tensor(pictures), inverse))


def augmentation(policies=POLICIES, probability=0.0, seed=0, size_px=16, **settings):
    return AdaptiveAugmentation(
        policies,
        size_px,
        seed,
        "ada",
        batch_size=_BATCH,
        initial_probability=probability,
        **settings,
    )


def test_places_equal_pytorchs():
    """All of them in one call: each picture its own."""
    placements = [placement(**changed) for changed in PLACEMENTS.values()]
    together = Placement(*(np.concatenate(values) for values in zip(*placements, strict=True)))
    inverse = affine_inverse_matrix(together)
    for name, ours in zip(PLACEMENTS, numpy(inverse), strict=True):
        np.testing.assert_allclose(ours, GOLDEN[f"place/{name}/inverse"], atol=1e-5, err_msg=name)
    pictures = ops.convert_to_tensor(np.stack([draw_picture()] * len(PLACEMENTS)))
    for name, ours in zip(PLACEMENTS, numpy(placed_by(pictures, inverse)), strict=True):
        np.testing.assert_allclose(ours, GOLDEN[f"place/{name}/picture"], atol=1e-4, err_msg=name)


@pytest.mark.parametrize("name", COLOURINGS)
def test_colours_equal_pytorchs(name):
    colours = {**UNCOLOURED, **COLOURINGS[name]}
    matrix = colour_matrix(Colours(**{k: np.full(1, v, np.float32) for k, v in colours.items()}))
    ours = numpy(recolour(ops.convert_to_tensor(draw_picture()[None]), matrix))[0]
    np.testing.assert_allclose(ours, GOLDEN[f"colour/{name}/picture"], atol=1e-5)


@pytest.mark.parametrize("edge", [16, 17])
def test_blits_move_pixels_and_change_none(edge):
    pictures = uniform_pictures(0, (2, edge, edge, 3))
    np.testing.assert_array_equal(placed(pictures), pictures)
    np.testing.assert_array_equal(placed(pictures, mirrored=1), pictures[:, :, ::-1])
    for turns in (1, 2, 3):
        turned = placed(pictures, quarter_turns=turns)
        np.testing.assert_array_equal(turned, np.rot90(pictures, turns, (1, 2)))
    reflected = np.pad(pictures, ((0, 0), (2, 2), (2, 2), (0, 0)), "reflect")
    moved = placed(pictures, whole_right=2, whole_down=-1)
    np.testing.assert_array_equal(moved, reflected[:, 3 : edge + 3, :edge])


def waves(x, y):
    """Give a smooth picture of any places: waves of at least eight pixels' length."""
    return np.stack(
        [
            np.cos(0.25 * np.pi * (0.8 * x + 0.6 * y) + 0.3),
            np.cos(0.25 * np.pi * y) * 0.5 + np.sin(0.25 * np.pi * x) * 0.5,
            np.cos(0.25 * np.pi * (0.7 * x - 0.7 * y)),
        ],
        axis=-1,
    )


@pytest.mark.parametrize(
    ("changed", "largest"),
    [
        *(({"turn_before": np.deg2rad(angle)}, 0.05) for angle in (30, 45, 60, 90, 135)),
        ({"turn_after": np.deg2rad(-10)}, 0.02),
        ({"right": 3.3, "down": 2.7}, 0.02),
        ({"scale": 4}, 0.02),
        ({"scale": 0.7}, 0.06),
        ({"stretch": 1.5, "turn_before": 0.5}, 0.04),
        ({"scale": 3, "turn_before": 0.8, "stretch": 0.8, "turn_after": -1, "right": 2.4}, 0.03),
    ],
)
def test_smooth_pictures_are_placed_nearly_exactly(changed, largest):
    """Compare with the same waves at other places, where these lie within the picture."""
    edge = 48
    centred = np.arange(edge) - (edge - 1) / 2
    u, v = np.meshgrid(centred, centred)
    (a, b, c), (d, e, f), _ = numpy(affine_inverse_matrix(placement(**changed)))[0]
    x, y = a * u + b * v + c, d * u + e * v + f
    within = np.maximum(np.abs(x), np.abs(y)) < edge / 2 - 4
    ours = placed(waves(u, v)[None].astype(np.float32), **changed)[0]
    errors = np.abs(ours - waves(x, y))[within]
    assert within.mean() > 0.3
    assert errors.max() < largest
    assert errors.mean() < largest / 3


def test_reducing_does_not_alias():
    """Of stripes too fine for the smaller picture their mean is left."""
    stripes = np.tile([[[1.0]], [[-1.0]]], (16, 32, 3))[None].astype(np.float32)
    inner = placed(stripes, scale=0.5)[0, 10:-10, 10:-10]
    assert np.abs(inner).max() < 0.01


def test_the_gradient_is_the_adjoint():
    """What resampling does is linear: ⟨Ax, y⟩ = ⟨x, Aᵀy⟩."""
    layer = augmentation(probability=0.9)
    pictures, others = (uniform_pictures(seed, (_BATCH, 16, 16, 3)) for seed in (0, 1))
    inverse = ops.convert_to_tensor(layer.draw(_BATCH).inverse)
    gradient = compiled(
        lambda x: BackendEngine().input_gradients(
            lambda x: ops.sum(resample(x, inverse) * others), x
        )
    )(ops.convert_to_tensor(pictures))
    forwards = (numpy(placed_by(ops.convert_to_tensor(pictures), inverse)) * others).sum()
    assert (numpy(gradient) * pictures).sum() == pytest.approx(forwards, rel=1e-4)


def test_lines_resampled_some_at_a_time_give_the_same(monkeypatch):
    """And so do their gradients, and the gradients' own."""
    pictures, others = (uniform_pictures(seed, (2, 8, 8, 3)) for seed in (0, 1))
    inverse = ops.convert_to_tensor(augmentation(probability=0.9, size_px=8).draw(2).inverse)
    gradients = BackendEngine().input_gradients

    def slopes(x):
        return gradients(lambda x: ops.sum(ops.square(resample(x, inverse)) * others), x)

    def curves(x):
        return gradients(lambda x: ops.sum(ops.square(slopes(x))), x)

    pictures = ops.convert_to_tensor(pictures)
    at_once = numpy(compiled(curves)(pictures))

    def again(x):
        return curves(x)

    monkeypatch.setattr("artnb.training.ada_resampling._WEIGHTS_AT_A_TIME", 500)
    in_parts = numpy(compiled(again)(pictures))
    np.testing.assert_allclose(in_parts, at_once, rtol=1e-4, atol=1e-4)


def test_with_probability_0_pictures_stay_as_they_are():
    layer = augmentation()
    pictures = uniform_pictures(0, (_BATCH, 16, 16, 3))
    same = numpy(layer(pictures, layer.draw(_BATCH)))
    np.testing.assert_allclose(same, pictures, atol=1e-6)


def test_only_the_chosen_policies_change_pictures():
    pictures = uniform_pictures(0, (_BATCH, 16, 16, 3))
    for policy in POLICIES:
        layer = augmentation((policy,), probability=1.0)
        changed = numpy(layer(pictures, layer.draw(_BATCH)))
        assert np.abs(changed - pictures).max() > 0.1
        drawn = layer.draw(_BATCH)
        is_unplaced = np.array_equal(drawn.inverse, np.stack([np.eye(3)] * _BATCH))
        assert is_unplaced == (policy == "colour")
        assert (np.abs(numpy(drawn.colours) - np.eye(3, 4)).max() < 1e-6) == (policy != "colour")
    layer = augmentation((), probability=1.0)
    np.testing.assert_array_equal(numpy(layer(pictures, layer.draw(_BATCH))), pictures)


def test_half_precision_pictures_are_augmented_in_float32():
    layer = augmentation(probability=0.8)
    pictures = uniform_pictures(0, (_BATCH, 16, 16, 3)).astype(np.float16)
    assert keras.backend.standardize_dtype(layer(pictures, layer.draw(_BATCH)).dtype) == "float32"


def logits(share_of_real):
    """Give answers for a batch, so many of which say "real"."""
    signs = np.where(np.arange(_BATCH) < share_of_real * _BATCH, 1.0, -1.0)
    return (signs * 3).astype(np.float32)[:, None]


def observe(layer, answers, steps):
    """Take compiled steps that observe the same answers."""
    if not _ON_JAX:
        step = compiled(lambda: layer.observe(ops.convert_to_tensor(answers)))
        for _ in range(steps):
            step()
        return

    def pure(values):
        mapping = list(zip(layer.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping) as scope:
            layer.observe(ops.convert_to_tensor(answers))
        return [scope.get_current_value(v) for v in layer.variables]

    step, values = compiled(pure), [v.value for v in layer.variables]
    for _ in range(steps):
        values = step(values)
    for variable, value in zip(layer.variables, values, strict=True):
        variable.assign(value)


def probability(layer):
    return float(numpy(layer.probability))


def test_probability_rises_with_a_discriminator_that_was_given_the_answers():
    """At the published rate: from 0 to 1 in 500,000 pictures."""
    layer = augmentation()
    observe(layer, logits(1), 3)
    assert probability(layer) == 0
    observe(layer, logits(1), 1)
    assert probability(layer) == pytest.approx(4 * _BATCH / 500_000)
    observe(layer, logits(1), 7)
    assert probability(layer) == pytest.approx(2 * 4 * _BATCH / 500_000)


def test_probability_falls_with_a_blind_discriminator():
    layer = augmentation(probability=0.5)
    observe(layer, logits(0.5), 8)
    assert probability(layer) == pytest.approx(0.5 - 2 * 4 * _BATCH / 500_000)


def test_probability_stays_between_0_and_1():
    layer = augmentation(probability=0.98, speed_images=32 * 32)
    observe(layer, logits(1), 8)
    assert probability(layer) == 1
    observe(layer, logits(0), 4 * 40)
    assert probability(layer) == 0


def test_probability_stays_at_the_target():
    """Also where it is no binary number: 0.6 of ten is six."""
    layer = augmentation(probability=0.5, target=0.5)
    observe(layer, logits(0.75), 4)
    assert probability(layer) == 0.5
    layer = augmentation(probability=0.5, interval_steps=5)
    observe(layer, logits(1), 3)
    observe(layer, logits(0.5), 2)  # 24 of 40
    assert probability(layer) == 0.5
    assert [float(numpy(v)) for v in (layer.sign_sum, layer.sign_count)] == [0, 0]


def test_a_fixed_probability_stays():
    layer = augmentation(probability=0.5, fixed=True)
    observe(layer, logits(1), 8)
    assert probability(layer) == 0.5


def test_what_a_checkpoint_holds_goes_on_exactly():
    """Between two adjustments too: sums and seed are among the variables."""
    gone_on, stopped, resumed = (augmentation(probability=0.3, seed=s) for s in (1, 1, 2))
    for layer in (gone_on, stopped):
        layer.draw(_BATCH)
        observe(layer, logits(1), 6)
    for new, old in zip(resumed.variables, stopped.variables, strict=True):
        new.assign(numpy(old))
    for layer in (gone_on, resumed):
        observe(layer, logits(1), 2)
    assert probability(resumed) == probability(gone_on) == pytest.approx(0.3 + 64 / 500_000)
    for ours, theirs in zip(resumed.draw(_BATCH), gone_on.draw(_BATCH), strict=True):
        np.testing.assert_array_equal(numpy(ours), numpy(theirs))


def test_the_same_seed_draws_the_same_and_every_draw_is_another():
    first, second = (augmentation(probability=0.8, seed=5) for _ in range(2))
    drawn = [numpy(layer.draw(_BATCH).inverse) for layer in (first, second, first)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert np.abs(drawn[2] - drawn[0]).max() > 0.1


class Context:
    """One of two replicas that share a batch."""

    num_replicas_in_sync = 2

    def __init__(self, number, others=0.0):
        self.replica_id_in_sync_group = number
        self.others = others

    def all_reduce(self, _, value):
        return value + self.others


def test_replicas_draw_their_shares_of_what_one_device_draws(monkeypatch):
    whole = augmentation(probability=0.8).draw(_BATCH)
    for number, own in enumerate((slice(0, 4), slice(4, 8))):
        with monkeypatch.context() as patch:
            patch.setattr("artnb.training.replicas._replica_context", lambda n=number: Context(n))
            share = augmentation(probability=0.8).draw(_BATCH // 2)
        for ours, all_of_them in zip(share, whole, strict=True):
            # A cosine's last bit depends on how many there are.
            np.testing.assert_allclose(numpy(ours), numpy(all_of_them)[own], atol=1e-6)


def test_replicas_observe_the_whole_batch(monkeypatch):
    """The other half of the batch counts: alone, ours would be above the target."""
    other = np.stack([np.zeros(4, np.float32), np.full(4, -1, np.float32)])
    context = Context(0, other)
    monkeypatch.setattr("artnb.training.replicas._replica_context", lambda: context)
    layer = augmentation(probability=0.5)
    for _ in range(4):
        layer.observe(np.ones((_BATCH // 2, 1), np.float32))
    assert probability(layer) == pytest.approx(0.5 - 4 * _BATCH / 500_000)


def seen(name, drawn):
    """Say what of a draw a discriminator could tell apart, as whole numbers; 0 is undistorted."""
    inverse, colours = numpy(drawn.inverse)[:, :2, :2], numpy(drawn.colours)[:, :, :3]
    if name == "mirrored":
        return (np.linalg.det(inverse) < 0).astype(int)
    if name == "turned":
        turned = inverse[:, 1, 0] - np.sign(np.linalg.det(inverse)) * inverse[:, 0, 1]
        upright = inverse[:, 1, 1] + np.sign(np.linalg.det(inverse)) * inverse[:, 0, 0]
        return sectors(turned, upright)
    if name == "inverted":
        return (colours.sum(axis=(1, 2)) < 0).astype(int)
    aside = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    return sectors((colours * aside).sum((1, 2)), (colours * (np.eye(3) - 1 / 3)).sum((1, 2)))


def sectors(sine, cosine):
    """Number 12 sectors of the circle; the first lies around 0."""
    return np.round(np.arctan2(sine, cosine) * 12 / (2 * np.pi)).astype(int) % 12


@pytest.mark.parametrize("name", ["mirrored", "turned", "inverted", "hue"])
def test_what_is_undistorted_occurs_most_below_08(name):
    """So nothing leaks: matching what D sees needs pictures that are unchanged (appendix C).

    Each frequency has several hundred draws, and the first is ahead by far more than chance.
    """
    for p, clearly in ((0.6, 1.6), (0.8, 1.2)):
        kinds = np.bincount(seen(name, augmentation(probability=p, fixed=True).draw(8000)))
        assert kinds[0] > clearly * kinds[1:].max(), (p, kinds)


@pytest.mark.parametrize(("name", "kinds"), [("mirrored", 2), ("turned", 12), ("hue", 12)])
def test_at_probability_1_nothing_says_what_is_undistorted(name, kinds):
    found = np.bincount(seen(name, augmentation(probability=1.0).draw(8000)), minlength=kinds)
    assert found.max() < 1.25 * found.min()


def test_frequencies_are_the_papers():
    """Half of the mirrorings change nothing; two rotations count as one kind of change."""
    drawn = augmentation(probability=0.6).draw(8000)
    assert np.mean(seen("mirrored", drawn)) == pytest.approx(0.3, abs=0.03)
    assert np.mean(seen("inverted", drawn)) == pytest.approx(0.3, abs=0.03)
    turned = np.mean(seen("turned", augmentation(("geometry",), probability=0.6).draw(8000)) != 0)
    assert turned == pytest.approx(0.6 * 11 / 12, abs=0.04)


def test_errors_say_what_must_hold():
    with pytest.raises(InputError, match="blit, geometry, colour, got color"):
        augmentation(("blit", "color"))
    with pytest.raises(InputError, match=r"in \[0, 1\], got 1\.5"):
        augmentation(probability=1.5)
