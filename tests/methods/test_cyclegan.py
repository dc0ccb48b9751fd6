import keras
import numpy as np
import pytest
from keras import ops

from artnb.method import preset_config
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.methods.cyclegan.model import CycleGAN, in_one_call
from tests.golden.draws import draw_weights, golden, uniform_pictures

DRAW = np.full((7, 2), 0.5, np.float32)
NETWORKS = ("generator_g", "generator_f", "discriminator_x", "discriminator_y")
GOLDEN_CONFIG = CycleGANConfig(
    image_size_px=64,
    load_size_px=64,
    flip=False,
    generator_filters=16,
    generator_blocks=2,
    discriminator_filters=16,
    pool_size=0,
    batch_size=2,
)


@pytest.fixture
def golden_model(monkeypatch):
    model = CycleGAN(GOLDEN_CONFIG, from_px=64)
    for name in NETWORKS:
        draw_weights(getattr(model, name), golden(f"seed/step_{name}"))
    # The golden pictures are floats already: the step shall take them as they are.
    for augment in (model.augment_x, model.augment_y):
        monkeypatch.setattr(augment, "call", lambda pictures: pictures)
    return model


@pytest.fixture(scope="module")
def trained_before():
    """A model whose step is compiled, which is what takes the time, and its state at the start.

    TensorFlow optimizes the step anew once another model has set the seed: tests that only train
    this one stand together.
    """
    model = CycleGAN(preset_config("smoke"), 32)
    start = state(model)
    one_step(model, random_batch(2))
    return model, start


@pytest.fixture
def compiled(trained_before):
    """The same as if it were new."""
    model, start = trained_before
    begin_with(model, start)
    return model


def state(model):
    return [np.array(variable.numpy()) for variable in model.state_variables()]


def begin_with(model, values):
    for variable, value in zip(model.state_variables(), values, strict=True):
        variable.assign(value)


def random_batch(size):
    return [
        np.random.default_rng(seed).integers(0, 256, (size, 32, 32, 3), np.uint8) for seed in (0, 1)
    ]


def golden_batch():
    return tuple(uniform_pictures(golden(f"seed/step_real_{d}"), (2, 64, 64, 3)) for d in "xy")


def one_step(model, batch):
    history = model.fit(
        *batch, batch_size=len(batch[0]), shuffle=False, steps_per_epoch=1, verbose=0
    )
    return {name: values[0] for name, values in history.history.items()}


def test_one_step_has_pytorchs_losses_and_weights(golden_model):
    losses = one_step(golden_model, golden_batch())
    for name, value in losses.items():
        theirs = golden(f"step/loss/{name.replace('generator', 'adversarial')}"
                        if name.startswith("generator") else f"step/loss/{name}")  # fmt: skip
        assert value == pytest.approx(theirs, rel=1e-4), name
    for network in NETWORKS:
        weights = getattr(golden_model, network).get_weights()
        after = golden(f"step/{network}/weights_after")
        feeds_norm = golden(f"step/{network}/feeds_norm")
        for ours, theirs, is_noise in zip(weights, after, feeds_norm, strict=True):
            count = min(8, ours.size)
            if not is_noise:
                np.testing.assert_allclose(ours.ravel()[:count], theirs[:count], atol=1e-5)


def test_both_generators_learn_from_both_cycles():
    """Trap 3: with its own cycle alone, G gets no gradient from F(G(x)) ≈ x."""
    config = preset_config("smoke", lambda_identity=0.0)
    model = CycleGAN(config, 32)
    pictures = uniform_pictures(1, (2, 32, 32, 3))
    before = model.generator_g.get_weights()

    def cycle_x_alone():
        loss = ops.mean(ops.abs(model.generator_f(model.generator_g(pictures)) - pictures))
        return loss, loss

    model.minimize(cycle_x_alone, "generators")
    assert any((a != b).any() for a, b in zip(before, model.generator_g.get_weights(), strict=True))
    _, (_, _, losses) = model.generator_losses(pictures, pictures[::-1], DRAW)
    assert {"cycle_x", "cycle_y"} <= losses.keys()


def test_the_joint_loss_is_the_sum_of_all_terms():
    model = CycleGAN(preset_config("smoke"), 32)
    x, y = uniform_pictures(1, (2, 32, 32, 3)), uniform_pictures(2, (2, 32, 32, 3))
    total, (_, _, losses) = model.generator_losses(x, y, DRAW)
    assert float(total) == pytest.approx(sum(float(v) for v in losses.values()), rel=1e-5)
    assert len(losses) == 6


def test_identity_compares_the_identity_picture():
    """Trap 5: identity_y is |G(y) − y|, not |G(F(y)) − y|."""
    model = CycleGAN(preset_config("smoke", lambda_cycle=10.0), 32)
    x, y = uniform_pictures(1, (2, 32, 32, 3)), uniform_pictures(2, (2, 32, 32, 3))
    _, (fake_x, _, losses) = model.generator_losses(x, y, DRAW)
    same_y = keras.ops.convert_to_numpy(model.generator_g(y))
    cycled_y = keras.ops.convert_to_numpy(model.generator_g(fake_x))
    assert float(losses["identity_y"]) == pytest.approx(5 * np.abs(same_y - y).mean(), rel=1e-4)
    assert float(losses["cycle_y"]) == pytest.approx(10 * np.abs(cycled_y - y).mean(), rel=1e-4)


def test_discriminators_learn_on_fakes_from_before_the_generators_step(monkeypatch):
    model = CycleGAN(preset_config("smoke", pool_size=0, flip=False, load_size_px=32), 32)
    # Not plain pictures: what norms leave of those differs with how many are in a call.
    batch = list(np.random.default_rng(0).integers(0, 256, (2, 2, 32, 32, 3), np.uint8))
    real_x = ops.cast(batch[0], "float32") / 127.5 - 1
    expected = keras.ops.convert_to_numpy(model.generator_g(real_x))
    seen = []
    original = model.discriminator_losses

    def spy(real_x, real_y, fake_x, fake_y, draw):
        seen.append(fake_y)
        return original(real_x, real_y, fake_x, fake_y, draw)

    monkeypatch.setattr(model, "discriminator_losses", spy)
    if keras.backend.backend() != "tensorflow":
        pytest.skip("looks into a step that runs eagerly")
    model.step(batch)
    np.testing.assert_allclose(np.asarray(seen[0]), expected, atol=1e-5)


def test_fit_logs_the_mean_over_the_epoch(compiled):
    """Trap 6: what Keras logs by itself is the last batch."""
    x, y = random_batch(6)
    start = state(compiled)
    each_batch = [one_step(compiled, (x[i : i + 2], y[i : i + 2])) for i in (0, 2, 4)]
    begin_with(compiled, start)
    history = compiled.fit(x, y, batch_size=2, shuffle=False, verbose=0).history
    for name, values in history.items():
        losses = [losses[name] for losses in each_batch]
        assert values[0] == pytest.approx(np.mean(losses), rel=1e-4), name
        assert values[0] != pytest.approx(losses[-1], rel=1e-4), name


def test_averages_follow_the_generators(compiled):
    start = compiled.average_g.get_weights()[0]
    one_step(compiled, random_batch(2))
    now = compiled.generator_g.get_weights()[0]
    assert (now != start).any()
    decay = min(0.99, 2 / 11)  # one step taken
    np.testing.assert_allclose(
        compiled.average_g.get_weights()[0], now + decay * (start - now), atol=1e-6
    )


def test_the_same_seed_gives_the_same_training(compiled):
    """All that a seed decides is in the state of a new model: the step is the same for all."""
    losses = []
    for start in [state(CycleGAN(preset_config("smoke", seed=s), 32)) for s in (7, 7, 8)]:
        begin_with(compiled, start)
        losses.append(one_step(compiled, random_batch(2)))
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert losses[0] != pytest.approx(losses[2], rel=1e-3)


def test_two_inputs_in_one_call_are_two_calls():
    model = CycleGAN(preset_config("smoke"), 32)
    a, b = uniform_pictures(1, (1, 32, 32, 3)), uniform_pictures(2, (1, 32, 32, 3))
    together = [keras.ops.convert_to_numpy(v) for v in in_one_call(model.generator_g, a, b)]
    for one, picture in zip(together, (a, b), strict=True):
        alone = keras.ops.convert_to_numpy(model.generator_g(picture))
        np.testing.assert_allclose(one, alone, atol=1e-5)


def test_without_ema_the_painters_are_the_generators():
    model = CycleGAN(preset_config("smoke", ema_decay=0.0), 32)
    assert model.shown_generators == (model.generator_g, model.generator_f)


def test_every_layer_is_built_before_the_first_step():
    """Keras would otherwise take the first batch to build the model and never train on it."""
    model = CycleGAN(preset_config("smoke"), 32)
    assert all(layer.built for layer in model._flatten_layers())


def test_everything_a_step_changes_is_among_the_state_variables():
    """What is no Keras variable would be lost with the session."""
    model = CycleGAN(preset_config("smoke"), 32)
    known = {id(v) for v in model.state_variables()}
    assert len(known) == len(model.state_variables())
    parts = [
        *model.generator_f.weights,
        *model.discriminator_x.weights,
        *model.average_g.weights,
        *model.players["generators"].optimizer.variables,
        *model.players["discriminators"].optimizer.variables,
        *(tracker.total for tracker in model.trackers.values()),
        model.pool_x.images,
        model.pool_y.count,
        model.pool_y.random.state,
        model.augment_x.random.state,
    ]
    assert {id(part) for part in parts} <= known
