import numpy as np
from safetensors.numpy import load_file

from artnb.method import preset_config
from artnb.runs.run import new_run
from artnb.training.checkpoint_folder import list_checkpoints
from artnb.training.checkpoints import STATE, CheckpointWriter


def state(megabytes):
    return {"weights": np.random.default_rng(0).random(int(megabytes * 125_000))}


def test_what_is_written_is_what_was_given(tmp_path):
    run, told = new_run(tmp_path / "run", preset_config("smoke")), []
    writer = CheckpointWriter(run, None, told.append)
    writer.write(7, {"epoch": 1}, state(1), {"log.csv": b"epoch\n1\n"})
    writer.wait()
    (checkpoint,) = list_checkpoints(run.checkpoints)
    checkpoint.verify()
    assert checkpoint.meta()["epoch"] == 1
    np.testing.assert_array_equal(
        load_file(checkpoint.path / STATE)["weights"], state(1)["weights"]
    )
    assert (checkpoint.path / "log.csv").read_text() == "epoch\n1\n"
    assert (writer.written, told) == (1, [])


def test_a_full_disk_is_told_and_the_checkpoint_before_stays(small_disk):
    run, told = new_run(small_disk / "run", preset_config("smoke")), []
    writer = CheckpointWriter(run, None, told.append)
    for step, megabytes in ((1, 1.2), (2, 1.2), (3, 0.2)):
        writer.write(step, {}, state(megabytes), {})
        writer.wait()
    assert [checkpoint.step for checkpoint in list_checkpoints(run.checkpoints)] == [3, 1]
    assert len(told) == 1
    assert "checkpoint of step 2 could not be written" in told[0]
    assert "Training goes on" in told[0]
    assert not list(run.checkpoints.glob("*.partial"))


def test_three_generations_are_kept(tmp_path):
    run = new_run(tmp_path / "run", preset_config("smoke"))
    writer = CheckpointWriter(run, None, print)
    for step in range(1, 6):
        writer.write(step, {}, state(0.01), {})
    writer.wait()
    assert [checkpoint.step for checkpoint in list_checkpoints(run.checkpoints)] == [5, 4, 3]
