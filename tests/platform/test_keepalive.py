import threading
import time

import pytest

from artnb.errors import InputError
from artnb.platform import keepalive as module
from artnb.platform.deadline import Deadline
from artnb.platform.keepalive import KeepAlive

SOON = 0.05 / 60
NEVER = 60


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 1788256500.0  # 2026-09-01, 09:55 UTC

    def __call__(self):
        return self.now

    def pass_minutes(self, minutes):
        self.now += 60 * minutes


@pytest.fixture
def clock(monkeypatch):
    """A clock in UTC, and a process of 3.14 GB."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(module, "memory_in_use_gb", lambda: 3.14)
    yield Clock()
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def training(clock):
    """Begin a training that speaks only when asked, and end it after the test."""
    begun = []

    def begin(**settings):
        heartbeat = KeepAlive(every_minutes=NEVER, clock=clock, **settings)
        begun.append(heartbeat)
        heartbeat.on_train_begin()
        return heartbeat

    yield begin
    for heartbeat in begun:
        heartbeat.on_train_end()


def take_steps(heartbeat, clock, steps, step_s):
    for batch in range(steps):
        clock.now += step_s
        heartbeat.on_train_batch_end(batch)


def wait_for(condition):
    until = time.monotonic() + 2
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def test_a_cell_says_how_long_it_takes(clock):
    with KeepAlive("preparing data", every_minutes=NEVER, clock=clock) as heartbeat:
        clock.pass_minutes(6)
        expected = "preparing data: 6 minutes so far, 3.1 GB of memory in use, 10:01 UTC"
        assert heartbeat.line() == expected


def test_a_training_says_how_far_it_is(clock, training):
    heartbeat = training(total_steps=8000, first_step=1000)
    clock.pass_minutes(2)
    assert "training: 2 minutes so far, 3.1 GB" in heartbeat.line()
    take_steps(heartbeat, clock, 1, 60)  # compiles
    take_steps(heartbeat, clock, 500, 0.25)
    # 6,499 steps at 4 a second are 27 minutes; 3 minutes and 125 s have passed.
    assert heartbeat.line() == (
        "training: step 1,501 of 8,000, 4.0 steps a second, 3.1 GB of memory in use, "
        "about 27 minutes left, 10:00 UTC"
    )


def test_the_rate_is_that_since_the_line_before(clock, training):
    heartbeat = training(total_steps=100)
    take_steps(heartbeat, clock, 11, 1)
    assert "step 11 of 100, 1.0 steps a second" in heartbeat.line()
    take_steps(heartbeat, clock, 9, 20)
    line = heartbeat.line()
    assert "step 20 of 100, 20.0 seconds a step" in line
    assert "about 27 minutes left" in line


def test_the_end_is_near(clock, training):
    heartbeat = training(total_steps=41)
    take_steps(heartbeat, clock, 21, 1)
    assert "GB of memory in use, less than a minute left, " in heartbeat.line()
    take_steps(heartbeat, clock, 20, 1)
    assert "left" not in heartbeat.line()


def test_a_step_that_takes_long_is_told(clock, training):
    heartbeat = training(total_steps=100)
    take_steps(heartbeat, clock, 11, 1)
    heartbeat.line()
    clock.pass_minutes(6)
    line = heartbeat.line()
    assert "step 11 of 100, no further one for 6 minutes, 3.1 GB" in line
    assert "left" not in line


def test_without_a_total_nothing_is_said_of_the_time_left(clock, training):
    heartbeat = training()
    take_steps(heartbeat, clock, 61, 0.5)
    expected = "training: step 61, 2.0 steps a second, 3.1 GB of memory in use, 09:55 UTC"
    assert heartbeat.line() == expected


def test_a_new_training_counts_anew(clock, training):
    heartbeat = training()
    take_steps(heartbeat, clock, 30, 1)
    heartbeat.on_train_end()
    heartbeat.on_train_begin()
    take_steps(heartbeat, clock, 2, 1)
    assert "step 2, 1.0 steps a second" in heartbeat.line()


def test_the_deadline_is_told(clock, training):
    heartbeat = training(deadline=Deadline(60, 10, started=clock.now))
    clock.pass_minutes(20)
    assert "the deadline in 30 minutes, 10:15 UTC" in heartbeat.line()
    clock.pass_minutes(31)
    assert "the deadline has passed, 10:46 UTC" in heartbeat.line()


def test_lines_come_while_a_cell_is_busy_and_end_with_it():
    lines = []
    with KeepAlive("preparing data", every_minutes=SOON, say=lines.append) as heartbeat:
        thread = heartbeat._thread
        assert thread.daemon
        assert wait_for(lambda: len(lines) >= 2)
    assert not thread.is_alive()
    count = len(lines)
    time.sleep(0.15)
    assert len(lines) == count
    assert lines[0].startswith("preparing data: less than a minute so far, ")


def test_lines_come_while_training():
    lines = []
    heartbeat = KeepAlive(every_minutes=SOON, total_steps=10, say=lines.append)
    heartbeat.on_train_begin()
    heartbeat.on_train_batch_end(0)
    thread = heartbeat._thread
    assert wait_for(lambda: lines)
    heartbeat.on_train_end()
    assert not thread.is_alive()
    assert "step 1 of 10" in lines[0]


def test_an_exception_goes_on_its_way_and_ends_the_thread():
    heartbeat = KeepAlive(every_minutes=SOON, say=lambda line: None)
    with pytest.raises(ZeroDivisionError), heartbeat:  # noqa: PT012  fit that fails
        heartbeat.on_train_begin()
        thread = heartbeat._thread
        raise ZeroDivisionError
    assert not thread.is_alive()


def test_in_a_block_there_is_one_thread():
    before = threading.active_count()
    with KeepAlive(every_minutes=NEVER) as heartbeat:
        heartbeat.on_train_begin()
        assert threading.active_count() == before + 1
        heartbeat.on_train_end()
        assert threading.active_count() == before
        heartbeat.stop()


def test_stopping_does_no_harm_before_the_beginning():
    KeepAlive().stop()


def test_stopping_from_a_line_itself():
    heartbeat = KeepAlive(every_minutes=SOON, say=lambda line: heartbeat.stop())
    with heartbeat:
        thread = heartbeat._thread
        assert wait_for(lambda: not thread.is_alive())


@pytest.mark.parametrize("steps", [0, 3])
def test_an_interrupted_training_falls_silent(monkeypatch, steps):
    monkeypatch.setattr(module, "_LINES_WITHOUT_A_STEP", 2)
    lines = []
    heartbeat = KeepAlive(every_minutes=SOON / 5, say=lines.append)
    heartbeat.on_train_begin()
    for batch in range(steps):
        heartbeat.on_train_batch_end(batch)
    thread = heartbeat._thread
    assert wait_for(lambda: not thread.is_alive())
    assert lines[-1] == "training: it seems to have ended, so these lines end too"


def test_a_cell_without_steps_does_not_fall_silent(monkeypatch):
    monkeypatch.setattr(module, "_LINES_WITHOUT_A_STEP", 2)
    lines = []
    with KeepAlive("preparing data", every_minutes=SOON / 5, say=lines.append):
        assert wait_for(lambda: len(lines) > 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"every_minutes": 0}, "every_minutes must be above 0, got 0; 3 is usual"),
        ({"first_step": -1}, "first_step must be at least 0, got -1"),
        (
            {"total_steps": 5, "first_step": 1250},
            r"total_steps must be at least first_step \(1,250\), got 5",
        ),
    ],
)
def test_settings_are_checked(settings, message):
    with pytest.raises(InputError, match=message):
        KeepAlive(**settings)
