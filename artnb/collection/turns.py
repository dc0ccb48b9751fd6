"""Whose turn it is: what keeps many requests at the same time polite.

All of this is decided in one thread, between requests: how many of them each server answers at
the same time, which of them is to be left alone for a while, and which picture comes next.
"""

import heapq
import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from artnb.web.download import host_of

HOPELESS_AFTER = 6  # failures in a row to reach a server at all


@dataclass
class Order:
    """One picture that is wanted, and how far asking for it has come.

    Args:
        id: of the picture.
        stem: name of the file to make, without its ending.
        urls: its addresses, the first to try first.
    """

    id: str
    stem: str
    urls: tuple[str, ...]
    place: int = 0  # in `urls`
    moved_to: str = ""
    moves: int = 0
    failures: int = 0  # of this address
    reached: bool = False
    reasons: list[str] = field(default_factory=list)
    lasting: bool = True  # what failed so far would fail again

    @property
    def url(self) -> str:
        """Where to ask next."""
        return self.moved_to or self.urls[self.place]

    def next_address(self) -> bool:
        """Go on to the next address, and say whether there is one."""
        self.place += 1
        self.moved_to, self.moves, self.failures, self.reached = "", 0, 0, False
        return self.place < len(self.urls)


@dataclass
class _Host:
    """A server: who waits for it, and how it is."""

    waiting: deque[Order] = field(default_factory=deque)
    delayed: list[tuple[float, int, Order]] = field(default_factory=list)
    active: int = 0
    rests_until: float = 0.0
    unreached: int = 0

    def wake(self, now: float) -> None:
        """Put back in line whose wait is over."""
        while self.delayed and self.delayed[0][0] <= now:
            self.waiting.append(heapq.heappop(self.delayed)[2])


class Turns:
    """Orders in line, server by server.

    Args:
        per_host: how many of them one server answers at the same time.
        clock: gives seconds that never go back.
    """

    def __init__(self, per_host: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_host, self._clock = per_host, clock
        self._hosts: dict[str, _Host] = {}
        self._rota: deque[str] = deque()  # those with orders in line, each in its turn
        self._numbers = itertools.count()  # where two waits end together, the first comes first
        self._count = 0

    def __len__(self) -> int:
        """How many orders wait."""
        return self._count

    def add(self, order: Order, wait_s: float = 0.0) -> None:
        """Put an order in line at its server, after a wait."""
        host = self._host(order)
        if not (host.waiting or host.delayed):
            self._rota.append(host_of(order.url))
        if wait_s > 0:
            heapq.heappush(host.delayed, (self._clock() + wait_s, next(self._numbers), order))
        else:
            host.waiting.append(order)
        self._count += 1

    def take(self, most: int) -> list[Order]:
        """Give the orders whose turn it is; `finished` must be called for each."""
        taken: list[Order] = []
        now, looked_at = self._clock(), 0
        while len(taken) < most and looked_at < len(self._rota):
            name = self._rota.popleft()
            host = self._hosts[name]
            host.wake(now)
            looked_at += 1
            if host.waiting and host.active < self._per_host and host.rests_until <= now:
                taken.append(host.waiting.popleft())
                host.active += 1
                looked_at = 0
            if host.waiting or host.delayed:
                self._rota.append(name)
        self._count -= len(taken)
        return taken

    def finished(self, url: str, reached: bool) -> None:
        """Note that a request to an address is over, and whether its server was reached."""
        host = self._hosts[host_of(url)]
        host.active -= 1
        host.unreached = 0 if reached else host.unreached + 1

    def rest(self, url: str, seconds: float) -> None:
        """Leave an address's server alone for a while."""
        host = self._hosts[host_of(url)]
        host.rests_until = max(host.rests_until, self._clock() + seconds)

    def is_hopeless(self, order: Order) -> bool:
        """Say whether an order's server could not be reached many times in a row."""
        return self._host(order).unreached >= HOPELESS_AFTER

    def wait_s(self) -> float | None:
        """Give how long until another turn may come though no request ends; None: none will."""
        times = [
            max(host.rests_until, 0.0 if host.waiting else host.delayed[0][0])
            for host in (self._hosts[name] for name in self._rota)
            if host.active < self._per_host
        ]
        return max(0.0, min(times) - self._clock()) if times else None

    def clear(self) -> None:
        """Send everybody in line home."""
        self._hosts = {
            name: _Host(active=host.active) for name, host in self._hosts.items() if host.active
        }
        self._rota.clear()
        self._count = 0

    def _host(self, order: Order) -> _Host:
        return self._hosts.setdefault(host_of(order.url), _Host())
