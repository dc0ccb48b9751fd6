"""Two processes on one folder, on one machine and on two."""

import os
import subprocess
import sys
import time

import pytest

from artnb import locks
from artnb.errors import InputError
from artnb.locks import lock_file, locked

HOLDS = """
import sys, time
from pathlib import Path
from artnb import locks
locks.SILENCE_S = float(sys.argv[2])
with locks.locked(Path(sys.argv[1]), "the Run r"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path, monkeypatch):
    """Another process that holds the lock of `tmp_path / "r"`."""
    monkeypatch.setattr(locks, "SILENCE_S", 3.0)
    command = [sys.executable, "-c", HOLDS, str(tmp_path / "r"), "3"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def on_another_machine(path):
    """Let the holder be one of another machine, as a folder that machines share would show it."""
    file = lock_file(path)
    lines = file.read_text().splitlines()
    named = ["host=elsewhere" if line.startswith("host=") else line for line in lines]
    file.write_text("\n".join(named) + "\n")


def test_a_holder_on_this_machine_is_named_at_once(tmp_path, holder):
    began = time.monotonic()
    said = rf"the Run r is worked on by process {holder.pid} of this machine, begun 20\d\d-"
    with pytest.raises(InputError, match=said), locked(tmp_path / "r", "the Run r"):
        pass
    assert time.monotonic() - began < 2.5


def test_a_killed_holder_is_replaced_at_once(tmp_path, holder):
    holder.kill()
    holder.wait()
    began = time.monotonic()
    with locked(tmp_path / "r", "the Run r") as lock:
        assert not lock.is_lost
    assert time.monotonic() - began < 2.5
    assert list(tmp_path.iterdir()) == []


def test_a_holder_elsewhere_without_a_sign_of_life_is_replaced_and_hears_of_it(tmp_path, holder):
    holder.kill()
    holder.wait()
    on_another_machine(tmp_path / "r")
    said = []
    with locked(tmp_path / "r", "the Run r", said.append) as lock:
        assert not lock.is_lost
    waiting, taken_over = said
    assert waiting.startswith(f"The Run r was last worked on by process {holder.pid} on elsewhere;")
    assert taken_over == "There was none: it is taken over."


def test_a_holder_elsewhere_that_gives_signs_of_life_is_left_alone(tmp_path, holder):
    holder.kill()
    holder.wait()
    on_another_machine(tmp_path / "r")
    alive = "import os, sys, time\nwhile True: time.sleep(0.5); os.utime(sys.argv[1])"
    process = subprocess.Popen([sys.executable, "-c", alive, lock_file(tmp_path / "r")])
    try:
        said = f"is worked on by process {holder.pid} on elsewhere"
        with pytest.raises(InputError, match=said), locked(tmp_path / "r", "the Run r"):
            pass
    finally:
        process.kill()
        process.wait()


def test_who_was_replaced_while_it_stood_still_learns_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "SILENCE_S", 1.0)
    with locked(tmp_path / "r", "the Run r") as lock:
        file = lock_file(tmp_path / "r")
        theirs = file.read_text().replace("token=", "token=0123", 1)
        file.unlink()
        file.write_text(theirs)
        deadline = time.monotonic() + 5
        while not lock.is_lost and time.monotonic() < deadline:
            time.sleep(0.05)
        assert lock.is_lost
    assert file.read_text() == theirs  # is theirs to remove


def test_what_is_no_lock_does_not_hold_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "SILENCE_S", 1.0)
    lock_file(tmp_path / "r").write_bytes(b"\xff\xfe torn")
    with locked(tmp_path / "r", "the Run r"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_one_process_does_not_get_it_twice(tmp_path):
    with (
        locked(tmp_path / "r", "the Run r"),
        pytest.raises(InputError, match=f"process {os.getpid()} of this machine"),
        locked(tmp_path / "r", "the Run r"),
    ):
        pass


def test_a_file_that_is_changed_in_turn_loses_no_change(tmp_path):
    adds = (
        "import sys\nfrom pathlib import Path\nfrom artnb.locks import in_turn\n"
        "file = Path(sys.argv[1])\n"
        "for _ in range(40):\n"
        "    with in_turn(file):\n"
        "        file.write_text(str(int(file.read_text()) + 1))\n"
    )
    file = tmp_path / "counter"
    file.write_text("0")
    command = [sys.executable, "-c", adds, str(file)]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    assert file.read_text() == "80"
    assert list(tmp_path.iterdir()) == [file]
