"""Look at a set of pictures once and keep what was found, by content: nothing is measured twice."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from artnb.data.decoding import UnreadableImageError
from artnb.data.images import hash_pixels
from artnb.errors import InputError
from artnb.evaluation.beforehand import check_one_size, suspected_figures
from artnb.evaluation.pictures import Pictures, Seen
from artnb.platform.where import cache_folder
from artnb.progress import Progress, silent

_TABLES = """
CREATE TABLE IF NOT EXISTS pictures (
    key TEXT PRIMARY KEY, pixels TEXT, width INTEGER, height INTEGER,
    thumbnail BLOB, is_painted INTEGER
);
CREATE TABLE IF NOT EXISTS measured (
    key TEXT, measure TEXT, numbers BLOB, PRIMARY KEY (key, measure)
);
"""
# A row that is not so was damaged, and its picture is measured again.
_WHOLE_FACTS = (
    "typeof(pixels) = 'text' AND typeof(width) = 'integer' AND typeof(height) = 'integer' AND "
    "typeof(thumbnail) = 'blob' AND length(pixels) = 64 AND length(thumbnail) = 768"
)
_WHOLE_NUMBERS = "typeof(numbers) = 'blob' AND length(numbers) > 0 AND length(numbers) % 4 = 0"
# Some 250,000 pictures with Inception's features; the oldest half goes when it is full.
LARGEST_CACHE_GB = 2.0
_THUMBNAIL_PX = 16
# Decoded pictures that are in memory at a time.
_BATCH = 16


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

    Raises:
        sqlite3.OperationalError: nothing can be kept there, as in a read-only folder.
        sqlite3.DatabaseError: the file is damaged.
    """

    def __init__(self, path: Path | None, largest_gb: float = LARGEST_CACHE_GB) -> None:
        self.path = path
        # One thread at a time uses it, but not always the same one.
        self._connection = sqlite3.connect(path or ":memory:", timeout=30, check_same_thread=False)
        try:
            self._connection.executescript(_TABLES)
            self._check_writable()
            if path and path.stat().st_size > largest_gb * 1e9:
                self._forget_half()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _check_writable(self) -> None:
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
        rows = self._rows(f"SELECT * FROM pictures WHERE key = ? AND {_WHOLE_FACTS}",
                          ((key,) for key in keys))  # fmt: skip
        return {
            key: Facts(*known, np.frombuffer(thumbnail, np.uint8).reshape(16, 16, 3), bool(painted))
            for key, (_, *known, thumbnail, painted) in rows
        }

    def numbers(self, keys: Sequence[str], measure: str) -> dict[str, np.ndarray]:
        """Give what a measure gave for those pictures that it has seen, float32 `(d,)` each."""
        question = (
            f"SELECT numbers FROM measured WHERE key = ? AND measure = ? AND {_WHOLE_NUMBERS}"
        )
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
                (
                    (key, f.pixels, f.width, f.height, f.thumbnail.tobytes(), f.is_painted)
                    for key, f in facts.items()
                ),
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO measured VALUES (?, ?, ?)",
                (
                    (key, measure, np.asarray(values, np.float32).tobytes())
                    for measure, by_key in numbers.items()
                    for key, values in by_key.items()
                ),
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
        return Cache(path)
    except (sqlite3.OperationalError, OSError):
        return Cache(None)
    except sqlite3.DatabaseError as error:
        raise _damaged(path, error) from error


def _damaged(path: Path | None, error: sqlite3.DatabaseError) -> InputError:
    return InputError(f"the cache {path} is damaged ({error}); delete it, it will be made again")


class Measure(Protocol):
    """Something that turns pictures into numbers.

    `key` names it with everything that its numbers depend on.
    """

    key: str

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None) -> np.ndarray:
        """Measure uint8 `(batch, height, width, 3)`; gives float32 `(batch, d)`.

        Args:
            pictures: to be measured.
            sources: the photos they were painted from, where they were painted.
        """


@dataclass(frozen=True)
class Measured:
    """A set of pictures after all of them were looked at.

    Args:
        name: of the set, for people.
        resize: how pictures were resized before, or nothing.
        names: of the pictures that could be read.
        places: of them in the set.
        facts: what is known of each.
        numbers: `(n, d)` float32 by the key of the measure that gave it.
        unreadable: names and reasons of files that were left out.
        warnings: what speaks against the set, as far as its files tell.
    """

    name: str
    resize: str
    names: tuple[str, ...]
    places: tuple[int, ...]
    facts: tuple[Facts, ...]
    numbers: dict[str, np.ndarray]
    unreadable: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()

    def in_order(self) -> "Measured":
        """Give the same set in an order that its pixels decide, whatever their files are called.

        Sums of floats and draws of a bootstrap depend on the order of rows.
        """
        order = sorted(range(len(self)), key=lambda place: self.facts[place].pixels)
        return replace(
            self,
            names=tuple(self.names[place] for place in order),
            places=tuple(self.places[place] for place in order),
            facts=tuple(self.facts[place] for place in order),
            numbers={key: rows[order] for key, rows in self.numbers.items()},
        )

    def __len__(self) -> int:
        return len(self.names)

    @property
    def sha256(self) -> str:
        """One hash for the set's pixels, whatever the order and the file names."""
        pixels = sorted(facts.pixels for facts in self.facts)
        return hashlib.sha256("\n".join(pixels).encode()).hexdigest()

    @property
    def size_px(self) -> str:
        """The size of its pictures, such as `"256×256"`."""
        first = self.facts[0]
        return f"{first.width}×{first.height}"


def measure(
    pictures: Pictures,
    measures: Sequence[Measure],
    cache: Cache,
    progress: Progress = silent,
) -> Measured:
    """Measure every picture of a set that was not measured before.

    Pictures are read a few at a time, and every few are kept in the cache, so that memory is
    bounded and an interrupted measurement goes on where it was.

    Args:
        pictures: the set.
        measures: what to compute of each.
        cache: what was computed before.
        progress: shows how far it has got.

    Raises:
        InputError: no picture can be read, or they differ in size.
    """
    keys = list(pictures.keys)
    missing = _missing(keys, measures, cache)
    unreadable = _look(pictures, missing, measures, cache, progress) if missing else {}
    places = [place for place, key in enumerate(keys) if key not in unreadable]
    if not places:
        first = next(iter(unreadable.values()), "it is empty")
        raise InputError(f"no picture of {pictures.name} can be read ({first}); check the folder")
    kept, facts = [keys[place] for place in places], cache.facts(keys)
    numbers = {m.key: cache.numbers(kept, m.key) for m in measures}
    measured = Measured(
        name=pictures.name,
        resize=pictures.resize,
        names=tuple(pictures.names[place] for place in places),
        places=tuple(places),
        facts=tuple(facts[key] for key in kept),
        numbers={m: np.stack([by_key[key] for key in kept]) for m, by_key in numbers.items()},
        unreadable=tuple(
            (pictures.names[place], unreadable[key])
            for place, key in enumerate(keys)
            if key in unreadable
        ),
        warnings=suspected_figures(pictures),
    )
    check_one_size(measured.name, _sizes(measured.facts))
    return measured


def _missing(keys: Sequence[str], measures: Sequence[Measure], cache: Cache) -> list[int]:
    """Find the places of pictures that some measure has not seen."""
    known = [cache.facts(keys).keys(), *(cache.numbers(keys, m.key).keys() for m in measures)]
    first = {key: place for place, key in reversed(list(enumerate(keys)))}
    return sorted(place for key, place in first.items() if not all(key in k for k in known))


def _look(
    pictures: Pictures,
    places: Sequence[int],
    measures: Sequence[Measure],
    cache: Cache,
    progress: Progress,
) -> dict[str, str]:
    """Read and measure pictures; give the keys of those that cannot be read, with the reason."""
    keys, unreadable = pictures.keys, {}
    advance = progress(f"measuring {pictures.name}", len(places))
    for start in range(0, len(places), _BATCH):
        batch = places[start : start + _BATCH]
        seen = dict(zip((keys[p] for p in batch), pictures.read(batch), strict=True))
        unreadable |= {k: str(s) for k, s in seen.items() if isinstance(s, UnreadableImageError)}
        readable = {k: s for k, s in seen.items() if isinstance(s, Seen)}
        if readable:
            facts = {key: _facts(s) for key, s in readable.items()}
            check_one_size(pictures.name, _sizes(facts.values()))
            cache.keep(facts, _numbers(readable, measures))
        for _ in batch:
            advance()
    return unreadable


def _numbers(
    readable: dict[str, Seen], measures: Sequence[Measure]
) -> dict[str, dict[str, np.ndarray]]:
    pictures = np.stack([seen.picture for seen in readable.values()])
    sources = [seen.source for seen in readable.values() if seen.source is not None]
    stacked = np.stack(sources) if sources else None
    return {m.key: dict(zip(readable, m(pictures, stacked), strict=True)) for m in measures}


def _facts(seen: Seen) -> Facts:
    image = Image.fromarray(seen.picture)
    small = image.resize((_THUMBNAIL_PX, _THUMBNAIL_PX), Image.Resampling.BOX)
    return Facts(hash_pixels(image), *image.size, np.asarray(small), seen.is_painted)


def _sizes(facts: Iterable[Facts]) -> set[tuple[int, int]]:
    return {(f.width, f.height) for f in facts}
