"""Large matrices a few rows at a time."""

from collections.abc import Iterator

# 128 MB of float64: large enough for full speed, small enough for every machine.
LARGEST_BLOCK_ENTRIES = 16_000_000


def blocks(rows: int, columns: int, entries: int = LARGEST_BLOCK_ENTRIES) -> Iterator[slice]:
    """Cut the rows of a matrix into blocks of bounded size.

    Args:
        rows: rows of the matrix.
        columns: its columns.
        entries: how many numbers a block may hold; a block has at least one row.

    Returns:
        Slices that cover every row once, in order.
    """
    height = max(1, entries // max(1, columns))
    return (slice(start, start + height) for start in range(0, rows, height))
