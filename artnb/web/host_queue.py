"""A queue of requests with a limit for each host: many at the same time, and polite to each.

Everything is decided in one thread, between requests: how many of them each host answers at the
same time, which host is to be left alone for a while, and what is asked for next.
"""

import heapq
import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from artnb.web.client import host_of

Item = TypeVar("Item")
UNREACHABLE_AFTER = 6  # failures in a row to reach a host at all


@dataclass
class _Host(Generic[Item]):
    """What waits for a host, by the time when it may be asked for, and how the host is."""

    waiting: list[tuple[float, int, str, Item]] = field(default_factory=list)
    active: int = 0
    rests_until: float = 0.0
    unreached: int = 0

    @property
    def ready_at(self) -> float:
        """When the next request may be sent, as far as time goes."""
        return max(self.rests_until, self.waiting[0][0])


class HostQueue(Generic[Item]):
    """Requests in line, host by host: each is an address and an item that it is for.

    Args:
        per_host: how many of them one host answers at the same time.
        clock: gives seconds that never go back.
    """

    def __init__(self, per_host: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_host, self._clock = per_host, clock
        self._hosts: dict[str, _Host[Item]] = {}
        self._in_turn: deque[_Host[Item]] = deque()  # those with requests in line
        self._numbers = itertools.count()  # where two waits end together, the first comes first

    def __len__(self) -> int:
        """How many requests wait."""
        return sum(len(host.waiting) for host in self._in_turn)

    def add(self, url: str, item: Item, wait_s: float = 0.0) -> None:
        """Put a request in line at its host, after a wait."""
        host = self._hosts.setdefault(host_of(url), _Host())
        if not host.waiting:
            self._in_turn.append(host)
        ready = self._clock() + wait_s
        heapq.heappush(host.waiting, (ready, next(self._numbers), url, item))

    def take(self, most: int) -> list[tuple[str, Item]]:
        """Give the requests to send now; `finished` must be called for each."""
        taken: list[tuple[str, Item]] = []
        now, passed_by = self._clock(), 0
        while len(taken) < most and passed_by < len(self._in_turn):
            host = self._in_turn.popleft()
            passed_by += 1
            if host.active < self._per_host and host.ready_at <= now:
                taken.append(heapq.heappop(host.waiting)[2:])
                host.active += 1
                passed_by = 0
            if host.waiting:
                self._in_turn.append(host)
        return taken

    def finished(self, url: str, reached: bool) -> None:
        """Note that a request to an address is over, and whether its host was reached."""
        host = self._hosts[host_of(url)]
        host.active -= 1
        host.unreached = 0 if reached else host.unreached + 1

    def rest(self, url: str, seconds: float) -> None:
        """Leave an address's host alone for a while."""
        host = self._hosts[host_of(url)]
        host.rests_until = max(host.rests_until, self._clock() + seconds)

    def is_unreachable(self, url: str) -> bool:
        """Say whether an address's host could not be reached many times in a row."""
        return self._hosts[host_of(url)].unreached >= UNREACHABLE_AFTER

    def wait_s(self) -> float | None:
        """Give how long until something may be sent though no request ends; None: nothing will."""
        times = [host.ready_at for host in self._in_turn if host.active < self._per_host]
        return max(0.0, min(times) - self._clock()) if times else None

    def clear(self) -> None:
        """Forget all requests in line."""
        for host in self._in_turn:
            host.waiting.clear()
        self._in_turn.clear()
