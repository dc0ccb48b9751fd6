"""The work of preparing a Dataset, in parts that can be divided, and those who do it.

A chunk is a shard of prepared pictures and a file of what was found out about each. It is there
whole or not at all, and its name says what it was made from: whoever prepares again after an
interruption finds it, and a picture that has changed since makes another chunk.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import PIL

import artnb
from artnb.data.decoding import DECODING
from artnb.data.records import Record, read_frames, write_shard
from artnb.data.scan import Entry, look_at
from artnb.data.shards import Shard, write_planned
from artnb.data.sources import SHARD_SUFFIX, Picture, ShardPicture
from artnb.documents import read_document
from artnb.errors import InputError
from artnb.files import write_whole
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent

# Few enough to be prepared again after an interruption, many enough for few files.
_PICTURES_PER_CHUNK = 128
# Another number when chunks say something else.
_FORM = 2


@dataclass(frozen=True)
class Chunk:
    """Pictures that are prepared together.

    Args:
        pictures: as they lie in their source.
        size_px: edge of the squares that they become, pixels.
    """

    pictures: Sequence[Picture]
    size_px: int

    @cached_property
    def name(self) -> str:
        """A hash of what goes in: the files as they are now, their size, the programs at work."""
        programs = (
            f"artnb {artnb.__version__}, decoding {DECODING}, Pillow {PIL.__version__}, "
            f"form {_FORM}"
        )
        facts = [programs, self.size_px, *(picture.state for picture in self.pictures)]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def chunks_of(pictures: Sequence[Picture], size_px: int) -> list[Chunk]:
    """Divide pictures into chunks, in their order."""
    starts = range(0, len(pictures), _PICTURES_PER_CHUNK)
    return [Chunk(pictures[start : start + _PICTURES_PER_CHUNK], size_px) for start in starts]


def has_chunk(folder: Path, chunk: Chunk) -> bool:
    """Say whether a chunk has been written."""
    return _facts_file(folder, chunk.name).exists()


def write_chunk(folder: Path, chunk: Chunk, entries: Iterable[Entry]) -> None:
    """Keep a chunk's pictures.

    Args:
        folder: of all chunks; it is made.
        chunk: the chunk.
        entries: of its pictures, prepared, in their order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = chunk.name
    facts = []

    def records() -> Iterable[Record]:
        for entry in entries:
            facts.append([entry.pixel_sha256, entry.problem, entry.is_painted, entry.edge_px])
            if entry.jpeg is not None:
                yield Record(entry.picture.name, entry.jpeg, "")

    write_shard(folder / (name + SHARD_SUFFIX), records())
    write_whole(_facts_file(folder, name), json.dumps(facts))


# Of each picture the hash of its pixels, why it cannot be read, whether artnb painted it, and the
# shorter side of the original.
_ChunkFacts = list[tuple[str, str, bool, int]]


def read_chunk(folder: Path, chunk: Chunk) -> list[Entry]:
    """Give what was found out about a chunk's pictures, and where each lies now.

    Returns:
        Entries in the order of `chunk.pictures`, under the names and groups that these have; a
        readable one's picture gives the prepared JPEG.

    Raises:
        InputError: the chunk was damaged since it was written.
    """
    shard = folder / (chunk.name + SHARD_SUFFIX)
    facts = read_document(_facts_file(folder, chunk.name), _ChunkFacts, "delete it, prepare again")
    frames = [frame for frame, _ in read_frames(shard)]
    readable = sum(not problem for _, problem, *_ in facts)
    if (len(frames), len(facts)) != (readable, len(chunk.pictures)):
        raise InputError(f"{shard} is cut off; prepare again")
    places = iter(frames)
    return [
        Entry(picture, "unreadable", problem=problem)
        if problem
        else Entry(
            ShardPicture(picture.name, shard, next(places), picture.group),
            "train",
            pixel_sha256,
            is_painted=is_painted,
            edge_px=edge_px,
        )
        for picture, (pixel_sha256, problem, is_painted, edge_px) in zip(
            chunk.pictures, facts, strict=True
        )
    ]


def _facts_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.json"


class Workers(Protocol):
    """Those who do the two parts of preparing that can be divided among many."""

    def prepare_chunks(self, folder: Path, chunks: Sequence[Chunk]) -> None:
        """Prepare the chunks that `folder` does not hold yet, and keep them there."""

    def write_shards(self, folder: Path, shards: Sequence[Shard]) -> list[dict[str, Any]]:
        """Write shards to `folder`, and give what dataset.json says of them, in their order."""


class ThisMachine:
    """The cores of this machine, in threads: Pillow works beside the interpreter's lock.

    Args:
        progress: shows how far it has got.
    """

    def __init__(self, progress: Progress = silent) -> None:
        self.progress = progress

    def prepare_chunks(self, folder: Path, chunks: Sequence[Chunk]) -> None:
        """Prepare the chunks that `folder` does not hold yet, and keep them there."""
        missing = [chunk for chunk in chunks if not has_chunk(folder, chunk)]
        advance = self.progress("preparing pictures", sum(len(c.pictures) for c in missing))
        for chunk in missing:
            write_chunk(folder, chunk, self._prepared(chunk, advance))

    def _prepared(self, chunk: Chunk, advance: Callable[[], None]) -> Iterator[Entry]:
        for entry in in_parallel(lambda p: look_at(p, chunk.size_px), chunk.pictures):
            yield entry
            advance()

    def write_shards(self, folder: Path, shards: Sequence[Shard]) -> list[dict[str, Any]]:
        """Write shards to `folder`, and give what dataset.json says of them, in their order."""
        advance = self.progress("writing shards", sum(len(shard.pictures) for shard in shards))
        return [write_planned(folder, shard, advance) for shard in shards]
