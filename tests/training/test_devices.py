"""Two devices, or two hosts, train as one does; `on_devices.py` holds what the processes do."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from safetensors.numpy import load_file

from artnb.synthetic.dataset import make_demo_data
from artnb.training.checkpoint_folder import list_checkpoints
from artnb.training.checkpoints import STATE
from tests.golden.steps import CONFIGS, cancelled_biases

_HERE = Path(__file__).parents[2]
_BACKEND = keras.backend.backend()
_LONGEST_S = 600
_QUICK = {
    "KERAS_BACKEND": _BACKEND,
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",  # compiling is what takes the time here
}
pytestmark = pytest.mark.long
needs_jax = pytest.mark.skipif(_BACKEND != "jax", reason="several hosts train on JAX only")
needs_tensorflow = pytest.mark.skipif(
    _BACKEND != "tensorflow", reason="on JAX a step sees the whole batch, and so its overflow"
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_demo_data(tmp_path_factory.mktemp("data") / "demo", 32, images=6, pairs=3)


def start(task, devices, out, *arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.training.on_devices", task, str(devices), out, *arguments],
        cwd=_HERE,
        env=os.environ | _QUICK | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(processes):
    """Wait for processes that were started together; none outlives this."""
    try:
        for process in processes:
            output, _ = process.communicate(timeout=_LONGEST_S)
            assert process.returncode == 0, output[-3000:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def result(out):
    with np.load(out.with_suffix(".npz")) as file:
        return dict(file), json.loads(out.with_suffix(".json").read_text())


def on_one_and_two(task, folder, *arguments):
    outs = {devices: folder / f"{task}-{devices}" for devices in (1, 2)}
    finish([start(task, devices, out, *arguments) for devices, out in outs.items()])
    return [result(out) for out in outs.values()]


def of_kind(found, kind):
    return {key: value for key, value in found.items() if key.split("/")[1] == kind}


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    return on_one_and_two("step", tmp_path_factory.mktemp("step"))


@pytest.fixture(scope="module")
def fits(tmp_path_factory, dataset):
    return on_one_and_two("fit", tmp_path_factory.mktemp("fit"), dataset.path)


@pytest.mark.slow
def test_a_step_on_two_devices_has_the_losses_of_one(steps):
    (one, _), (two, facts) = steps
    assert facts["replicas"] == 2
    assert facts["lines"] == ["Training on 2 CPUs: each takes 1 of 2 pictures."]
    losses = of_kind(one, "loss")
    assert len(losses) == 8 * len(CONFIGS)
    for name, loss in losses.items():
        assert two[name] == pytest.approx(loss, rel=1e-4), name


@pytest.mark.slow
def test_a_step_on_two_devices_has_the_gradients_and_weights_of_one(steps):
    (one, _), (two, _) = steps
    cancelled = {name: cancelled_biases(name) for name in CONFIGS}
    for key, ours in two.items():
        name, kind, variable = key.split("/", 2)
        if kind == "loss" or variable in cancelled[name]:
            continue
        if kind == "gradient":
            assert np.linalg.norm(ours - one[key]) < 1e-4 * np.linalg.norm(one[key]), key
        else:
            np.testing.assert_allclose(ours, one[key], atol=1e-5, err_msg=key)


@pytest.mark.slow
def test_fit_on_two_devices_draws_and_remembers_as_on_one(fits):
    """Crops, DiffAugment and pool included; reading and writing the state is in the process."""
    (one, alone), (two, facts) = fits
    assert (alone["replicas"], alone["lines"], facts["replicas"]) == (1, [], 2)
    assert one.keys() == two.keys()
    assert all(np.isfinite(value).all() for value in two.values())
    for name, value in two.items():
        if name.startswith("loss"):
            assert value == pytest.approx(one[name], rel=2e-4), name
        elif "seed_generator" in name or name.endswith(("pool_x/count", "pool_y/count")):
            assert np.array_equal(value, one[name]), name
        elif name.endswith("pool_x/images"):
            np.testing.assert_allclose(value, one[name], atol=1e-3)
            assert (np.abs(value).max(axis=(1, 2, 3)) > 0).all()


@pytest.mark.slow
@needs_tensorflow
def test_an_overflow_on_the_second_device_skips_the_step_on_all(fits):
    (_, alone), (_, facts) = fits
    assert (alone["overflow"], facts["overflow"]) == (None, {"change": 0, "scale": 2})


@pytest.mark.slow
@needs_tensorflow
def test_adaptive_augmentation_on_two_devices_is_that_of_one(tmp_path):
    """Of the real pictures the first half alone would raise the probability."""
    (one, _), (two, facts) = on_one_and_two("augment", tmp_path)
    assert facts["replicas"] == 2
    for name in ("pictures/0", "pictures/1", "probability"):
        np.testing.assert_allclose(two[name], one[name], atol=1e-4, err_msg=name)
    assert np.array_equal(two["seed"], one["seed"])
    assert two["probability"] == pytest.approx(0.8 - 2 * 4 / 500_000, abs=1e-7)


@pytest.mark.slow
@needs_tensorflow
def test_regularisers_come_on_two_devices_when_they_are_due(tmp_path):
    """Pictures are compared within a device's share, so that losses are not those of one."""
    _, (two, facts) = on_one_and_two("lazy", tmp_path)
    assert facts["replicas"] == 2
    for name in ("r1", "path_length"):
        assert (np.abs(two[f"loss/{name}"]) > 1e-7).tolist() == [True, False, True, False]
    assert all(np.isfinite(values).all() for values in two.values())


@pytest.mark.slow
@needs_jax
def test_two_hosts_are_killed_and_resume(tmp_path, dataset):
    """Both hosts of a training die; resumed, it is the one that would have been."""
    for name, killed in (("alone", False), ("killed", True)):
        run = tmp_path / name
        if killed:
            processes = start_hosts("train", run, dataset)
            wait_for_a_checkpoint(run, 3, processes)
            for process in processes:
                process.kill()
                process.wait()
        finish(start_hosts("train", run, dataset))
    alone, killed = (load_file(checkpoint(tmp_path / name)) for name in ("alone", "killed"))
    assert [key for key in alone if not np.array_equal(alone[key], killed[key])] == []
    assert len((tmp_path / "killed" / "log.csv").read_text().splitlines()) == 1 + 3


def start_hosts(task, out, dataset):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    return [
        start(task, 1, out, dataset.path, JAX_COORDINATOR_ADDRESS=address,
              JAX_NUM_PROCESSES="2", JAX_PROCESS_ID=str(index))
        for index in (0, 1)
    ]  # fmt: skip


def checkpoint(run):
    return list_checkpoints(run / "checkpoints")[0].path / STATE


def wait_for_a_checkpoint(run, step, processes):
    until = time.monotonic() + _LONGEST_S
    while not any(g.step >= step for g in list_checkpoints(run / "checkpoints")):
        for process in processes:
            assert process.poll() is None, process.stdout.read()[-3000:]
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.slow
@needs_jax
def test_two_hosts_train_together(tmp_path, dataset, fits):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    finish([
        start("fit", 1, tmp_path / f"host-{index}", dataset.path,
              JAX_COORDINATOR_ADDRESS=address, JAX_NUM_PROCESSES="2", JAX_PROCESS_ID=str(index))
        for index in (0, 1)
    ])  # fmt: skip
    (first, facts), (second, other_facts) = (result(tmp_path / f"host-{i}") for i in (0, 1))
    alone, _ = fits[0]
    assert facts["lines"] == ["Training on 2 CPUs of 2 hosts: each takes 1 of 2 pictures."]
    assert (facts["host"], other_facts["host"]) == ([0, 2], [1, 2])
    assert (facts["agreed"], other_facts["agreed"]) == (5, 5)
    assert (facts["writes"], other_facts["writes"]) == (True, False)
    for name, value in first.items():
        assert np.array_equal(second[name], value), name
        if name.startswith("loss"):
            assert value == pytest.approx(alone[name], rel=2e-4), name
