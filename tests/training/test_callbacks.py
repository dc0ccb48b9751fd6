import csv

import pytest

from artnb.training.callbacks import append_row, learning_rate_factor


def test_the_schedule_is_the_authors():
    factors = [learning_rate_factor(epoch, 200, 0.5) for epoch in range(200)]
    assert factors[:100] == [1.0] * 100
    assert factors[100:102] == pytest.approx([100 / 101, 99 / 101])
    assert factors[-1] == pytest.approx(1 / 101)


@pytest.mark.parametrize("epochs", [1, 2, 3, 10])
def test_short_trainings_never_reach_zero(epochs):
    factors = [learning_rate_factor(epoch, epochs, 0.5) for epoch in range(epochs)]
    assert min(factors) > 0
    assert factors == sorted(factors, reverse=True)


def test_a_constant_rate_stays():
    assert {learning_rate_factor(epoch, 10, 1.0) for epoch in range(10)} == {1.0}


def test_rows_share_one_header(tmp_path):
    for step in (1, 2):
        append_row(tmp_path / "log.csv", {"step": step, "loss": 0.5})
    with (tmp_path / "log.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["step", "loss"], ["1", "0.5"], ["2", "0.5"]]
