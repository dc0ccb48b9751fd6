import keras
import numpy as np
import pytest

from artnb.errors import InputError
from artnb.method import preset_config
from artnb.methods.cyclegan.model import build_discriminator, build_generator
from artnb.runs.run import new_run
from artnb.runs.snapshots import save_snapshot, superseded


@pytest.fixture
def config():
    return preset_config("smoke")


@pytest.fixture
def run(tmp_path, config):
    return new_run(tmp_path / "run", config)


@pytest.fixture
def painters(config):
    return {name: build_generator(config, name) for name in ("generator_g", "generator_f")}


def thin_out(run, budget_gb):
    for epoch in superseded(run, budget_gb):
        run.snapshot(epoch).unlink()


def test_both_directions_load_again(run, painters):
    save_snapshot(run.snapshot(1), painters, {"epoch": 1})
    pictures = np.random.default_rng(0).uniform(-1, 1, (1, 32, 32, 3)).astype(np.float32)
    outputs = []
    run.note(data={"x": "photo", "y": "monet"})
    for to, painter in zip(("y", "x"), painters.values(), strict=True):
        loaded = run.painter(to=to).load()
        expected, got = (keras.ops.convert_to_numpy(m(pictures)) for m in (painter, loaded))
        np.testing.assert_allclose(got, expected, atol=5e-3)  # float16 on the way
        outputs.append(got)
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-3


def test_the_folder_of_snapshots_is_made_where_it_is_missing(run, painters):
    run.snapshots.rmdir()
    save_snapshot(run.snapshot(1), painters, {"epoch": 1})
    assert run.snapshot_epochs() == [1]


def test_a_damaged_snapshot_is_named(run, painters):
    save_snapshot(run.snapshot(1), painters, {"epoch": 1})
    data = run.snapshot(1).read_bytes()
    run.snapshot(1).write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"epoch-0001\.safetensors is damaged"):
        run.painter().load()


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e38])
def test_a_snapshot_of_a_training_that_diverged_is_refused(run, painters, value):
    """A generator of NaN paints black, and float16 makes what is too large infinite."""
    painters["generator_g"].weights[0].assign(painters["generator_g"].weights[0] * 0 + value)
    save_snapshot(run.snapshot(1), painters, {"epoch": 1})
    with pytest.raises(InputError, match=r"of generator_g in .* had diverged; choose an earlier"):
        run.painter().load()
    run.note(data={"x": "photo", "y": "monet"})
    run.painter(to="x").load()


def test_a_snapshot_of_another_network_does_not_fit(run, config):
    other = config.replace(generator_filters=8)
    painters = {"generator_g": build_generator(other, "generator_g")}
    save_snapshot(run.snapshot(1), painters, {"epoch": 1})
    with pytest.raises(InputError, match="does not fit"):
        run.painter().load()


def save_empty(run, epoch, size=10):
    run.snapshot(epoch).write_bytes(b"0" * size)
    return run.snapshot(epoch)


def test_kept_are_1_2_5_every_tenth_and_the_latest(run, config):
    for epoch in range(1, 24):
        save_empty(run, epoch)
        thin_out(run, config.snapshot_budget_gb)
    assert run.snapshot_epochs() == [1, 2, 5, 10, 20, 23]


def test_beyond_the_budget_the_oldest_go_first(run, config):
    for epoch in (1, 2, 5, 6):
        save_empty(run, epoch, size=1000)
    thin_out(run, 2.5e-6)
    assert run.snapshot_epochs() == [5, 6]
    thin_out(run, 0.0)
    assert run.snapshot_epochs() == [6]


def test_the_best_stays_like_the_latest(run, config):
    for epoch in (1, 7, 8, 9):
        save_empty(run, epoch, size=1000)
    run.note(best={"epoch": 7})
    thin_out(run, 1e-6)
    assert run.snapshot_epochs() == [7, 9]


def test_discriminators_load_again(run, config, painters):
    discriminator = build_discriminator(config, "discriminator_y")
    save_snapshot(run.snapshot(1), painters | {"discriminator_y": discriminator}, {"epoch": 1})
    for loaded, weight in zip(
        run.judge(run.painter()).load().get_weights(), discriminator.get_weights(), strict=True
    ):
        np.testing.assert_allclose(loaded, weight, atol=1e-3)


def test_a_snapshot_without_discriminators_says_so(run, painters):
    save_snapshot(run.snapshot(1), painters, {"epoch": 1})
    with pytest.raises(InputError, match="holds no discriminator_y: it was made before"):
        run.judge(run.painter()).load()
