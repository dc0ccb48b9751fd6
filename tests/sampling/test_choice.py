import pytest

from artnb.errors import InputError
from artnb.sampling.choice import SampleChoice, parse_truncations


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"count": 0}, "at least one picture, got 0"),
        ({"count": 1, "mixing": True}, "at least two pictures"),
        ({"count": 1, "interpolation": True}, "at least two pictures"),
        ({"seed": -1}, "seeds must be from 0 to 4,294,967,295, got -1"),
        ({"seed": 2**32 - 1, "count": 2}, "got 4294967295 for the first of 2"),
        ({"truncation": 2.1}, "a truncation must be from -2 to 2"),
        ({"truncation": float("nan")}, "got nan"),
        ({"truncations": (0.5, -3)}, "got -3"),
    ],
)
def test_what_cannot_be_made_is_refused(asked, expected):
    with pytest.raises(InputError, match=expected):
        SampleChoice(**asked)


def test_the_largest_seed_can_be_asked_for():
    assert list(SampleChoice(count=2, seed=2**32 - 2).seeds) == [2**32 - 2, 2**32 - 1]


def test_truncations_are_read():
    assert parse_truncations("0, 0.5,1") == [0, 0.5, 1]
    for text in ("much", "", "1,,2", "1;2"):
        with pytest.raises(InputError, match="numbers with commas between"):
            parse_truncations(text)


def test_what_is_no_picture_of_ours_stays(tmp_path):
    (tmp_path / "seed0001.png").write_bytes(b"a holiday")
    SampleChoice(count=1).check(tmp_path)
    with pytest.raises(InputError, match=r"seed0001.png is there and no painting of artnb's"):
        SampleChoice(count=2).check(tmp_path)
    with pytest.raises(InputError, match="must be a folder"):
        SampleChoice().check(tmp_path / "seed0001.png")
