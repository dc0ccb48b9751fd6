"""Many small pieces of work at a time, in threads."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition
from typing import TypeVar

# Results that wait for whoever takes them: memory stays bounded.
_MOST_WAITING = 64

In = TypeVar("In")
Out = TypeVar("Out")


def in_parallel(function: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
    """Map in threads, in order, with a bounded number of results waiting."""
    waiting: deque[Future[Out]] = deque()
    threads = ThreadPoolExecutor(os.cpu_count())
    try:
        for item in items:
            waiting.append(threads.submit(function, item))
            if len(waiting) == _MOST_WAITING:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        threads.shutdown(cancel_futures=True)


class Shared:
    """An amount of something, such as memory, that threads share: each waits until enough is free.

    Args:
        amount: that there is; whoever wants more gets all of it, alone.
    """

    def __init__(self, amount: int) -> None:
        self._amount = self._free = amount
        self._changed = Condition()

    @contextmanager
    def taken(self, wanted: int) -> Iterator[None]:
        """Take some of it for a while."""
        wanted = min(wanted, self._amount)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= wanted)
            self._free -= wanted
        try:
            yield
        finally:
            with self._changed:
                self._free += wanted
                self._changed.notify_all()
