"""How much may come of what others bring, said before memory is taken for it.

A few bytes can stand for gigabytes: zeros that are compressed, arrays that are declared and never
written. So each reader of something compressed or declared has a `Limit` and says it in its error.
"""

import gzip
import io
from dataclasses import dataclass

# So much is let through however little it was.
LITTLE_BYTES = 10_000_000


class TooLargeError(ValueError):
    """What comes of something is beyond its limit; the message is a clause that says the limit."""


@dataclass(frozen=True)
class Limit:
    """The most that may come of something compressed or declared.

    Args:
        kind: what it is, such as `"table"`.
        most_bytes: that come out, whatever goes in.
        most_times: what goes in; below `LITTLE_BYTES` nobody counts. Pictures and weights hardly
            shrink, text by ten or twenty times.
    """

    kind: str
    most_bytes: int
    most_times: int = 100

    def most_of(self, packed_bytes: int) -> int:
        """Give how many bytes may come of so many."""
        return min(self.most_bytes, max(LITTLE_BYTES, self.most_times * packed_bytes))

    def problem(self, unpacked_bytes: int, packed_bytes: int) -> str:
        """Say what is too much in a clause that follows "it holds"; nothing where nothing is."""
        if unpacked_bytes > self.most_bytes:
            most_gb = f"{self.most_bytes / 1e9:,.1f}"
            return f"{unpacked_bytes / 1e9:,.1f} GB, and at most {most_gb} GB are unpacked"
        if unpacked_bytes > self.most_of(packed_bytes):
            times = unpacked_bytes / max(1, packed_bytes)
            return f"{times:,.0f} times what it is itself, as no {self.kind} does"
        return ""


class Room:
    """What is left of a limit while the parts of one file are read.

    Args:
        limit: of all parts together.
        packed_bytes: of the file.
    """

    def __init__(self, limit: Limit, packed_bytes: int) -> None:
        self._limit, self._packed_bytes, self._taken = limit, packed_bytes, 0

    def take(self, size_bytes: int) -> None:
        """Take room for a part, before it is read.

        Raises:
            TooLargeError: there is not enough left.
        """
        self._taken += size_bytes
        if problem := self._limit.problem(self._taken, self._packed_bytes):
            raise TooLargeError(f"it says that it holds {problem}")


def ungzip(data: bytes, limit: Limit) -> bytes:
    """Unpack what gzip has compressed, as far as the limit goes.

    Raises:
        TooLargeError: there is more.
        OSError, EOFError, zlib.error: it is damaged.
    """
    most = limit.most_of(len(data))
    with gzip.open(io.BytesIO(data)) as file:
        unpacked = file.read(most + 1)
    if len(unpacked) > most:
        raise TooLargeError(
            f"it unpacks to more than {most / 1e6:,.0f} MB, the most that is taken out of a "
            f"{limit.kind} of {len(data):,} bytes"
        )
    return unpacked
