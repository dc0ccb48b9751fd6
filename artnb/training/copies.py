"""A copy of a Run in another folder: brought up to date, verified, thinned out.

What the mirror's thread does, in the order that leaves a whole checkpoint there at any moment.
"""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from artnb.errors import InputError
from artnb.files import PART, sha256_of, sync_to_disk, unfinished_file, unfinished_folder
from artnb.runs.run import Run
from artnb.runs.snapshots import keeps
from artnb.training.checkpoint_folder import (
    KEPT,
    META,
    PARTIAL,
    Checkpoint,
    DamagedError,
    list_checkpoints,
    remove,
)

_LEAST_KEPT = 2  # whole checkpoints that stay even where space is short
_ROOM = 1.1  # this many times the bytes to copy must be free
_ROUNDED_NS = 2_000_000_000  # drives round files' times to this


class Copy:
    """The Run's copy at the mirror, and what brings it up to date; used by one thread."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self.run = folder, run
        self.there = copied_run(folder, run)
        self.reading: str | None = None
        self._was_mounted = False
        self._newest: str | None = None
        self._judged: dict[str, tuple[bytes, bool]] = {}  # by name: meta.json, is it whole
        self._stamps: dict[Path, tuple[int, int]] = {}  # by path in the Run: size, time

    def update(self) -> None:
        """Copy what has changed, then the newest checkpoint, and thin out what is there.

        The checkpoint comes last: where it is, all that belongs to its epochs is too, so that
        whatever is lost with this machine is made again by the training that goes on from it.

        Raises:
            OSError: the mirror is not there, full, or fails; `strerror` says what.
            DamagedError: what was written reads back differently.
        """
        self._open()
        try:
            checkpoint = self._missing_checkpoint()
            files = [name for name in small_files(self.run) if self._has_changed(name)]
            self._make_room(checkpoint, files)
            for name in files:
                self._copy_file(name)
            if checkpoint:
                copied = copy_checkpoint(checkpoint, self.there.checkpoints)
                self._judged[copied.path.name] = (_meta_bytes(copied), True)
        finally:
            self.reading = None
        self._thin_out()
        self._remove_thinned_snapshots()

    def _open(self) -> None:
        """See that the right folder is there, and make what is missing in it."""
        there = self.folder if self.folder.is_dir() else self.folder.parent
        if not there.is_dir():
            raise OSError(errno.ENOENT, f"{there} does not exist; mount the drive that it is on")
        is_mounted = there.stat().st_dev != self.run.path.stat().st_dev
        if self._was_mounted and not is_mounted:
            raise OSError(errno.ENODEV, f"the drive that held {self.folder} is no longer mounted")
        self._was_mounted = is_mounted
        if is_another(self.there, self.run):
            raise OSError(
                errno.EEXIST, f"it holds another Run named {self.run.path.name}; rename one of them"
            )
        for folder in (self.folder, self.there.path, self.there.checkpoints):
            folder.mkdir(exist_ok=True)
        for name in (self.run.config_file.name, self.run.facts_file.name):
            if (self.run.path / name).exists() and not (self.there.path / name).exists():
                self._copy_file(Path(name))

    def _missing_checkpoint(self) -> Checkpoint | None:
        """Find the newest whole checkpoint of the Run, unless the mirror has it."""
        for checkpoint in list_checkpoints(self.run.checkpoints):
            self.reading = self._newest = checkpoint.path.name
            if self._has(checkpoint):
                return None
            with suppress(DamagedError):
                checkpoint.verify()
                return checkpoint
        self._newest = None
        return None

    def _has(self, checkpoint: Checkpoint) -> bool:
        copy = Checkpoint(self.there.checkpoints / checkpoint.path.name, checkpoint.step)
        meta = _meta_bytes(checkpoint)
        return meta is not None and meta == _meta_bytes(copy) and self._is_whole(copy)

    def _is_whole(self, copy: Checkpoint) -> bool:
        """Read a copy once, and look at its files' sizes from then on."""
        meta = _meta_bytes(copy)
        if meta is None:
            return False
        known = self._judged.get(copy.path.name)
        try:
            if known is not None and known[0] == meta:
                return known[1] and _sizes_agree(copy)
            copy.verify()
        except DamagedError:
            self._judged[copy.path.name] = (meta, False)
            return False
        self._judged[copy.path.name] = (meta, True)
        return True

    def _judge(self) -> tuple[list[Checkpoint], list[Checkpoint]]:
        """List the copies that are whole, the Run's newest first, and those that are damaged."""
        listed = list_checkpoints(self.there.checkpoints)
        whole = [copy for copy in listed if self._is_whole(copy)]
        whole.sort(key=lambda copy: copy.path.name != self._newest)
        return whole, [copy for copy in listed if copy not in whole]

    def _make_room(self, checkpoint: Checkpoint | None, files: list[Path]) -> None:
        """See that what is to be copied fits, thinning out beforehand only where it must.

        Raises:
            OSError: it does not fit.
        """
        for left in self.there.checkpoints.glob(f"step-*{PARTIAL}"):
            remove(left)
        stamps = (_stamp(self.run.path / name) for name in files)
        needed = sum(stamp[0] for stamp in stamps if stamp)
        needed += _size(checkpoint.path) if checkpoint else 0
        if not needed:
            return
        if self._free() < needed * _ROOM:
            self._free_space(needed)
        if self._free() < needed * _ROOM:
            raise OSError(
                errno.ENOSPC, f"{_gb(needed * _ROOM)} are needed and {_gb(self._free())} are free"
            )

    def _free_space(self, needed: int) -> None:
        whole, damaged = self._judge()
        spare = whole[_LEAST_KEPT:] + damaged
        if self._free() + sum(_size(copy.path) for copy in spare) >= needed * _ROOM:
            for copy in spare:
                remove(copy.path)

    def _free(self) -> int:
        return shutil.disk_usage(self.there.checkpoints).free

    def _thin_out(self) -> None:
        """Keep three checkpoints; damaged ones only while there are not three whole ones."""
        if len(list_checkpoints(self.there.checkpoints)) > KEPT:
            whole, damaged = self._judge()
            for copy in (whole + damaged)[KEPT:]:
                remove(copy.path)

    def _has_changed(self, name: Path) -> bool:
        here, there = _stamp(self.run.path / name), _stamp(self.there.path / name)
        if here is None or there is None or here[0] != there[0]:
            return here is not None
        if name not in self._stamps and there[1] < here[1] - _ROUNDED_NS:
            return True  # copied by an earlier process: its time must do
        return self._stamps.setdefault(name, here) != here

    def _copy_file(self, name: Path) -> None:
        source = self.run.path / name
        stamp = _stamp(source)
        try:
            copy_whole(source, self.there.path / name)
        except FileNotFoundError:
            if source.exists():
                raise
        else:
            self._stamps[name] = stamp

    def _remove_thinned_snapshots(self) -> None:
        """Remove copies of snapshots that were there in this training and are no longer.

        And of those that every training thins out: a life of it may have been killed before.
        """
        kept = self.run.snapshot_epochs()
        for epoch in self.there.snapshot_epochs() if kept else []:
            file = self.run.snapshot(epoch)
            name = file.relative_to(self.run.path)
            is_passed = epoch < kept[-1] and not keeps(epoch) and epoch != self.run.best_epoch()
            if (name in self._stamps or is_passed) and not file.exists():
                os.truncate(self.there.path / name, 0)
                (self.there.path / name).unlink()
                self._stamps.pop(name, None)


def copy_checkpoint(checkpoint: Checkpoint, folder: Path) -> Checkpoint:
    """Copy a checkpoint into a folder that exists: verified, `meta.json` last, then renamed.

    Raises:
        OSError: a file cannot be read or written; nothing half-copied stays, where that can be.
        DamagedError: a copy reads back differently, or the checkpoint is damaged.
    """
    target = folder / checkpoint.path.name
    with unfinished_folder(target, PARTIAL) as partial:
        for name, expected in checkpoint.meta()["files"].items():
            if Path(name).name != name:
                raise DamagedError(f"{checkpoint.path}: {name} lies outside of it")
            copy_file(checkpoint.path / name, partial / name)
            if sha256_of(partial / name) != expected["sha256"]:
                raise DamagedError(f"{target}: {name} reads back altered")
        copy_file(checkpoint.path / META, partial / META)
        Checkpoint(partial, checkpoint.step).meta()
        sync_to_disk(partial)
        remove(target)
    sync_to_disk(folder)
    return Checkpoint(target, checkpoint.step)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a small file under another name and rename it, making its folder."""
    target.parent.mkdir(exist_ok=True)
    with unfinished_file(target) as unfinished:
        copy_file(source, unfinished)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file's bytes, and its time where the drive takes it, and bring them to disk."""
    modified_ns = source.stat().st_mtime_ns
    shutil.copyfile(source, target)
    with suppress(OSError):
        os.utime(target, ns=(modified_ns, modified_ns))
    sync_to_disk(target)


def copied_run(folder: Path, run: Run) -> Run:
    """Name the place of a Run's copy in a folder.

    Raises:
        InputError: it is the Run itself.
    """
    path = folder / run.path.name
    if os.path.abspath(path) == os.path.abspath(run.path):
        raise InputError(
            f"the mirror must not be the folder of the Run itself, got {folder}; choose another"
        )
    return Run(path)


def is_run(run: Run) -> bool:
    """Say whether a folder holds what every Run has."""
    return run.config_file.is_file() and run.facts_file.is_file()


def is_another(there: Run, here: Run) -> bool:
    """Say whether two folders hold Runs that were started apart."""
    started = []
    for run in (there, here):
        with suppress(OSError, InputError):
            started.append(run.facts().get("started"))
    return len(started) == 2 and None not in started and started[0] != started[1]


def small_files(run: Run) -> list[Path]:
    """List what lies in a Run beside checkpoints, as paths in it.

    Of the grids those of epochs: a long training makes gigabytes of the others.
    """
    files = [run.config_file, run.facts_file, run.log_file, run.losses_file, run.losses_picture]
    files += [run.scores_file, run.scores_picture]
    files += [*sorted(run.samples.glob("epoch-*")), *sorted(run.snapshots.glob("*"))]
    there = [file for file in files if file.is_file() and file.suffix != PART]
    return [file.relative_to(run.path) for file in there]


def _meta_bytes(checkpoint: Checkpoint) -> bytes | None:
    try:
        return (checkpoint.path / META).read_bytes()
    except FileNotFoundError:
        return None


def _sizes_agree(copy: Checkpoint) -> bool:
    files = copy.meta()["files"].items()
    stamps = ((_stamp(copy.path / name), expected) for name, expected in files)
    return all(stamp is not None and stamp[0] == expected["bytes"] for stamp, expected in stamps)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _gb(size_bytes: float) -> str:
    return f"{size_bytes / 1e9:.3g} GB"


def reason(error: Exception) -> str:
    """Say what went wrong as half a sentence."""
    if isinstance(error, OSError) and error.strerror:
        file = error.filename2 or error.filename
        return f"{error.strerror} ({file})" if file else error.strerror
    return str(error) if isinstance(error, DamagedError) else f"{type(error).__name__}: {error}"
