import json
import subprocess
import threading
import time

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.runs.run import Run
from artnb.training import checkpoint_folder, copies, mirror
from artnb.training.checkpoint_folder import META, newest_whole, write_checkpoint
from artnb.training.mirror import Mirror, restore

STATE = "state.safetensors"
KEPT = ["step-00000200", "step-00000300", "step-00000400"]
QUICK_S = 0.02


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "here" / "monet")


@pytest.fixture
def drive(tmp_path):
    folder = tmp_path / "drive" / "artnb"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def tmpfs(tmp_path):
    """A drive of 2 MB."""
    place = tmp_path / "tmpfs"
    place.mkdir()
    if not mounted("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)):
        pytest.skip("needs the right to mount a tmpfs")
    yield place
    subprocess.run(["umount", "-l", str(place)], capture_output=True)


def mounted(*arguments):
    return subprocess.run(["mount", *arguments], capture_output=True).returncode == 0


def make_run(path, started="2026-09-01"):
    run = Run(path)
    run.snapshots.mkdir(parents=True)
    run.samples.mkdir()
    run.config_file.write_text('{"preset": "smoke"}')
    run.facts_file.write_text(json.dumps({"started": started}))
    run.log_file.write_text("epoch,seconds\n1,2\n")
    run.losses_file.write_text("step,loss\n")
    run.losses_picture.write_bytes(b"PNG")
    (run.samples / "epoch-0001.png").write_bytes(b"grid")
    run.snapshot(1).write_bytes(b"one")
    return run


def write(run, step, size=3000):
    def write_files(folder):
        (folder / STATE).write_bytes(np.random.default_rng(step).bytes(size))
        (folder / "log.csv").write_bytes(run.log_file.read_bytes())

    return write_checkpoint(run.checkpoints, step, {"epoch": 0}, write_files)


def sync(run, folder, **settings):
    """Bring a mirror up to date once, and give what it said."""
    said = []
    Mirror(folder, run, said.append, **settings).close(10.0)
    return said


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def newest_step(folder):
    found = newest_whole([folder], lambda _: None)
    return found.step if found else None


def until_it_has(kept, step):
    until(lambda: newest_step(kept.checkpoints) == step and kept._began is None)


def until(condition, patience_s=5.0):
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, "this did not happen in time"
        time.sleep(0.005)


@pytest.fixture
def training(run, drive):
    """A mirror that is told about things, as in a training; what it says is in `said`."""
    said = []
    kept = Mirror(drive, run, said.append, retry_s=QUICK_S)
    kept.said = said
    yield kept
    kept.close(1.0)


def test_the_copy_is_a_run_of_the_same_bytes(run, drive):
    write(run, 100)
    assert sync(run, drive) == []
    assert contents(drive / "monet") == contents(run.path)


def test_it_follows_a_training(run, training):
    for step in (100, 200, 300, 400):
        write(run, step)
        run.log_file.write_text(f"epoch,seconds\n1,{step}\n")
        training.notify()
        until_it_has(training, step)
    training.close(10.0)
    assert names(training.checkpoints) == KEPT
    copy = training.checkpoints.parent
    assert (copy / "log.csv").read_bytes() == run.log_file.read_bytes()
    assert training.said == []


def test_only_the_newest_is_copied(run, drive):
    for step in (100, 200, 300):
        write(run, step)
    sync(run, drive)
    assert names(drive / "monet" / "checkpoints") == ["step-00000300"]


def test_a_damaged_local_generation_is_not_copied(run, drive):
    write(run, 100)
    (write(run, 200).path / STATE).write_bytes(b"short")
    assert sync(run, drive) == []
    assert names(drive / "monet" / "checkpoints") == ["step-00000100"]


def fail_after(monkeypatch, count, tears):
    """Let copying fail after some files; tear the file that it fails at, or leave it out."""
    whole, calls = copies.copy_file, []

    def failing(source, target):
        calls.append(source)
        if len(calls) > count:
            if tears:
                target.write_bytes(source.read_bytes()[:-1])
            raise OSError(5, "Input/output error", str(target))
        whole(source, target)

    monkeypatch.setattr(copies, "copy_file", failing)
    return calls


@pytest.mark.parametrize("tears", [False, True])
def test_wherever_copying_fails_a_whole_generation_is_there(run, drive, monkeypatch, tears):
    folder = drive / "monet" / "checkpoints"
    write(run, 100)
    sync(run, drive)
    write(run, 200)
    (run.samples / "epoch-0002.png").write_bytes(b"grid")
    found = []
    for count in range(5):
        with monkeypatch.context() as patch:
            fail_after(patch, count, tears)
            said = sync(run, drive)
        found.append(newest_step(folder))
        assert len(said) == (count < 3)  # the grid came first, at the second try
        assert not list(folder.glob("*.partial"))
        if count < 3:
            checkpoint_folder.remove(folder / "step-00000200")
    assert found == [100, 100, 100, 200, 200]
    assert not list(drive.rglob("*.part"))


def test_meta_comes_last(run, drive, monkeypatch):
    write(run, 100)
    calls = fail_after(monkeypatch, 1000, False)
    sync(run, drive)
    copied = [path.name for path in calls if "checkpoints" in path.parts]
    assert copied == ["log.csv", STATE, META]


def test_a_copy_that_reads_back_altered_does_not_count(run, drive, monkeypatch):
    whole = copies.copy_file

    def altering(source, target):
        whole(source, target)
        if source.name == STATE:
            target.write_bytes(target.read_bytes()[:-1] + b"!!")

    write(run, 100)
    with monkeypatch.context() as patch:
        patch.setattr(copies, "copy_file", altering)
        (sentence,) = sync(run, drive)
    assert "reads back altered" in sentence
    assert str(run.path) in sentence
    assert names(drive / "monet" / "checkpoints") == []
    assert sync(run, drive) == []


@pytest.mark.parametrize("damage", ["alter", "cut", "vanish", "meta"])
def test_a_damaged_copy_is_written_again(run, drive, damage):
    write(run, 100)
    sync(run, drive)
    spoil(drive / "monet" / "checkpoints" / "step-00000100", damage)
    assert newest_step(drive / "monet" / "checkpoints") is None
    assert sync(run, drive) == []
    assert contents(drive / "monet") == contents(run.path)


def spoil(checkpoint, damage):
    state = checkpoint / STATE
    if damage == "alter":
        state.write_bytes(b"x" + state.read_bytes()[1:])
    if damage == "cut":
        state.write_bytes(state.read_bytes()[:-1])
    if damage == "vanish":
        checkpoint_folder.remove(checkpoint)
    if damage == "meta":
        (checkpoint / META).write_bytes(b"{")


@pytest.mark.parametrize("damage", ["cut", "vanish", "meta"])
def test_a_copy_that_vanishes_later_is_written_again(run, training, damage):
    write(run, 100)
    training.notify()
    until_it_has(training, 100)
    spoil(training.checkpoints / "step-00000100", damage)
    training.close(10.0)
    assert newest_step(training.checkpoints) == 100


def test_damaged_copies_do_not_push_out_whole_ones(run, drive):
    folder = drive / "monet" / "checkpoints"
    for step in (100, 200, 300):
        write(run, step)
        sync(run, drive)
    for step in (200, 300):
        spoil(folder / f"step-{step:08d}", "alter")
    write(run, 400)
    sync(run, drive)
    assert names(folder) == ["step-00000100", "step-00000300", "step-00000400"]
    assert newest_step(folder) == 400


def test_the_newest_of_a_run_that_went_back_stays(run, drive):
    for step in (500, 600, 700):
        write(run, step)
        sync(run, drive)
    for checkpoint in run.checkpoints.iterdir():
        checkpoint_folder.remove(checkpoint)
    write(run, 100)
    sync(run, drive)
    kept = names(drive / "monet" / "checkpoints")
    assert kept == ["step-00000100", "step-00000600", "step-00000700"]


def test_snapshots_thinned_out_here_go_there_too(run, drive, training):
    run.snapshot(3).write_bytes(b"three")
    copy = Run(drive / "monet")
    copy.snapshots.mkdir(parents=True)
    copy.snapshot(2).write_bytes(b"of an earlier session")
    training.notify()
    until(lambda: copy.snapshot_epochs() == [1, 2, 3])
    run.snapshot(3).unlink()
    run.snapshot(4).write_bytes(b"four")
    training.close(10.0)
    assert copy.snapshot_epochs() == [1, 2, 4]


def test_what_has_not_changed_is_not_copied_again(run, drive, monkeypatch):
    write(run, 100)
    sync(run, drive)
    calls = fail_after(monkeypatch, 1000, False)
    run.snapshot(1).write_bytes(b"new")  # as many bytes as before
    later = run.snapshot(1).stat().st_mtime + 10
    copies.os.utime(run.snapshot(1), (later, later))
    sync(run, drive)
    assert [path.name for path in calls] == [run.snapshot(1).name]
    assert (drive / "monet" / "snapshots" / run.snapshot(1).name).read_bytes() == b"new"


def test_a_change_is_copied_although_the_first_try_failed(run, drive, training, monkeypatch):
    sync(run, drive)
    run.snapshot(1).write_bytes(b"new")
    later = run.snapshot(1).stat().st_mtime + 10
    copies.os.utime(run.snapshot(1), (later, later))
    with monkeypatch.context() as patch:
        patch.setattr(copies.Copy, "_free", lambda _: 0)
        training.notify()
        until(lambda: training.said)
    training.close(10.0)
    assert (drive / "monet" / "snapshots" / run.snapshot(1).name).read_bytes() == b"new"


def test_a_full_drive_is_said_and_keeps_what_it_has(run, tmpfs):
    for step in (100, 200):
        write(run, step, 700_000)
        assert sync(run, tmpfs) == []
    write(run, 300, 700_000)
    (sentence,) = sync(run, tmpfs)
    assert "are needed and" in sentence
    assert newest_step(tmpfs / "monet" / "checkpoints") == 200
    assert names(tmpfs / "monet" / "checkpoints") == ["step-00000100", "step-00000200"]


def test_a_drive_that_fills_up_while_copying(run, tmpfs, monkeypatch):
    write(run, 100, 1_200_000)
    sync(run, tmpfs)
    write(run, 200, 1_200_000)
    monkeypatch.setattr(copies, "_ROOM", 0)
    (sentence,) = sync(run, tmpfs)
    assert "No space left on device" in sentence
    assert names(tmpfs / "monet" / "checkpoints") == ["step-00000100"]
    assert newest_step(tmpfs / "monet" / "checkpoints") == 100


def test_where_space_is_short_the_third_goes_beforehand(run, tmpfs):
    for step in (100, 200, 300, 400):
        write(run, step, 550_000)
        assert sync(run, tmpfs) == []
    assert names(tmpfs / "monet" / "checkpoints") == KEPT


def test_a_drive_that_becomes_read_only_heals(run, tmpfs):
    said = []
    kept = Mirror(tmpfs, run, said.append, retry_s=QUICK_S)
    write(run, 100)
    kept.notify()
    until_it_has(kept, 100)
    assert mounted("-o", "remount,ro", str(tmpfs))
    write(run, 200)
    kept.notify()
    until(lambda: said)
    time.sleep(5 * QUICK_S)  # some more tries
    assert len(said) == 1
    assert "Read-only file system" in said[0]
    assert "Training goes on" in said[0]
    assert mounted("-o", "remount,rw", str(tmpfs))
    until_it_has(kept, 200)
    kept.close(10.0)
    assert len(said) == 2
    assert "works again" in said[1]


def test_a_drive_that_is_no_longer_mounted_is_not_written_to(run, tmpfs):
    said = []
    kept = Mirror(tmpfs / "artnb", run, said.append, retry_s=QUICK_S)
    write(run, 100)
    kept.notify()
    until_it_has(kept, 100)
    subprocess.run(["umount", "-l", str(tmpfs)], check=True)
    kept.notify()
    until(lambda: said)
    assert "no longer mounted" in said[0]
    assert names(tmpfs) == []
    assert mounted("-t", "tmpfs", "tmpfs", str(tmpfs))
    until_it_has(kept, 100)
    kept.close(10.0)


def test_a_drive_that_goes_and_comes_back_heals(run, drive, training):
    write(run, 100)
    training.notify()
    until_it_has(training, 100)
    drive.parent.rename(drive.parent.with_name("gone"))
    write(run, 200)
    training.notify()
    until(lambda: training.said)
    assert not drive.parent.exists()
    assert "mount the drive" in training.said[0]
    drive.parent.mkdir()  # back, but everything on it is lost
    until_it_has(training, 200)
    training.close(10.0)
    assert len(training.said) == 2
    assert contents(drive / "monet")["config.json"] == run.config_file.read_bytes()


def test_a_folder_whose_parent_does_not_exist_is_not_made(run, tmp_path):
    write(run, 100)
    (sentence,) = sync(run, tmp_path / "content" / "drive" / "artnb")
    assert f"{tmp_path}/content/drive does not exist" in sentence
    assert not (tmp_path / "content").exists()


def test_another_run_of_the_same_name_is_left_alone(run, drive, tmp_path):
    other = make_run(tmp_path / "other" / "monet", started="2025-01-01")
    write(other, 900)
    sync(other, drive)
    write(run, 100)
    (sentence,) = sync(run, drive)
    assert "another Run named monet" in sentence
    assert contents(drive / "monet") == contents(other.path)
    said = []
    assert not restore(drive, run, said.append)
    assert "another Run named monet" in said[0]


def test_any_error_is_caught_and_said(run, training, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("of the test")

    with monkeypatch.context() as patch:
        patch.setattr(copies.Copy, "_open", broken)
        training.notify()
        until(lambda: training.said)
        assert "ZeroDivisionError: of the test" in training.said[0]
    until(lambda: len(training.said) == 2)


@pytest.fixture
def hanging(monkeypatch):
    """Copying checkpoints waits until this event is set."""
    event, whole = threading.Event(), copies.copy_file

    def waiting(source, target):
        if "checkpoints" in source.parts:
            event.wait(10)
        whole(source, target)

    monkeypatch.setattr(copies, "copy_file", waiting)
    yield event
    event.set()


def seconds(call, *arguments):
    start = time.monotonic()
    call(*arguments)
    return time.monotonic() - start


def test_nobody_waits_for_a_mirror_that_hangs(run, training, hanging):
    used = write(run, 100).path
    assert not training.in_use(used)
    assert seconds(training.notify) < 0.5
    until(lambda: training.in_use(used))
    other = write(run, 200).path
    assert seconds(training.notify) < 0.5
    assert not training.in_use(other)
    assert 0.2 <= seconds(training.close, 0.2) < 2
    (sentence,) = training.said
    assert "did not get done in time" in sentence
    assert str(run.path) in sentence


def test_what_is_copied_is_not_thinned_out_here(run, training, hanging):
    used = write(run, 100).path
    training.notify()
    until(lambda: training.in_use(used))
    for step in (200, 300, 400):
        write(run, step)
        checkpoint_folder.thin_out(run.checkpoints, in_use=training.in_use)
    assert used.exists()
    hanging.set()
    training.close(10.0)
    assert newest_step(training.checkpoints) == 400


def test_a_slow_mirror_is_said_once(run, training, hanging, monkeypatch):
    monkeypatch.setattr(mirror, "_SLOW_S", 0.01)
    used = write(run, 100).path
    training.notify()
    until(lambda: training.in_use(used))
    time.sleep(0.02)
    training.notify()
    training.notify()
    assert [sentence for sentence in training.said if "is slow" in sentence] == training.said
    assert len(training.said) == 1


def test_a_voice_that_fails_stops_nothing(run, tmp_path):
    def say(_):
        raise ValueError("the output is closed")

    kept = Mirror(tmp_path / "no" / "drive", run, say, retry_s=QUICK_S)
    kept.notify()
    until(lambda: kept._problem)
    kept.close(10.0)


def test_a_mirror_on_the_run_itself_is_refused(run):
    with pytest.raises(InputError, match="must not be the folder of the Run itself"):
        Mirror(run.path.parent, run, print)


def test_an_empty_machine_gets_everything_back(run, drive, tmp_path):
    write(run, 100)
    sync(run, drive)
    before = contents(run.path)
    there = Run(tmp_path / "elsewhere" / "monet")
    said = []
    assert restore(drive, there, said.append)
    assert contents(there.path) == before
    assert "step 100" in said[0]
    assert not restore(drive, there, said.append)


@pytest.mark.parametrize("damage", ["alter", "cut", "vanish", "meta"])
def test_restoring_falls_back_to_the_generation_before(run, drive, tmp_path, damage):
    for step in (100, 200):
        write(run, step)
        sync(run, drive)
    spoil(drive / "monet" / "checkpoints" / "step-00000200", damage)
    there = Run(tmp_path / "elsewhere" / "monet")
    assert restore(drive, there, lambda _: None)
    assert names(there.checkpoints) == ["step-00000100"]
    assert newest_step(there.checkpoints) == 100


def test_a_run_that_is_here_gets_a_newer_generation_only(run, drive):
    newer = write(run, 200)
    sync(run, drive)
    checkpoint_folder.remove(newer.path)
    write(run, 100)
    run.log_file.write_text("of this machine\n")
    assert restore(drive, run, lambda _: None)
    assert newest_step(run.checkpoints) == 200
    assert run.log_file.read_text() == "of this machine\n"
    write(run, 300)
    assert not restore(drive, run, lambda _: None)


def test_with_a_newer_generation_comes_what_its_training_kept(run, drive):
    """Another machine went on: what it scored and painted must not be lost to both."""
    newer = write(run, 200)
    run.snapshot(2).write_bytes(b"two")
    (run.samples / "epoch-0002.png").write_bytes(b"grid")
    run.scores_file.write_text("metric,epoch\nFID,1\nFID,2\n")
    sync(run, drive)
    for file in (run.snapshot(2), run.samples / "epoch-0002.png"):
        file.unlink()
    run.scores_file.write_text("metric,epoch\nFID,1\n")
    checkpoint_folder.remove(newer.path)
    write(run, 100)
    assert restore(drive, run, lambda _: None)
    assert run.snapshot_epochs() == [1, 2]
    assert (run.samples / "epoch-0002.png").is_file()
    assert run.scores_file.read_text().endswith("FID,2\n")


def test_wherever_a_machine_is_lost_a_checkpoint_has_its_snapshots(run, tmp_path, monkeypatch):
    """What is lost of a later epoch is made again by who goes on from it; nothing else is."""
    for epoch in (1, 2, 3):
        run.snapshot(epoch).write_bytes(b"%d" % epoch)
        (run.samples / f"epoch-{epoch:04d}.png").write_bytes(b"grid")
    run.scores_file.write_text("metric,epoch\nFID,3\n")
    write(run, 300)
    found = []
    for lost_after in range(17):
        drive = tmp_path / f"drive {lost_after}"
        with monkeypatch.context() as patch:
            fail_after(patch, lost_after, tears=False)
            sync(run, drive)
        there = Run(drive / "monet")
        found.append(newest_step(there.checkpoints))
        if found[-1] is not None:
            assert there.snapshot_epochs() == [1, 2, 3]
            assert len(names(there.samples)) == 3
            assert there.scores_file.is_file()
    assert found == [None] * 15 + [300] * 2


def test_what_was_thinned_out_before_a_kill_goes_there_too(run, drive):
    """The process that deleted it here did not live to tell the mirror."""
    for epoch in (3, 4):
        run.snapshot(epoch).write_bytes(b"%d" % epoch)
    sync(run, drive)
    run.snapshot(3).unlink()
    sync(run, drive)
    assert Run(drive / "monet").snapshot_epochs() == [1, 4]


def test_a_damaged_newest_one_here_is_replaced(run, drive):
    path = write(run, 200).path
    sync(run, drive)
    spoil(path, "alter")
    assert restore(drive, run, lambda _: None)
    assert newest_step(run.checkpoints) == 200


def test_an_interrupted_restoring_is_no_run_and_goes_on(run, drive, tmp_path, monkeypatch):
    write(run, 100)
    sync(run, drive)
    there = Run(tmp_path / "elsewhere" / "monet")
    for count in range(7):
        with monkeypatch.context() as patch:
            fail_after(patch, count, tears=True)
            with pytest.raises(InputError, match=r"could not be fetched .* Input/output error"):
                restore(drive, there, lambda _: None)
        assert not there.config_file.exists()
        assert newest_step(there.checkpoints) == (None if count < 3 else 100)
    assert restore(drive, there, lambda _: None)
    assert contents(there.path) == contents(run.path)


def test_restoring_onto_a_full_disk_says_so(run, drive, tmpfs):
    write(run, 100, 2_500_000)
    sync(run, drive)
    with pytest.raises(InputError, match="No space left on device"):
        restore(drive, Run(tmpfs / "monet"), lambda _: None)
    assert list(tmpfs.rglob("step-*")) == []


def test_without_a_mirror_or_a_run_in_it_nothing_is_restored(run, drive, tmp_path):
    missing = Run(tmp_path / "elsewhere" / "monet")
    assert not restore(drive, missing, pytest.fail)
    assert not restore(drive / "not made yet", missing, pytest.fail)
    with pytest.raises(InputError, match="mount the drive first"):
        restore(tmp_path / "no" / "drive", missing, pytest.fail)
    said = []
    assert not restore(tmp_path / "no" / "drive", run, said.append)
    assert "Going on with what is in" in said[0]


def test_files_outside_of_a_generation_are_not_fetched(run, drive, tmp_path):
    path = write(run, 100).path
    meta = json.loads((path / META).read_text())
    meta.pop("check")
    meta["files"]["../../run.json"] = checkpoint_folder.describe_files(path, ["../../run.json"])[
        "../../run.json"
    ]
    checkpoint_folder.write_meta(path, meta)
    (sentence,) = sync(run, drive)
    assert "lies outside" in sentence
