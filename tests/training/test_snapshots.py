import keras
import numpy as np
import pytest

from artnb.config import preset_config
from artnb.errors import InputError
from artnb.run import new_run
from artnb.training.cyclegan import build_generator
from artnb.training.snapshots import load_painter, save_snapshot, thin_out


@pytest.fixture
def config():
    return preset_config("smoke")


@pytest.fixture
def run(tmp_path, config):
    return new_run(tmp_path / "run", config)


@pytest.fixture
def painters(config):
    return build_generator(config, "generator_g"), build_generator(config, "generator_f")


def test_both_directions_load_again(run, painters):
    save_snapshot(run.snapshot(1), painters, {"epoch": 1})
    pictures = np.random.default_rng(0).uniform(-1, 1, (1, 32, 32, 3)).astype(np.float32)
    outputs = []
    for painter, direction in zip(painters, ("generator_g", "generator_f"), strict=True):
        loaded = load_painter(run, direction)
        expected, got = (keras.ops.convert_to_numpy(m(pictures)) for m in (painter, loaded))
        np.testing.assert_allclose(got, expected, atol=5e-3)  # float16 on the way
        outputs.append(got)
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-3


def test_a_damaged_snapshot_is_named(run, painters):
    save_snapshot(run.snapshot(1), painters, {"epoch": 1})
    data = run.snapshot(1).read_bytes()
    run.snapshot(1).write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"epoch-0001\.safetensors is damaged"):
        load_painter(run)


def test_a_snapshot_of_another_network_does_not_fit(run, config):
    other = config.replace(generator_filters=8)
    painters = build_generator(other, "generator_g"), build_generator(other, "generator_f")
    save_snapshot(run.snapshot(1), painters, {"epoch": 1})
    with pytest.raises(InputError, match="does not fit"):
        load_painter(run)


def save_empty(run, epoch, size=10):
    run.snapshot(epoch).write_bytes(b"0" * size)
    return run.snapshot(epoch)


def test_kept_are_1_2_5_every_tenth_and_the_latest(run, config):
    for epoch in range(1, 24):
        save_empty(run, epoch)
        thin_out(run, config)
    assert run.snapshot_epochs() == [1, 2, 5, 10, 20, 23]


def test_beyond_the_budget_the_oldest_go_first(run, config):
    for epoch in (1, 2, 5, 6):
        save_empty(run, epoch, size=1000)
    thin_out(run, config.replace(snapshot_budget_gb=2.5e-6))
    assert run.snapshot_epochs() == [5, 6]
    thin_out(run, config.replace(snapshot_budget_gb=0.0))
    assert run.snapshot_epochs() == [6]
