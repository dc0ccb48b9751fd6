"""Who prepares pictures and writes shards: this machine, or others that are told the same."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from artnb.data.chunks import Chunk, has_chunk, write_chunk
from artnb.data.scan import look_at
from artnb.data.shards import Shard, write_planned
from artnb.data.split import Entry
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent


class Crew(Protocol):
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
