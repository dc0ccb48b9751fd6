"""What comes out of something compressed or declared is limited, and the limit is said."""

import gzip

import pytest

from artnb.limits import LITTLE_BYTES, Limit, Room, TooLargeError, ungzip

TABLES = Limit("table", most_bytes=50_000_000)


@pytest.mark.parametrize(
    ("packed", "unpacked", "problem"),
    [
        (1_000, LITTLE_BYTES, ""),
        (1_000, LITTLE_BYTES + 1, "10,000 times what it is itself, as no table does"),
        (200_000, 20_000_000, ""),
        (200_000, 20_200_000, "101 times what it is itself, as no table does"),
        (2_000_000, 50_000_001, "0.1 GB, and at most 0.1 GB are unpacked"),
        (0, LITTLE_BYTES + 1, "10,000,001 times what it is itself, as no table does"),
    ],
)
def test_little_is_let_through_and_much_is_not(packed, unpacked, problem):
    assert TABLES.problem(unpacked, packed) == problem


def test_what_is_gzipped_is_never_unpacked_beyond_the_limit():
    text = b"a table\n" * 1000
    assert ungzip(gzip.compress(text), TABLES) == text
    assert ungzip(gzip.compress(text) * 2, TABLES) == text * 2
    bomb = gzip.compress(bytes(LITTLE_BYTES + 1))
    with pytest.raises(TooLargeError, match="more than 10 MB, the most that is taken out of"):
        ungzip(bomb, TABLES)


def test_room_is_for_all_parts_together():
    room = Room(TABLES, packed_bytes=1_000)
    for _ in range(5):
        room.take(2_000_000)
    with pytest.raises(TooLargeError, match="as no table does"):
        room.take(1)
