"""How long a submission takes is measured, with a margin."""

import pytest

from artnb.errors import InputError
from artnb.method import preset_config
from artnb.notebook.submission import Reserve, measure_reserve
from artnb.submission.rules import Rules

RULES = Rules(fewest=3, most=40, size_px=32)


def test_it_is_measured_with_an_untrained_generator():
    reserve = measure_reserve(preset_config("smoke"), 7_038, RULES)
    assert reserve.pictures == 7_038
    assert 0 < reserve.picture_s < 1
    assert reserve.first_s > 0


def test_the_margin_is_stated_and_kept():
    reserve = Reserve(pictures=1000, first_s=20, picture_s=0.1)
    assert reserve.measured_s == 120
    assert reserve.seconds == 1.5 * 120 + 120
    assert reserve.describe() == (
        "1,000 pictures at 10 a second take 2 minutes; with half as much again and 2 minutes "
        "more, 5 minutes are kept for painting, zipping and checking."
    )


def test_training_stops_that_much_earlier():
    deadline = Reserve(1000, 20, 0.1).deadline(300, started=0.0)
    assert deadline.stop_at == 300 * 60 - 300


def test_a_machine_too_slow_for_the_session_is_told():
    with pytest.raises(InputError, match="reserve_minutes must be at least 0 and below minutes"):
        Reserve(7_038, 20, 5.0).deadline(300)
