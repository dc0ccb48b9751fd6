"""What was measured of which picture, kept by content: nothing is measured twice."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from artnb.errors import InputError
from artnb.platform.where import cache_folder

_TABLES = """
CREATE TABLE IF NOT EXISTS pictures (
    key TEXT PRIMARY KEY, pixels TEXT, width INTEGER, height INTEGER,
    thumbnail BLOB, is_painted INTEGER
);
CREATE TABLE IF NOT EXISTS measured (
    key TEXT, measure TEXT, numbers BLOB, PRIMARY KEY (key, measure)
);
"""
# Some 250,000 pictures with Inception's features; the oldest half goes when it is full.
LARGEST_CACHE_GB = 2.0


@dataclass(frozen=True)
class Facts:
    """What is known of a picture without looking at it again.

    Args:
        pixels: sha256 of its size and RGB values.
        width: pixels.
        height: pixels.
        thumbnail: uint8 `(16, 16, 3)`, to know it again in another file format or size.
        is_painted: a generator made it.
    """

    pixels: str
    width: int
    height: int
    thumbnail: np.ndarray
    is_painted: bool


class Cache:
    """Facts and numbers by a picture's key, in one SQLite file, or in memory alone.

    Args:
        path: the file; None keeps everything in memory.
        largest_gb: beyond this size the oldest half is forgotten when the file is opened.
    """

    def __init__(self, path: Path | None, largest_gb: float = LARGEST_CACHE_GB) -> None:
        self.path = path
        # One thread at a time uses it, but not always the same one.
        self._connection = sqlite3.connect(path or ":memory:", timeout=30, check_same_thread=False)
        self._connection.executescript(_TABLES)
        if path and path.stat().st_size > largest_gb * 1e9:
            self._forget_half()

    def check_writable(self) -> None:
        """Raise `sqlite3.OperationalError` where nothing can be kept, as in a read-only folder."""
        self._connection.execute("INSERT OR REPLACE INTO measured VALUES ('', '', NULL)")
        self._connection.rollback()

    def _forget_half(self) -> None:
        for table in ("pictures", "measured"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE rowid <= (SELECT avg(rowid) FROM {table})"
            )
        self._connection.commit()
        self._connection.execute("VACUUM")

    def facts(self, keys: Sequence[str]) -> dict[str, Facts]:
        """Give the facts of those pictures that are known."""
        columns = "pixels, width, height, thumbnail, is_painted"
        return {
            key: Facts(
                pixels,
                width,
                height,
                np.frombuffer(thumbnail, np.uint8).reshape(16, 16, 3),
                bool(is_painted),
            )
            for key, (pixels, width, height, thumbnail, is_painted) in self._rows(
                f"SELECT {columns} FROM pictures WHERE key = ?", ((key,) for key in keys)
            )
        }

    def numbers(self, keys: Sequence[str], measure: str) -> dict[str, np.ndarray]:
        """Give what a measure gave for those pictures that it has seen, float32 `(d,)` each."""
        question = "SELECT numbers FROM measured WHERE key = ? AND measure = ?"
        rows = self._rows(question, ((key, measure) for key in keys))
        return {key: np.frombuffer(numbers, np.float32) for key, (numbers,) in rows}

    def _rows(self, question: str, values: Iterable[tuple]) -> Iterable[tuple[str, tuple]]:
        with self._explained():
            for value in values:
                row = self._connection.execute(question, value).fetchone()
                if row is not None:
                    yield value[0], row

    def keep(self, facts: dict[str, Facts], numbers: dict[str, dict[str, np.ndarray]]) -> None:
        """Keep facts by key, and numbers by measure and key, all of them or none.

        Raises:
            InputError: there is no room left, or the file is damaged.
        """
        with self._explained(), self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (key, f.pixels, f.width, f.height, f.thumbnail.tobytes(), f.is_painted)
                    for key, f in facts.items()
                ],
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO measured VALUES (?, ?, ?)",
                [
                    (key, measure, np.asarray(values, np.float32).tobytes())
                    for measure, by_key in numbers.items()
                    for key, values in by_key.items()
                ],
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise InputError(
                f"the cache {self.path} cannot be used ({error}); make room for it, or let "
                "ARTNB_CACHE name another folder"
            ) from error
        except sqlite3.DatabaseError as error:
            raise _damaged(self.path, error) from error


def open_cache(path: Path | None = None) -> Cache:
    """Open the cache of this machine, or one in memory where that cannot be written.

    Args:
        path: the file; None takes `features.sqlite` in the cache folder.

    Raises:
        InputError: the file is damaged.
    """
    path = path or cache_folder() / "features.sqlite"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        cache = Cache(path)
        cache.check_writable()
        return cache
    except (sqlite3.OperationalError, OSError):
        return Cache(None)
    except sqlite3.DatabaseError as error:
        raise _damaged(path, error) from error


def _damaged(path: Path | None, error: sqlite3.DatabaseError) -> InputError:
    return InputError(f"the cache {path} is damaged ({error}); delete it, it will be made again")
