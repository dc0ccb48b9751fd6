import subprocess
import sys
import time

import pytest

from artnb.errors import InputError
from artnb.platform import deadline as module
from artnb.platform.deadline import Deadline, StepClock, clock_time, in_words

# 2026-09-01, 09:55 UTC.
MORNING = 1788256500


@pytest.fixture
def timezone(monkeypatch):
    """Give this process another time zone for one test."""

    def choose(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield choose
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def on(monkeypatch):
    """Pretend to be on a platform with some devices."""
    for name in ("ISTPUVM", "TPU_ACCELERATOR_TYPE"):
        monkeypatch.delenv(name, raising=False)

    def choose(platform, *devices):
        monkeypatch.setattr(module, "platform_name", lambda: platform)
        monkeypatch.setattr(module, "accelerators", lambda: list(devices))

    return choose


def test_training_stops_before_the_session_ends():
    deadline = Deadline(minutes=300, reserve_minutes=20, started=1000)
    assert deadline.stop_at == 1000 + 280 * 60
    assert deadline.left_s(now=1000) == 280 * 60
    assert deadline.left_s(now=1000 + 281 * 60) == -60


def test_left_counts_from_now():
    deadline = Deadline(minutes=2, reserve_minutes=1, started=time.time() - 10)
    assert deadline.left_s() == pytest.approx(50, abs=5)
    assert not deadline.is_due(step_s=1)
    assert deadline.is_due(step_s=40)


@pytest.mark.parametrize(
    ("now", "save_s", "due"),
    [
        (579, 5, False),  # 21 s are left, and 10 × 1.5 + 5 fit
        (580, 5, False),  # just so
        (581, 5, True),
        (581, 0, False),
        (601, 0, True),
    ],
)
def test_due_when_a_slow_step_and_saving_no_longer_fit(now, save_s, due):
    deadline = Deadline(minutes=11, reserve_minutes=1, started=0)
    assert deadline.is_due(step_s=10, save_s=save_s, now=now) is due


def test_due_after_the_moment_even_before_a_step_was_measured():
    deadline = Deadline(minutes=11, reserve_minutes=1, started=0)
    assert not deadline.is_due(StepClock().slow_s, now=600)
    assert deadline.is_due(StepClock().slow_s, now=601)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ((300, 20), "Training stops by 14:35 UTC, 20 minutes before the session ends"),
        ((281, 1), "Training stops by 14:35 UTC, 1 minute before the session ends"),
        ((280, 0), "Training stops by 14:35 UTC, when the session ends"),
        ((1900, 180), "Training stops by 14:35 UTC on 2026-09-02, 3.0 hours before the session"
                      " ends"),
    ],
)  # fmt: skip
def test_the_sentence(timezone, settings, expected):
    timezone("UTC")
    assert Deadline(*settings, started=MORNING).describe() == expected


def test_a_clock_that_is_not_on_utc_needs_no_name(timezone):
    timezone("CET-1CEST")
    assert clock_time(MORNING) == "11:55"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "less than a minute"),
        (20, "less than a minute"),
        (60, "1 minute"),
        (2160, "36 minutes"),
        (9000, "2.5 hours"),
    ],
)
def test_times_in_words(seconds, words):
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("minutes", "reserve", "message"),
    [
        (0, 0, "minutes must be above 0, got 0; 300"),
        (-5, 0, "minutes must be above 0, got -5"),
        (float("nan"), 0, "minutes must be a number of minutes, got nan"),
        ("300", 20, "minutes must be a number of minutes, got '300'"),
        (300, -1, r"reserve_minutes must be at least 0 and below minutes \(300\), got -1"),
        (20, 20, r"reserve_minutes must be .* below minutes \(20\), got 20; try 2"),
        (300, None, "reserve_minutes must be a number of minutes, got None"),
    ],
)
def test_settings_are_checked(minutes, reserve, message):
    with pytest.raises(InputError, match=message):
        Deadline(minutes, reserve)


@pytest.mark.parametrize(
    ("platform", "devices", "hours"),
    [
        ("kaggle", ["gpu:0", "gpu:1"], 12),
        ("kaggle", [], 12),
        ("kaggle", ["tpu:0"], 9),
        ("colab", ["tpu:0"], 12),
    ],
)
def test_sessions_of_the_platforms(on, platform, devices, hours):
    on(platform, *devices)
    deadline = Deadline.for_platform(reserve_minutes=30, started=0)
    assert deadline == Deadline(60 * hours, 30, started=0)


def test_a_tpu_that_tensorflow_does_not_see_shortens_the_session_too(on, monkeypatch):
    on("kaggle")
    monkeypatch.setenv("ISTPUVM", "1")
    assert Deadline.for_platform().minutes == 9 * 60


def test_no_deadline_on_ones_own_machine(on):
    on("local", "gpu:0")
    assert Deadline.for_platform() is None


def test_the_session_starts_with_the_process():
    code = (
        "import time; time.sleep(0.4)\n"
        "from artnb.platform.deadline import Deadline\n"
        "import sys; assert 'keras' not in sys.modules\n"
        "print(Deadline().started)\n"
    )
    before = time.time()
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    # Linux' kernel gives the moment of its own start in whole seconds.
    assert -1.1 < float(result.stdout) - before < 0.3, result.stderr


def test_steps_are_measured_between_their_ends():
    clock = StepClock()
    assert clock.slow_s == 0
    for moment in (100, 101, 103, 104, 108):
        clock.tick(moment)
    assert clock.slow_s == 4  # of 1, 2, 1, 4


def test_only_the_last_steps_count():
    clock = StepClock(recent=2)
    for moment in (0, 50, 51, 54):
        clock.tick(moment)
    assert clock.slow_s == 3  # 50 is forgotten


def test_a_clock_of_no_steps():
    with pytest.raises(InputError, match="recent must be at least 1, got 0"):
        StepClock(recent=0)


def test_a_clock_that_is_set_meanwhile_moves_no_deadline(monkeypatch):
    deadline = Deadline(minutes=2, reserve_minutes=1, started=time.time())
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert 50 < deadline.left_s() <= 60
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert deadline.left_s() < 0
