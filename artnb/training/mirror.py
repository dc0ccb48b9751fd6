"""The mirror: a second copy of a Run outside the machine, usually a folder on Google Drive.

A write to Drive can vanish after it seemed done, and the whole folder can. So a checkpoint is
copied under another name, read back and compared, its `meta.json` comes last, and an older one
goes only when that is done. All of it happens in a thread that training never waits for.
"""

import errno
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from artnb.errors import InputError
from artnb.runs.run import Run
from artnb.training.checkpoint_folder import DamagedError, newest_whole
from artnb.training.copies import (
    Copy,
    copied_run,
    copy_checkpoint,
    copy_whole,
    is_another,
    is_run,
    reason,
    small_files,
)

_SLOW_S = 300.0
_SAY_AGAIN_S = 600.0
_SAY_WAITING_S = 5.0


class Mirror:
    """Keeps a second copy of a Run up to date, without training ever waiting for it.

    The copy lies in a folder of the Run's name and has a Run's layout. Whatever fails is said in
    a sentence and tried again.

    Args:
        folder: holds copies of Runs; it is made where its parent exists.
        run: what is copied.
        say: gets the sentences, from two threads but one at a time.
        retry_s: seconds between two tries after a failure.

    Raises:
        InputError: the copy would be the Run itself.
    """

    def __init__(
        self,
        folder: Path,
        run: Run,
        say: Callable[[str], None],
        retry_s: float = 60.0,
    ) -> None:
        self.folder, self.run, self.say, self.retry_s = Path(folder), run, say, retry_s
        self._copy = Copy(self.folder, run)
        self._wake, self._closing, self._done = (threading.Event() for _ in range(3))
        self._starting, self._saying = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._problem: str | None = None
        self._said: dict[tuple[type, int | None], float] = {}
        self._began: float | None = None
        self._said_slow = self._quiet = False

    @property
    def checkpoints(self) -> Path:
        """The folder of the copies of checkpoints."""
        return self._copy.there.checkpoints

    def notify(self) -> None:
        """Tell that there is something new to copy; returns at once."""
        with suppress(RuntimeError):  # no thread is to be had; the next call tries again
            self._start()
        self._wake.set()
        self._say_if_slow()

    def in_use(self, checkpoint: Path) -> bool:
        """Say whether a checkpoint of the Run is being read just now."""
        return Path(checkpoint).name == self._copy.reading

    def close(self, patience_s: float = 300.0) -> None:
        """Bring the copy up to date a last time; says so if that did not succeed. Never raises.

        Args:
            patience_s: how long to wait for it; Ctrl-C ends the waiting, too.
        """
        with suppress(Exception):
            self._closing.set()
            self.notify()
            done = self._wait(patience_s)
            problem = self._problem if done else "it did not get done in time"
            if problem:
                self._tell(
                    f"The mirror {self.folder} is not up to date: {problem}. "
                    f"Everything is in {self.run.path}."
                )
        self._quiet = True

    def _wait(self, patience_s: float) -> bool:
        first_s = min(_SAY_WAITING_S, patience_s)
        try:
            if self._done.wait(first_s):
                return True
            if patience_s > first_s:
                self._tell(f"Waiting up to {patience_s:g} s for the mirror {self.folder}.")
            return self._done.wait(patience_s - first_s)
        except KeyboardInterrupt:
            return self._done.is_set()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._work, name="mirror", daemon=True)
                thread.start()
                self._thread = thread

    def _work(self) -> None:
        while not self._done.is_set():
            if self._problem:
                self._closing.wait(self.retry_s)
            else:
                self._wake.wait()
            self._wake.clear()
            is_last = self._closing.is_set()
            self._try(is_last)
            if is_last:
                self._done.set()

    def _try(self, is_last: bool) -> None:
        """Bring the copy up to date, and catch whatever comes of it: training must go on."""
        self._began = time.monotonic()
        try:
            self._copy.update()
        except Exception as error:
            self._problem = reason(error)
            if not is_last:  # close() says it
                self._say_failure(error)
        else:
            if self._problem:
                self._tell(f"The mirror {self.folder} works again and is up to date.")
            self._problem = None
            self._said.clear()
        self._say_if_slow()
        self._began = None

    def _say_failure(self, error: Exception) -> None:
        """Say what failed, unless that was said a short while ago."""
        kind, now = (type(error), getattr(error, "errno", None)), time.monotonic()
        if kind in self._said and now - self._said[kind] < _SAY_AGAIN_S:
            return
        self._said[kind] = now
        self._tell(
            f"The mirror {self.folder} cannot be brought up to date: {self._problem}. Training "
            f"goes on, and this is tried again every {self.retry_s:g} s."
        )

    def _say_if_slow(self) -> None:
        began = self._began
        if began is None or self._said_slow or time.monotonic() - began < _SLOW_S:
            return
        self._said_slow = True
        self._tell(
            f"The mirror {self.folder} is slow: copying takes more than {_SLOW_S / 60:.0f} "
            "minutes. Training does not wait for it, but the copy will be older than the Run."
        )

    def _tell(self, sentence: str) -> None:
        with suppress(Exception), self._saying:
            if not self._quiet:
                self.say(sentence)


def restore(folder: Path, run: Run, say: Callable[[str], None]) -> bool:
    """Fetch a Run from the mirror: all of it, or a checkpoint newer than those that are here.

    Args:
        folder: holds copies of Runs.
        run: where to; where it is there already, only a newer checkpoint is fetched.
        say: gets a sentence about what was fetched, or passed over.

    Returns:
        Whether something was fetched.

    Raises:
        InputError: the Run is not here and the mirror cannot be read, or this disk is full.
    """
    folder, there = Path(folder), copied_run(Path(folder), run)
    is_here = is_run(run)
    try:
        if not folder.is_dir() and not folder.parent.is_dir():
            raise OSError(errno.ENOENT, f"{folder.parent} does not exist; mount the drive first")
        if not is_run(there):
            return False
        if is_here and is_another(there, run):
            raise OSError(errno.EEXIST, f"it holds another Run named {run.path.name}")
        return _fetch(there, run, is_here, say)
    except (OSError, DamagedError) as error:
        problem = f"could not be fetched from the mirror {folder}: {reason(error)}"
        if not is_here:
            raise InputError(
                f"the Run {run.path.name} {problem}. Try again, or leave the mirror out"
            ) from error
        say(f"A newer checkpoint {problem}. Going on with what is in {run.path}.")
        return False


def _fetch(there: Run, run: Run, is_here: bool, say: Callable[[str], None]) -> bool:
    """Copy from the mirror; what makes a folder a Run comes last.

    A checkpoint that is newer than those here comes after what its training kept on the way there:
    snapshots, grids and scores that this folder lacks. Without them they would be lost to both,
    since the mirror becomes what is here.
    """
    newest = newest_whole([run.checkpoints, there.checkpoints], say)
    is_newer = newest is not None and newest.path.parent == there.checkpoints
    run.path.mkdir(parents=True, exist_ok=True)
    if is_newer and is_here:
        for name in small_files(there):
            if _has_more(there, run, name):
                copy_whole(there.path / name, run.path / name)
    if is_newer:
        run.checkpoints.mkdir(exist_ok=True)
        copy_checkpoint(newest, run.checkpoints)
    if not is_here:
        for name in reversed(small_files(there)):
            copy_whole(there.path / name, run.path / name)
    if is_newer or not is_here:
        what = f"the checkpoint of step {newest.step:,}" if is_newer else "a Run, no checkpoint,"
        say(f"Fetched {what} from the mirror {there.path}")
    return is_newer or not is_here


def _has_more(there: Run, run: Run, name: Path) -> bool:
    """Say whether a file is in the mirror alone; a file of scores only ever gets more."""
    file = run.path / name
    if not file.exists():
        return True
    scores = name.name == run.scores_file.name
    return scores and (there.path / name).stat().st_size > file.stat().st_size
