"""Trying a server again: how long to wait between two tries, and when to give up."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from artnb.errors import InputError

# Tries in a row that bring nothing new. A server that was never reached gets fewer: most
# likely there is no network, and whoever is offline should hear so at once.
TRIES = 5
TRIES_UNREACHED = 2
LONGEST_WAIT_S = 120.0


class InterruptedTryError(Exception):
    """A try that failed and may succeed later; the message is a clause that says why.

    Args:
        reason: what happened, such as `"the connection broke off"`.
        wait_s: how long to wait before the next try, or None to leave it to `Patience`.
        reached: whether the server answered at all.
    """

    def __init__(self, reason: str, wait_s: float | None = None, reached: bool = True) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        self.reached = reached


class Patience:
    """Waits between tries, twice as long each time, and gives up when nothing new arrives.

    Args:
        name: of what is fetched.
        host: that it comes from.
        say: called with a sentence before each wait.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        name: str,
        host: str,
        say: Callable[[str], None] = print,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name, self.host, self.say, self.sleep = name, host, say, sleep
        self.reached = False
        self.furthest_bytes = 0
        self.failures = 0

    def wait(self, interruption: InterruptedTryError, size_bytes: int) -> None:
        """Wait before the next try.

        Args:
            interruption: why the last one failed.
            size_bytes: how much of the file is there.

        Raises:
            InputError: too many tries in a row brought nothing new.
        """
        self.reached |= interruption.reached
        if size_bytes > self.furthest_bytes:
            self.furthest_bytes, self.failures = size_bytes, 0
        self.failures += 1
        if self.failures >= (TRIES if self.reached else TRIES_UNREACHED):
            raise InputError(self._farewell(interruption, size_bytes))
        wait_s = interruption.wait_s
        if wait_s is None:
            wait_s = 2.0 ** (self.failures - 1)
        wait_s = min(wait_s, LONGEST_WAIT_S)
        if wait_s > 0:
            self.say(f"{self.name}: {interruption}; trying again in {wait_s:.0f} s.")
            self.sleep(wait_s)

    def _farewell(self, interruption: InterruptedTryError, size_bytes: int) -> str:
        if not self.reached:
            return (
                f"{self.name} could not be downloaded, since {interruption}; "
                "check that this machine is online, then run it again"
            )
        kept = f"; the {size_bytes / 1e6:.1f} MB that have arrived are kept" if size_bytes else ""
        return (
            f"{self.name} could not be downloaded from {self.host} in {self.failures} tries: "
            f"{interruption}{kept}; run it again later"
        )


def asked_wait_s(retry_after: str | None) -> float | None:
    """Read a Retry-After header: seconds, or the date after which to come back.

    Returns:
        Seconds from now, at least 0, or None where there is no such header or it makes no sense.

    Source: RFC 9110, section 10.2.3.
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:  # "-0000": UTC of an unknown place
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
