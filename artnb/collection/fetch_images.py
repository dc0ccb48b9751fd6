"""Pictures fetched by their addresses: side by side, politely, and never twice.

A picture is kept as it came, in the Collection's folder of images, under a name made of its id
and its format. What is there is not asked for again, whatever interrupted the run before; what
failed for good (404, no picture, too large) is asked for again only where that is wished.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.collection.fetch_report import FetchNotes, FetchReport, Missing
from artnb.collection.one_picture import (
    Arrived,
    Later,
    Manners,
    Moved,
    Outcome,
    fetch_once,
)
from artnb.collection.table import TABLE, Collection, open_collection
from artnb.collection.turns import Order, Turns
from artnb.progress import Progress, silent
from artnb.web.download import host_of
from artnb.web.part import disk

if TYPE_CHECKING:
    from requests import Session

_MOST_MOVES = 10
_LONG_REST_S = 10.0
_MOST_LETTERS = 80  # of an id, in the name of a file


def fetch_images(
    collection: Collection,
    manners: Manners | None = None,
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
        manners: limits and patience; None takes the usual ones.
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
    files, missing, orders = _look_around(collection, {} if again else notes.read())
    present = len(collection.kept) - len(missing) - len(orders)
    run = _Run(collection.images, manners or Manners(), notes, say)
    notes.write(missing)
    try:
        run.fetch(orders, progress("fetching pictures", len(orders)))
    finally:
        missing += run.missing
        notes.write(missing)
        _note_files(collection, files | run.files)
    return FetchReport(len(run.files), present, tuple(missing), notes.path)


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
) -> tuple[dict[str, str], list[Missing], list[Order]]:
    """Give the files that an interrupted run left, what stays missing, and what to ask for."""
    arrived = {
        path.stem: path.name
        for path in collection.images.iterdir()
        if path.suffix != ".part" and path.is_file() and path.stat().st_size
    }
    files, missing, orders = {}, [], []
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
            orders.append(Order(row_id, stem, tuple(dict.fromkeys(urls.split()))))
    return files, missing, orders


def _note_files(collection: Collection, files: dict[str, str]) -> None:
    """Note files in the table as it is on disk now."""
    if (collection.folder / TABLE).is_file():
        collection = open_collection(collection.folder)
    table = collection.table.copy()
    table["file"] = [
        files.get(row_id, file) for row_id, file in zip(table["id"], table["file"], strict=True)
    ]
    collection.with_table(table).save()


class _Run:
    """One run: orders go out to threads, and what comes of each is settled here."""

    def __init__(
        self, images: Path, manners: Manners, notes: FetchNotes, say: Callable[[str], None]
    ) -> None:
        self.files: dict[str, str] = {}
        self.missing: list[Missing] = []
        self._images, self._manners, self._notes, self._say = images, manners, notes, say
        self._turns = Turns(manners.per_host)
        self._sessions = threading.local()
        self._stop = threading.Event()
        self._told: set[str] = set()  # servers that something was said about
        self._advance: Callable[[], None] = lambda: None

    def fetch(self, orders: list[Order], advance: Callable[[], None]) -> None:
        """Fetch what is ordered; KeyboardInterrupt comes through when all threads are done."""
        self._advance = advance
        for order in orders:
            self._turns.add(order)
        running: dict[Future, Order] = {}
        with ThreadPoolExecutor(self._manners.at_once, "fetch") as pool:
            try:
                self._go_on(pool, running)
            except KeyboardInterrupt:
                self._finish(running)
                raise
            finally:
                self._stop.set()

    def _go_on(self, pool: ThreadPoolExecutor, running: dict[Future, Order]) -> None:
        while self._turns or running:
            for order in self._turns.take(self._manners.at_once - len(running)):
                if self._turns.is_hopeless(order):
                    self._turns.finished(order.url, reached=False)
                    self._give_up(order, "on a server that cannot be reached", lasting=False)
                else:
                    running[pool.submit(self._try, order)] = order
            if running:
                self._settle_done(running, self._turns.wait_s())
            elif wait_s := self._turns.wait_s():
                time.sleep(wait_s)

    def _settle_done(self, running: dict[Future, Order], timeout_s: float | None) -> None:
        full = len(running) >= self._manners.at_once
        done, _ = wait(running, None if full else timeout_s, FIRST_COMPLETED)
        for future in done:
            self._settle(running.pop(future), future.result())

    def _finish(self, running: dict[Future, Order]) -> None:
        """After Ctrl-C: let what is under way arrive, so that nobody is asked for it again."""
        self._turns.clear()
        if running:
            self._say(f"Finishing {len(running)} pictures; Ctrl-C again leaves at once.")
        while running:
            self._settle_done(running, None)
            self._turns.clear()

    def _try(self, order: Order) -> Outcome:
        return fetch_once(
            order.url, self._images / order.stem, self._session(), self._manners, self._stop
        )

    def _session(self) -> "Session":
        """Give this thread's session, which keeps its connections open."""
        if not hasattr(self._sessions, "session"):
            import requests

            self._sessions.session = requests.Session()
        return self._sessions.session

    def _settle(self, order: Order, outcome: Outcome) -> None:
        reached = not (isinstance(outcome, Later) and not outcome.reached)
        self._turns.finished(order.url, reached)
        order.reached |= reached
        if isinstance(outcome, Arrived):
            self.files[order.id] = outcome.file
            self._advance()
        elif isinstance(outcome, Moved):
            self._follow(order, outcome.url)
        elif isinstance(outcome, Later):
            self._postpone(order, outcome)
        else:
            self._give_up(order, outcome.reason, lasting=True)

    def _follow(self, order: Order, url: str) -> None:
        order.moves += 1
        if order.moves > _MOST_MOVES:
            self._give_up(order, "sent from one address to the next", lasting=True)
        else:
            order.moved_to = url
            self._turns.add(order)

    def _postpone(self, order: Order, later: Later) -> None:
        """Ask again after a wait; who says when is believed, and left alone until then."""
        manners = self._manners
        order.failures += 1
        wait_s = later.wait_s
        if wait_s is None:
            wait_s = manners.first_wait_s * 2.0 ** (order.failures - 1)
        elif wait_s > manners.longest_wait_s:
            reason = f"{later.reason} and wants {wait_s:,.0f} s of it"
            self._give_up(order, reason, lasting=False)
            return
        else:
            self._rest(order, wait_s)
        if order.failures >= (manners.tries if order.reached else manners.tries_unreached):
            self._give_up(order, later.reason, lasting=False)
            return
        order.moved_to = ""
        self._turns.add(order, min(wait_s, manners.longest_wait_s))

    def _rest(self, order: Order, wait_s: float) -> None:
        """Leave a server alone for as long as it wishes."""
        self._turns.rest(order.url, wait_s)
        host = host_of(order.url)
        if wait_s >= _LONG_REST_S and host not in self._told:
            self._told.add(host)
            self._say(f"{host} asks for patience: it is left alone for {wait_s:,.0f} s.")

    def _give_up(self, order: Order, reason: str, *, lasting: bool) -> None:
        """Go on to the next address, or note why the picture is missing."""
        order.reasons.append(reason)
        order.lasting &= lasting
        if order.next_address():
            self._turns.add(order)
            return
        reason = "; ".join(dict.fromkeys(order.reasons))
        missing = Missing(order.id, order.lasting, reason, " ".join(order.urls))
        self.missing.append(missing)
        self._notes.add(missing)
        self._advance()
