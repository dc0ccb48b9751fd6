"""Pictures fetched by their addresses: side by side, politely, and never twice.

A picture is kept as it came, in the Collection's folder of images, under a name made of its id
and its format. What is there is not asked for again, whatever interrupted the run before; what
failed for good (404, no picture, too large) is asked for again only where that is wished.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from artnb.collection.fetch_report import FetchNotes, FetchReport, Missing
from artnb.collection.one_picture import FetchLimits, MovedError, RefusedError, fetch_once
from artnb.collection.table import TABLE, Collection, open_collection
from artnb.errors import InputError
from artnb.files import PART, disk
from artnb.progress import Progress, silent
from artnb.web.client import InterruptedTryError, host_of, open_session
from artnb.web.host_queue import HostQueue

# Yields an address to ask, and the seconds to wait before that; the name of the file that came is
# sent in, or the error that came of it is thrown in.
Steps = Generator[tuple[str, float], str, str | None]

_MOST_MOVES = 10
_LONG_REST_S = 10.0
_MOST_LETTERS = 80  # of an id, in the name of a file


@dataclass(frozen=True)
class Wanted:
    """One picture that is wanted.

    Args:
        id: of the picture.
        stem: name of the file to make, without its ending.
        urls: its addresses, the first to try first.
    """

    id: str
    stem: str
    urls: tuple[str, ...]


def fetch_images(
    collection: Collection,
    limits: FetchLimits | None = None,
    *,
    again: bool = False,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> FetchReport:
    """Fetch the pictures in use that are not there yet, and note their files in the table.

    The table on disk is read again before it is written: what was changed in it meanwhile stays.
    After Ctrl-C what is under way is finished; a second one leaves at once.

    Args:
        collection: with `urls` in its table.
        limits: how servers are asked, and what is taken; None takes the usual ones.
        again: also ask for what failed for good.
        progress: shows how far it has got, a step for each picture.
        say: called with a sentence when something holds up.

    Returns:
        What was fetched and what is missing; `fetch.csv` in the Collection's folder says why.

    Raises:
        InputError: the disk is full or not writable.
        KeyboardInterrupt: after what had arrived was noted.
    """
    with disk(collection.images / "images"):
        collection.images.mkdir(parents=True, exist_ok=True)
        collection.folder.mkdir(parents=True, exist_ok=True)
    notes = FetchNotes(collection.folder)
    files, missing, wanted = _look_around(collection, {} if again else notes.read())
    present = len(collection.kept) - len(missing) - len(wanted)
    notes.write(missing)
    advance = progress("fetching pictures", len(wanted))
    fetching = _Fetching(collection.images, limits or FetchLimits(), notes, say, advance)
    try:
        fetching.fetch(wanted)
    finally:
        missing += fetching.missing
        notes.write(missing)
        _note_files(collection, files | fetching.files)
    return FetchReport(len(fetching.files), present, tuple(missing), notes.path)


def file_stem(picture_id: str) -> str:
    """Make a name for a picture's file, without its ending, that any system takes.

    Args:
        picture_id: any text.

    Returns:
        The letters and digits of the id, at most 80, and 8 digits of its sha256, so that no two
        pictures share a name, not even where upper and lower case are one.
    """
    letters = re.sub(r"[^A-Za-z0-9]+", "-", picture_id).strip("-")[-_MOST_LETTERS:].lstrip("-")
    digest = hashlib.sha256(picture_id.encode()).hexdigest()[:8]
    return f"{letters}-{digest}" if letters else digest


def _look_around(
    collection: Collection, known: dict[str, Missing]
) -> tuple[dict[str, str], list[Missing], list[Wanted]]:
    """Give the files that an interrupted run left, what stays missing, and what to ask for."""
    arrived = {
        path.stem: path.name
        for path in collection.images.iterdir()
        if path.suffix != PART and path.is_file() and path.stat().st_size
    }
    files, missing, wanted = {}, [], []
    rows = collection.kept
    for row_id, file, urls in zip(rows["id"], rows["file"], rows["urls"], strict=True):
        stem, before = file_stem(row_id), known.get(row_id)
        if file and collection.path_of(file).is_file():
            continue
        if stem in arrived:
            files[row_id] = arrived[stem]
        elif not urls.split():
            missing.append(Missing(row_id, True, "without an address", urls))
        elif before and before.lasting and before.urls == urls:
            missing.append(before)
        else:
            wanted.append(Wanted(row_id, stem, tuple(dict.fromkeys(urls.split()))))
    return files, missing, wanted


def _note_files(collection: Collection, files: dict[str, str]) -> None:
    """Note files in the table as it is on disk now."""
    if (collection.folder / TABLE).is_file():
        collection = open_collection(collection.folder)
    table = collection.table.copy()
    table["file"] = [
        files.get(row_id, file) for row_id, file in zip(table["id"], table["file"], strict=True)
    ]
    collection.with_table(table).save()


class _Fetching:
    """Requests go out to threads; what comes of each is settled here, in one thread."""

    def __init__(
        self,
        images: Path,
        limits: FetchLimits,
        notes: FetchNotes,
        say: Callable[[str], None],
        advance: Callable[[], None],
    ) -> None:
        self.files: dict[str, str] = {}
        self.missing: list[Missing] = []
        self._images, self._limits, self._notes = images, limits, notes
        self._say, self._advance = say, advance
        self._queue: HostQueue[tuple[Wanted, Steps]] = HostQueue(limits.per_host)
        self._running: dict[Future[str], tuple[str, Wanted, Steps]] = {}
        self._sessions = threading.local()
        self._stop = threading.Event()
        self._told: set[str] = set()  # servers that something was said about

    def fetch(self, wanted: list[Wanted]) -> None:
        """Fetch what is wanted; KeyboardInterrupt comes through when all threads are done."""
        for picture in wanted:
            self._go_on(picture, self._steps(picture), None)
        with ThreadPoolExecutor(self._limits.at_once, "fetch") as pool:
            try:
                while self._queue or self._running:
                    self._send(pool)
                    self._settle_or_sleep()
            except KeyboardInterrupt:
                self._finish()
                raise
            finally:
                self._stop.set()

    def _steps(self, picture: Wanted) -> Steps:
        """Ask at one address after the other, and note the file or why the picture is missing."""
        refusals = []
        for address in picture.urls:
            try:
                self.files[picture.id] = yield from self._steps_at(address)
                return
            except RefusedError as refusal:
                refusals.append(refusal)
        reason = "; ".join(dict.fromkeys(map(str, refusals)))
        lasting = all(refusal.lasting for refusal in refusals)
        missing = Missing(picture.id, lasting, reason, " ".join(picture.urls))
        self.missing.append(missing)
        self._notes.add(missing)

    def _steps_at(self, address: str) -> Steps:
        """Ask at one address, where it leads, and again after waits.

        Raises:
            RefusedError: it brings no picture.
        """
        limits = self._limits
        url, wait_s, moves, failures, reached = address, 0.0, 0, 0, False
        while True:
            try:
                return (yield url, wait_s)
            except MovedError as moved:
                url, wait_s, moves, reached = str(moved), 0.0, moves + 1, True
                if moves > _MOST_MOVES:
                    raise RefusedError("sent from one address to the next") from None
            except InterruptedTryError as interruption:
                failures += 1
                reached |= interruption.reached
                wait_s = self._wait_s(url, interruption, failures)
                if failures >= (limits.tries if reached else limits.tries_unreached):
                    raise RefusedError(str(interruption), lasting=False) from None
                url = address

    def _wait_s(self, url: str, interruption: InterruptedTryError, failures: int) -> float:
        """Choose how long to wait; a server that says so is believed, and left alone until then."""
        limits, wait_s, host = self._limits, interruption.wait_s, host_of(url)
        if wait_s is None:
            return min(limits.first_wait_s * 2.0 ** (failures - 1), limits.longest_wait_s)
        if wait_s > limits.longest_wait_s:
            reason = f"{interruption} and wants {wait_s:,.0f} s of it"
            raise RefusedError(reason, lasting=False)
        self._queue.rest(url, wait_s)
        if wait_s >= _LONG_REST_S and host not in self._told:
            self._told.add(host)
            self._say(f"{host} asks for patience: it is left alone for {wait_s:,.0f} s.")
        return wait_s

    def _go_on(self, picture: Wanted, steps: Steps, outcome: str | Exception | None) -> None:
        """Tell a picture's steps what came of their request, and put the next one in line."""
        try:
            go_on = steps.throw if isinstance(outcome, Exception) else steps.send
            url, wait_s = go_on(outcome)
        except StopIteration:
            self._advance()
        else:
            self._queue.add(url, (picture, steps), wait_s)

    def _send(self, pool: ThreadPoolExecutor) -> None:
        """Send what may be sent now."""
        for url, (picture, steps) in self._queue.take(self._limits.at_once - len(self._running)):
            if self._queue.is_unreachable(url):
                self._queue.finished(url, reached=False)
                refusal = RefusedError("on a server that cannot be reached", lasting=False)
                self._go_on(picture, steps, refusal)
            else:
                self._running[pool.submit(self._fetch, url, picture)] = (url, picture, steps)

    def _fetch(self, url: str, picture: Wanted) -> str:
        """Ask in a thread, which has a session of its own that keeps connections open."""
        if not hasattr(self._sessions, "session"):
            self._sessions.session = open_session()
        stem, session = self._images / picture.stem, self._sessions.session
        return fetch_once(url, stem, session, self._limits, self._stop)

    def _settle_or_sleep(self) -> None:
        if self._running:
            full = len(self._running) >= self._limits.at_once
            self._settle(None if full else self._queue.wait_s())
        elif wait_s := self._queue.wait_s():
            time.sleep(wait_s)

    def _settle(self, timeout_s: float | None) -> None:
        """Wait for requests to end, and go on with their pictures."""
        done, _ = wait(self._running, timeout_s, FIRST_COMPLETED)
        for future in done:
            url, picture, steps = self._running.pop(future)
            outcome = future.exception() or future.result()
            if isinstance(outcome, InputError) or not isinstance(outcome, str | Exception):
                raise outcome  # nothing can be written, or the program ends
            if not isinstance(outcome, str | MovedError | InterruptedTryError | RefusedError):
                outcome = RefusedError(f"an answer that nobody foresaw: {outcome!r}", lasting=False)
            self._queue.finished(url, reached=getattr(outcome, "reached", True))
            self._go_on(picture, steps, outcome)

    def _finish(self) -> None:
        """After Ctrl-C: let what is under way arrive, so that nobody is asked for it again."""
        self._queue.clear()
        if self._running:
            self._say(f"Finishing {len(self._running)} pictures; Ctrl-C again leaves at once.")
        while self._running:
            self._settle(None)
            self._queue.clear()
