"""Rows to read: what is in a Run's folder, and in a record of a shard."""

import inspect
from pathlib import Path

from artnb.data.records import Frame, Record
from artnb.runs.run import Run
from artnb.training.checkpoint_folder import DamagedError, list_checkpoints


def list_run_files(run: Run) -> list[dict[str, str]]:
    """List a Run's files and folders with what they are for and how large they are."""
    rows = []
    for name, member in vars(Run).items():
        if not isinstance(member, property) or member.fget.__annotations__["return"] is not Path:
            continue
        path = getattr(run, name)
        if path.exists():
            what = inspect.getdoc(member)
            rows.append({"name": _shown_name(path), "size": _size(path), "what it is": what})
    return rows


def checkpoint_rows(run: Run) -> list[dict[str, str]]:
    """List a Run's checkpoints, the newest first, with where in the training they were written."""
    rows = []
    for checkpoint in list_checkpoints(run.checkpoints):
        try:
            meta = checkpoint.meta()
            where = f"epoch {meta['epoch'] + 1}, after {meta['batch']} of its steps"
        except DamagedError as error:
            where = str(error)
        size = _size(checkpoint.path)
        rows.append({"checkpoint": checkpoint.path.name, "size": size, "where it goes on": where})
    return rows


def _shown_name(path: Path) -> str:
    return f"{path.name}/" if path.is_dir() else path.name


def _size(path: Path) -> str:
    files = [f for f in path.rglob("*") if f.is_file()] if path.is_dir() else [path]
    total = sum(file.stat().st_size for file in files)
    size = f"{total / 1e6:.1f} MB" if total >= 1e6 else f"{total / 1e3:.1f} kB"
    count = f"{len(files)} file{'s' * (len(files) != 1)}, " if path.is_dir() else ""
    return count + size


_LENGTH_BYTES = 8
_CHECKSUM_BYTES = 4


def frame_rows(frame: Frame) -> list[dict[str, str | int]]:
    """List the parts of a record's frame with their places in the file."""
    end = frame.offset + frame.length
    parts = (
        ("length of the payload", frame.offset - _CHECKSUM_BYTES - _LENGTH_BYTES, _LENGTH_BYTES),
        ("checksum of the length", frame.offset - _CHECKSUM_BYTES, _CHECKSUM_BYTES),
        ("payload", frame.offset, frame.length),
        ("checksum of the payload", end, _CHECKSUM_BYTES),
    )
    return [{"part": name, "from byte": start, "bytes": size} for name, start, size in parts]


def feature_rows(record: Record) -> list[dict[str, str]]:
    """List a record's features; of the picture its first bytes."""
    start = f"{record.image[:8].hex(' ')} … ({len(record.image):,} bytes)"
    values = {"image_name": record.image_name, "image": start, "target": record.target}
    return [{"feature": name, "value": value} for name, value in values.items()]
