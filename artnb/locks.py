"""One hand at a time: who works on a folder holds a lock, and says who it is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artnb.errors import InputError
from artnb.files import can_write, stamp_of

if TYPE_CHECKING:
    from filelock import SoftFileLease

# Whoever holds a lock gives a sign of life three times as often.
SILENCE_S = 60.0
# A try that finds the holder gone takes its place at the next one.
_TRIES_S = 0.5
_TURN_S = 30.0

Say = Callable[[str], None]


class HeldError(InputError):
    """Another process holds a lock."""


class Lock:
    """A lock that is held.

    Args:
        lease: renewed by a thread of its own.
    """

    LOOKS_EVERY_S = 1.0

    def __init__(self, lease: "SoftFileLease") -> None:
        self._lease, self._token, self._looked = lease, lease.token, time.monotonic()
        self._is_lost = False

    @property
    def is_lost(self) -> bool:
        """Whether another process has taken it over: this one gave no sign of life for too long.

        Looks once a second at most.
        """
        if not self._is_lost and time.monotonic() >= self._looked + self.LOOKS_EVERY_S:
            owner = self._lease.owner
            self._is_lost = owner is not None and owner.token != self._token
            self._looked = time.monotonic()
        return self._is_lost


@contextmanager
def locked(path: Path, name: str, say: Say = lambda sentence: None) -> Iterator[Lock]:
    """Keep other processes, on this machine and on others, from working on a folder or file.

    A holder that is gone loses the lock: at once on this machine, on another one after a minute
    without a sign of life, by the clock of the process that waits for it.

    Args:
        path: what is worked on; it need not exist.
        name: of it in sentences, such as `"the Run monet"`.
        say: gets a sentence where there is something to wait for.

    Yields:
        The lock.

    Raises:
        HeldError: another process holds it, which the message names.
        InputError: its file cannot be made.
    """
    lease = _lease(path)
    with _taken(lease, name, lambda: _take(lease, name, say)):
        yield Lock(lease)


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Wait until no other process changes a small file, and change it then.

    Args:
        path: the file to be read and written anew.

    Raises:
        InputError: another process has not come to an end with it.
    """
    lease = _lease(path)
    patience_s = SILENCE_S + _TURN_S
    with _taken(lease, str(path), lambda: lease.acquire(patience_s, poll_interval=0.01)):
        yield


@contextmanager
def _taken(lease: "SoftFileLease", name: str, take: Callable[[], Any]) -> Iterator[None]:
    """Hold a lock.

    Raises:
        HeldError: another process holds it.
        InputError: its file cannot be made.
    """
    from filelock import LeaseSettingsMismatch, Timeout

    try:
        Path(lease.lock_file).parent.mkdir(parents=True, exist_ok=True)
        take()
    except (Timeout, LeaseSettingsMismatch):
        raise HeldError(
            f"{name} is worked on by {_holder(lease)}; wait until that ends, or stop it"
        ) from None
    except OSError as error:
        raise InputError(
            f"{name} cannot be made or changed ({error.strerror}); free space there or choose "
            "another folder"
        ) from error
    try:
        yield
    finally:
        lease.release()


def lock_file(path: Path) -> Path:
    """Name the file that says who works on a folder or file: hidden, beside it."""
    path = path.absolute()
    beside = path.with_name(f".{path.name}.lock")
    inside = path / ".lock"
    return inside if path.is_dir() and not can_write(path.parent) else beside


def _lease(path: Path) -> "SoftFileLease":
    from filelock import SoftFileLease

    return SoftFileLease(lock_file(path), lease_duration=SILENCE_S, thread_local=False)


def _take(lease: "SoftFileLease", name: str, say: Say) -> None:
    """Take a lock that is free or whose holder is gone.

    Raises:
        Timeout: its holder lives.
    """
    from filelock import Timeout

    with suppress(Timeout):
        lease.acquire(timeout=_TRIES_S, poll_interval=0.05)
        return
    if _is_here(lease):
        raise Timeout(lease.lock_file)
    say(f"{name[0].upper()}{name[1:]} was last worked on by {_holder(lease)}; waiting up to "
        f"{SILENCE_S:.0f} s for a sign of life of it.")  # fmt: skip
    file = Path(lease.lock_file)
    seen = stamp_of(file)
    lease.acquire(
        timeout=SILENCE_S + 2 * _TRIES_S,
        poll_interval=0.2,
        cancel_check=lambda: stamp_of(file) not in (seen, []),  # a sign of life changes its time
    )
    say("There was none: it is taken over.")


def _is_here(lease: "SoftFileLease") -> bool:
    """Whether the holder is a process of this machine; it lives then, or the lock were free."""
    import platform

    owner = lease.owner
    return owner is not None and owner.hostname == platform.node()


def _holder(lease: "SoftFileLease") -> str:
    """Say which process holds a lock."""
    import psutil

    owner = lease.owner
    if owner is None:
        return "a process that does not say its name"
    if not _is_here(lease):
        return f"process {owner.pid} on {owner.hostname}"
    try:
        began = datetime.fromtimestamp(psutil.Process(owner.pid).create_time())
    except psutil.Error:
        return f"process {owner.pid} of this machine"
    return f"process {owner.pid} of this machine, begun {began:%Y-%m-%d %H:%M}"
