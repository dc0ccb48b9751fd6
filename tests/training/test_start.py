import csv
import json
import os
import re
import shutil
import signal

import keras
import numpy as np
import pytest
from safetensors.numpy import load_file

from artnb.errors import InputError
from artnb.evaluation.scoring import Scoring
from artnb.locks import Lock, lock_file, locked
from artnb.method import preset_config
from artnb.platform.deadline import Deadline
from artnb.runs.run import Run, open_run
from artnb.synthetic.dataset import make_demo_data
from artnb.training.callbacks import DivergedError, Log
from artnb.training.checkpoint_folder import list_checkpoints, write_meta
from artnb.training.checkpoints import STATE, SaveCheckpoints
from artnb.training.describe import what_bits_depend_on
from artnb.training.start import locked_by_the_host_that_writes, open_resumed
from artnb.training.train import train
from tests.mounts import read_only
from tests.toy_method import TOY

CONFIG = TOY.config("smoke", epochs=3, checkpoint_minutes=0.0, deterministic=True)
STOPPED_AT = 6  # in the middle of the second of three epochs of four steps

pytestmark = pytest.mark.usefixtures("toy_method", "curves_as_numbers")


@pytest.fixture(scope="module")
def dataset(toy_method, tmp_path_factory):
    return make_demo_data(tmp_path_factory.mktemp("data") / "demo", 32, images=6, pairs=3)


@pytest.fixture(scope="module")
def alone(dataset, tmp_path_factory):
    """A Run that nobody interrupted."""
    return train(dataset, CONFIG, tmp_path_factory.mktemp("runs") / "alone", say=lambda _: None)


def stop_at(step, number):
    """Give what sends this process a signal in the middle of a step's callbacks."""
    original = Log.on_train_batch_end

    def on_train_batch_end(log, batch, logs=None):
        original(log, batch, logs)
        if log.position.step == step:
            os.kill(os.getpid(), number)

    return on_train_batch_end


@pytest.fixture(scope="module")
def first_stopped(dataset, tmp_path_factory):
    """A Run that was terminated in the middle of an epoch, and what was said then."""
    told, path = [], tmp_path_factory.mktemp("runs") / "stopped"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Log, "on_train_batch_end", stop_at(STOPPED_AT, signal.SIGTERM))
        with pytest.raises(SystemExit) as ended:
            train(dataset, CONFIG, path, say=told.append)
    assert ended.value.code == 128 + signal.SIGTERM
    return path, told


@pytest.fixture
def stopped(first_stopped, tmp_path):
    """A copy of it, and what was said then."""
    path, told = first_stopped
    shutil.copytree(path, tmp_path / "run")
    return open_run(tmp_path / "run"), told


def rows(path):
    with path.open(newline="") as file:
        listed = list(csv.DictReader(file))
    return [{k: v for k, v in r.items() if k not in ("seconds", "images_per_s")} for r in listed]


def state(run):
    return load_file(list_checkpoints(run.checkpoints)[0].path / STATE)


def test_sigterm_loses_no_step_and_says_how_to_go_on(stopped):
    run, told = stopped
    assert run.facts()["status"] == "interrupted"
    assert list_checkpoints(run.checkpoints)[0].step == STOPPED_AT
    assert any("SIGTERM after step 6" in line and "--resume" in line for line in told)


def test_a_resumed_run_is_the_run_that_would_have_been(stopped, alone, dataset):
    """Trap 8: epoch counter, learning rate and Adam's moments go on."""
    run, _ = stopped
    assert train(dataset, CONFIG, run.path, say=lambda _: None, resume=True) == run
    ours, theirs = state(run), state(alone)
    assert [name for name in theirs if not np.array_equal(ours[name], theirs[name])] == []
    assert ours["optimizer_painter/000"] == 12  # Adam's iterations
    assert rows(run.log_file) == rows(alone.log_file)
    assert rows(run.losses_file) == rows(alone.losses_file)
    names = [{path.name for path in r.samples.iterdir()} for r in (run, alone)]
    assert names[0] == names[1]
    assert run.facts()["status"] == "finished"


def test_a_finished_run_is_left_as_it_is(alone, dataset):
    before = alone.log_file.read_bytes()
    told = []
    train(dataset, None, alone.path, say=told.append, resume="auto")
    assert alone.log_file.read_bytes() == before
    assert any("after step 12 of 12" in line for line in told)


def test_auto_starts_where_there_is_nothing(dataset, tmp_path):
    config = CONFIG.replace(epochs=1)
    run = train(dataset, config, tmp_path / "new", say=lambda _: None, resume="auto")
    assert len(rows(run.log_file)) == 1


def test_a_run_cut_off_before_its_first_checkpoint_starts_over(dataset, alone, tmp_path):
    run = Run(tmp_path / "run")
    run.samples.mkdir(parents=True)
    run.snapshots.mkdir()
    CONFIG.save(run.config_file)
    run.note(**{k: alone.facts()[k] for k in ("data", "requested", "backend")})
    run.log_file.write_text("torn")
    told = []
    train(dataset, CONFIG, run.path, say=told.append, resume=True)
    assert "There is no whole checkpoint in it: it begins again at step 0." in told
    assert rows(run.log_file) == rows(alone.log_file)


def test_ctrl_c_finishes_the_step_and_the_epoch_it_ends(dataset, alone, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Log, "on_train_batch_end", stop_at(4, signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            train(dataset, CONFIG, tmp_path / "run", say=lambda _: None)
    run = open_run(tmp_path / "run")
    assert list_checkpoints(run.checkpoints)[0].step == 4  # an epoch's last: its row is written
    assert len(rows(run.log_file)) == 1
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    train(dataset, CONFIG, run.path, say=lambda _: None, resume=True)
    assert rows(run.log_file) == rows(alone.log_file)
    assert rows(run.losses_file) == rows(alone.losses_file)


def test_a_deadline_ends_training_and_nothing_else(dataset, tmp_path):
    told = []
    past = Deadline(minutes=1, reserve_minutes=0, started=0.0)
    run = train(dataset, CONFIG, tmp_path / "run", say=told.append, deadline=past)
    assert run.facts()["status"] == "out of time"
    assert list_checkpoints(run.checkpoints)[0].step == 1
    assert any("the deadline" in line for line in told)


def test_a_run_that_is_not_there_cannot_be_resumed(dataset, tmp_path):
    with pytest.raises(InputError, match="no Run to go on with"):
        train(dataset, CONFIG, tmp_path / "none", resume=True)
    with pytest.raises(InputError, match="need the Run's name"):
        train(dataset, CONFIG, None, resume=True)
    with pytest.raises(InputError, match="\"auto\", got 'yes'"):
        train(dataset, CONFIG, tmp_path / "none", resume="yes")


def test_changed_settings_are_named_and_can_be_accepted(stopped, dataset):
    run, _ = stopped
    changed = CONFIG.replace(learning_rate=1e-5, epochs=2)
    with pytest.raises(InputError, match=r"learning_rate was 0.0003 .*epochs was 3 and is 2"):
        train(dataset, changed, run.path, say=lambda _: None, resume=True)
    assert run.config() == CONFIG
    train(dataset, changed, run.path, say=lambda _: None, resume=True, accept_changes=True)
    assert run.config() == changed
    assert [row["epoch"] for row in rows(run.log_file)] == ["1", "2"]


def test_other_networks_do_not_fit(stopped, dataset):
    run, _ = stopped
    larger = CONFIG.replace(kernel_px=3)
    with pytest.raises(InputError, match="does not fit these settings"):
        train(dataset, larger, run.path, say=lambda _: None, resume=True, accept_changes=True)


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("changes", [{"kernel_px": 3}, {"steps_per_epoch": 2}, {"batch_size": 1}])
def test_a_refused_resume_changes_nothing(stopped, dataset, changes):
    run, _ = stopped
    before = contents(run.path)
    accepts = "batch_size" not in changes
    with pytest.raises(InputError):
        train(dataset, CONFIG.replace(**changes), run.path, say=lambda _: None, resume=True,
              accept_changes=accepts)  # fmt: skip
    assert contents(run.path) == before
    train(dataset, None, run.path, say=lambda _: None, resume=True)
    assert run.facts()["status"] == "finished"


def test_a_run_that_can_only_be_read_is_refused_before_any_work(stopped, dataset):
    run, _ = stopped
    with read_only(run.path), pytest.raises(InputError, match="it is read-only; copy the Run"):
        train(dataset, None, run.path, say=lambda _: None, resume=True)


def test_a_second_training_of_a_run_is_refused_and_changes_nothing(stopped, dataset):
    run, _ = stopped
    before = contents(run.path)
    said = f"the Run run is worked on by process {os.getpid()} of this machine, begun"
    with locked(run.path, "the Run run"), pytest.raises(InputError, match=said):
        train(dataset, CONFIG, run.path, resume=True, say=lambda _: None)
    assert contents(run.path) == before


def test_a_training_whose_run_was_taken_over_changes_nothing_more(stopped, dataset, monkeypatch):
    run, _ = stopped
    frozen = []

    def taken_over(log, batch, logs=None):
        if not frozen:
            file = lock_file(run.path)
            theirs = file.read_text().replace("token=", "token=0123", 1)
            file.unlink()
            file.write_text(theirs)
            monkeypatch.setattr(Lock, "LOOKS_EVERY_S", 0)
            frozen.append(contents(run.path))

    monkeypatch.setattr(Log, "on_train_batch_begin", taken_over)
    with pytest.raises(InputError, match="another training has taken the Run over"):
        train(dataset, CONFIG, run.path, resume=True, say=lambda _: None)
    assert [contents(run.path)] == frozen


def interrupt(*arguments, **named):
    raise KeyboardInterrupt


def test_a_training_killed_in_its_first_moment_can_be_started(dataset, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Run, "note", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(dataset, CONFIG, tmp_path / "run", say=lambda _: None)
    assert not (tmp_path / "run").exists()  # it is there whole or not at all
    for name, resume in (("new", False), ("again", "auto")):
        # As an earlier release left it.
        (tmp_path / name / "samples").mkdir(parents=True)
        CONFIG.save(tmp_path / name / "config.json")
        run = train(dataset, CONFIG, tmp_path / name, say=lambda _: None, resume=resume)
        assert run.facts()["status"] == "finished"


class BrokenScoring:
    """Scores nothing, and fails with it."""

    def callback(self, run, dataset, epochs, say):
        return Scoring(1, None).callback(run, dataset, epochs, say)


def test_nothing_that_only_watches_ends_a_training(dataset, alone, tmp_path, monkeypatch):
    def full(*arguments, **named):
        raise OSError(28, "No space left on device", "a file")

    def watch(path):
        raise RuntimeError("the page is gone")

    monkeypatch.setattr("artnb.training.callbacks.draw_losses", full)
    monkeypatch.setattr("artnb.training.callbacks.save_snapshot", full)
    monkeypatch.setattr("artnb.evaluation.runs.evaluate", full)
    told = []
    run = train(dataset, CONFIG, tmp_path / "run", say=told.append, watch=watch,
                scoring=BrokenScoring())  # fmt: skip
    assert run.facts()["status"] == "finished"
    assert rows(run.losses_file) == rows(alone.losses_file)
    for sentence in (
        "Training goes on without the grid of epoch 2, step 8: the page is gone.",
        "Training goes on without the loss curves: [Errno 28] No space left on device: 'a file'.",
        "Training goes on without the snapshot of epoch 3: [Errno 28] No space left on device: "
        "'a file'.",
        "epoch 3 is not scored: [Errno 28] No space left on device: 'a file'",
    ):
        assert sentence in told


def test_what_was_accepted_is_what_is_compared_with(stopped, dataset, tmp_path):
    run, _ = stopped
    slower = CONFIG.replace(learning_rate=1e-5)
    other = make_demo_data(tmp_path / "other", 32, images=5, pairs=2, seed=9)
    train(other, slower, run.path, say=lambda _: None, resume=True, accept_changes=True)
    for again, pictures, reason in (
        (CONFIG, other, "learning_rate was 1e-05 and is 0.0003"),
        (slower, dataset, f"the pictures of {dataset.path} are not those of {other.path}"),
    ):
        with pytest.raises(InputError, match=reason):
            train(pictures, again, run.path, say=lambda _: None, resume=True)
    train(other, slower, run.path, say=lambda _: None, resume=True)
    train(other, CONFIG, run.path, say=lambda _: None, resume=True, accept_changes=True)
    assert run.config().learning_rate == CONFIG.learning_rate


def test_time_is_measured_anew_for_what_has_changed(stopped, dataset):
    run, _ = stopped
    run.note(step_s=1000.0)
    train(dataset, CONFIG, run.path, say=lambda _: None, resume=True)
    assert run.facts()["step_s"] == 1000.0
    changed = CONFIG.replace(batch_size=1, epochs=4)
    told = []
    train(dataset, changed, run.path, say=told.append, resume=True, accept_changes=True)
    assert run.facts()["step_s"] < 100
    assert any(line.startswith("4 epochs of 4 steps") for line in told)


def test_settings_of_another_method_are_refused(stopped, dataset):
    run, _ = stopped
    with pytest.raises(InputError, match="is one of toy, and the settings are those of cyclegan"):
        train(dataset, preset_config("smoke"), run.path, resume=True, accept_changes=True)


def test_a_new_run_needs_settings(dataset, tmp_path):
    with pytest.raises(InputError, match="a new Run needs settings"):
        train(dataset, None, tmp_path / "run", resume="auto")
    assert not (tmp_path / "run").exists()


def test_other_data_is_refused(stopped, tmp_path):
    run, _ = stopped
    other = make_demo_data(tmp_path / "other", 32, images=5, pairs=2, seed=9)
    with pytest.raises(InputError, match="are not those of"):
        train(other, CONFIG, run.path, say=lambda _: None, resume=True)


def change_meta(run, **facts):
    folder = list_checkpoints(run.checkpoints)[0].path
    meta = json.loads((folder / "meta.json").read_text())
    meta.pop("check")
    write_meta(folder, {**meta, **facts})


def test_a_newer_format_is_explained(stopped, dataset):
    run, _ = stopped
    change_meta(run, format=99)
    with pytest.raises(InputError, match="format 99, and this artnb knows up to 1"):
        train(dataset, CONFIG, run.path, say=lambda _: None, resume=True)


def test_another_backends_checkpoint_resumes_and_says_so(stopped, dataset):
    run, _ = stopped
    folder = list_checkpoints(run.checkpoints)[0].path
    there = {"tensorflow": "jax", "jax": "tensorflow"}[keras.backend.backend()]
    change_meta(run, backend=there)
    told = []
    train(dataset, CONFIG, run.path, say=told.append, resume=True)
    assert any(f"written on {there}" in line for line in told)
    assert folder.name == "step-00000006"
    assert len(rows(run.log_file)) == 3


def test_other_kernels_are_told(stopped, dataset):
    """Where oneDNN was on and is off, say, the last bits are others from there on."""
    run, _ = stopped
    assert "bits" in run.facts()
    meta = list_checkpoints(run.checkpoints)[0].meta()
    assert meta["bits"] == what_bits_depend_on()
    other = not meta["bits"]["oneDNN"]
    change_meta(run, bits=meta["bits"] | {"oneDNN": other})
    told = []
    train(dataset, CONFIG, run.path, say=told.append, resume=True)
    word = "on" if other else "off"
    assert any(
        line.startswith(f"The checkpoint was written with oneDNN {word} (now ")
        and line.endswith("bits may differ from here on.")
        for line in told
    )


def test_the_same_kernels_are_not_worth_a_word(stopped, dataset):
    run, _ = stopped
    told = []
    train(dataset, CONFIG, run.path, say=told.append, resume=True)
    assert not any("bits may differ" in line for line in told)


def told_on_resume(run, dataset, config=CONFIG):
    told = []
    open_resumed(run, dataset, config, accept_changes=True, say=told.append)
    return told


def test_what_the_bits_depend_on_is_kept_and_unchanged_nothing_is_said(stopped, dataset):
    run, _ = stopped
    meta = list_checkpoints(run.checkpoints)[0].meta()
    assert meta["bits"] == what_bits_depend_on()
    assert told_on_resume(run, dataset) == []


def test_a_checkpoint_of_other_arithmetic_says_so(stopped, dataset):
    """One of an older artnb has no such entry."""
    run, _ = stopped
    change_meta(run, bits={})
    (said,) = told_on_resume(run, dataset)
    older = "norms' arithmetic 1 (now 2), convolutions' arithmetic 1 (now 2)"
    assert f"written with {older}: bits may differ from here on" in said


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX compiles whatever is set")
def test_another_compiler_is_another_training_and_says_so(stopped, dataset):
    run, _ = stopped
    setting, said = told_on_resume(run, dataset, CONFIG.replace(jit_compile=True))
    assert setting == "Going on although jit_compile was False and is True."
    assert "written without XLA and goes on with it: TensorFlow draws other random numbers" in said


def test_a_damaged_checkpoint_is_passed_over(stopped, alone, dataset):
    run, _ = stopped
    file = list_checkpoints(run.checkpoints)[0].path / STATE
    file.write_bytes(file.read_bytes()[:-100])
    told = []
    train(dataset, CONFIG, run.path, say=told.append, resume=True)
    assert any("damaged and passed over" in line for line in told)
    assert any("after step 5 of 12" in line for line in told)
    ours, theirs = state(run), state(alone)
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)


def test_divergence_goes_back_to_the_last_checkpoint(dataset, tmp_path, monkeypatch):
    original, failures = Log._write_window, []

    def diverging(log, steps, logs):
        if log.position.step == 6 and not failures:
            failures.append(1)
            raise DivergedError("by step 6 the loss distance is nan")
        original(log, steps, logs)

    monkeypatch.setattr(Log, "_write_window", diverging)
    told = []
    run = train(dataset, CONFIG, tmp_path / "run", say=told.append)
    assert any("Going back to step 5" in line for line in told)
    assert [row["step"] for row in rows(run.losses_file)] == ["2", "4", "6", "8", "10", "12"]
    assert run.facts()["status"] == "finished"


def test_divergence_again_and_again_is_given_up_with_advice(dataset, tmp_path):
    config = CONFIG.replace(learning_rate=1e30, epochs=1)
    told = []
    with pytest.raises(InputError, match="Lower learning_rate"):
        train(dataset, config, tmp_path / "run", say=told.append)
    assert sum("has diverged" in line for line in told) == 3
    assert all(np.isfinite(a).all() for g in list_checkpoints(Run(tmp_path / "run").checkpoints)
               for a in load_file(g.path / STATE).values())  # fmt: skip


def test_out_of_memory_names_the_settings(dataset, tmp_path, monkeypatch):
    class ResourceExhaustedError(Exception):
        pass

    def too_large(*_args, **_kwargs):
        raise ResourceExhaustedError("OOM when allocating tensor")

    monkeypatch.setattr("artnb.training.train.make_plan", too_large)
    with pytest.raises(InputError, match="lower batch_size, image_size_px"):
        train(dataset, CONFIG, tmp_path / "run", say=lambda _: None)


def test_short_epochs_are_not_held_up_by_saving():
    class Slow(SaveCheckpoints):
        saves = 0

        def save(self, wait=False):
            self.saves += 1

    config = CONFIG.replace(checkpoint_minutes=5.0)
    position = type("Position", (), {"step": 0, "steps_per_epoch": 4, "batch": 0})()
    slow = Slow(config, position, None, None, {})
    slow.cost_s = 1e6
    position.step = 4
    slow.on_epoch_end(0)
    assert slow.saves == 0
    position.step = 12
    slow.on_epoch_end(2)
    assert slow.saves == 1


def test_an_empty_machine_goes_on_from_the_mirror(dataset, alone, tmp_path, monkeypatch):
    run, drive = tmp_path / "here" / "run", tmp_path / "drive"
    drive.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(Log, "on_train_batch_end", stop_at(STOPPED_AT, signal.SIGTERM))
        with pytest.raises(SystemExit):
            train(dataset, CONFIG, run, say=lambda _: None, mirror=drive)
    shutil.rmtree(run)
    told = []
    train(dataset, CONFIG, run, say=told.append, resume="auto", mirror=drive)
    assert any("from the mirror" in line for line in told)
    assert any("after step 6 of 12" in line for line in told)
    assert rows(Run(run).log_file) == rows(alone.log_file)
    ours, theirs = state(Run(run)), state(alone)
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)
    assert state(Run(drive / "run"))["optimizer_painter/000"] == 12


def test_two_machines_do_not_train_into_one_mirror(dataset, tmp_path):
    drive = tmp_path / "drive"
    here, there = tmp_path / "here" / "run", tmp_path / "there" / "run"
    said = f"the mirror's copy {drive / 'run'} is worked on by process {os.getpid()} of this"
    with locked_by_the_host_that_writes(here, drive, print):
        with pytest.raises(InputError, match=re.escape(said)):
            train(dataset, CONFIG, there, resume="auto", mirror=drive, say=lambda _: None)
        assert not there.exists()
    with locked_by_the_host_that_writes(there, tmp_path / "not" / "mounted", print) as locks:
        assert len(locks) == 1
    assert list(drive.iterdir()) == []
    assert not (tmp_path / "not").exists()


def test_a_mirror_that_vanishes_stops_no_training_and_heals(dataset, tmp_path, monkeypatch):
    drive, moved = tmp_path / "drive", tmp_path / "moved"
    drive.mkdir()
    original = Log.on_train_batch_end

    def on_train_batch_end(log, batch, logs=None):
        original(log, batch, logs)
        if log.position.step == 2:
            drive.rename(moved)
            drive.write_text("no folder any more")
        if log.position.step == 9:
            drive.unlink()
            moved.rename(drive)

    monkeypatch.setattr(Log, "on_train_batch_end", on_train_batch_end)
    told = []
    run = train(dataset, CONFIG, tmp_path / "run", say=told.append, mirror=drive)
    assert run.facts()["status"] == "finished"
    assert any("Training goes on" in line for line in told)
    assert list_checkpoints(drive / "run" / "checkpoints")[0].step == 12


def test_steps_per_epoch_stays(stopped, dataset):
    run, _ = stopped
    changed = CONFIG.replace(steps_per_epoch=2)
    with pytest.raises(InputError, match="counts its steps by it"):
        train(dataset, changed, run.path, say=lambda _: None, resume=True, accept_changes=True)
