"""What a Run and its mirror keep, times apart, to be compared with another Run's."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from artnb.training.checkpoint_folder import list_checkpoints

# What a clock writes, or what says how often a training was interrupted.
_TIMES = ("seconds", "images_per_s", "date")
_CHANCE = ("started", "ended", "step_s", "checkpoints_", "machine", "host")


def differences(alone: Path, other: Path, mirrors: tuple[Path, Path] | None = None) -> list[str]:
    """Name everything in which two Runs differ, and their mirrors."""
    found = _compare(kept(alone), kept(other), "")
    if mirrors:
        ours, theirs = (mirrored(mirror / run.name) for mirror, run in
                        zip(mirrors, (alone, other), strict=True))  # fmt: skip
        found += _compare(ours, theirs, "mirror: ")
    return found


def _compare(ours: dict[str, Any], theirs: dict[str, Any], where: str) -> list[str]:
    names = sorted(ours.keys() | theirs.keys())
    return [
        f"{where}{name}: {_word(name, ours)}, and {_word(name, theirs)}"
        for name in names
        if ours.get(name) != theirs.get(name)
    ]


def _word(name: str, there: dict[str, Any]) -> str:
    return str(there[name]) if name in there else "none"


def kept(run: Path) -> dict[str, Any]:
    """Read all that a Run keeps: files by name, rows and arrays by their place in them."""
    found = mirrored(run)
    for number, (tag, step) in enumerate(events := tensorboard_events(run / "tensorboard")):
        found[f"tensorboard {tag} {step}"] = list(events.values())[number]
    return found


def mirrored(run: Path) -> dict[str, Any]:
    """Read what a mirror keeps of a Run."""
    found: dict[str, Any] = {}
    for file in sorted(path for path in run.rglob("*") if path.is_file()):
        name = str(file.relative_to(run))
        if not name.startswith(("checkpoints", "tensorboard")) and ".lock" not in name:
            found |= _READERS.get(file.suffix, _bytes)(name, file)
    newest = list_checkpoints(run / "checkpoints")[0]
    state = load_file(newest.path / "state.safetensors")
    found["the newest checkpoint"] = newest.step
    return found | {f"state {name}": _digest(array) for name, array in state.items()}


def _bytes(name: str, file: Path) -> dict[str, Any]:
    return {name: hashlib.sha256(file.read_bytes()).hexdigest()}


def _rows(name: str, file: Path) -> dict[str, Any]:
    listed = list(csv.DictReader(io.StringIO(file.read_bytes().decode())))
    keys = ("metric", "epoch") if name == "scores.csv" else tuple(listed[0])[:1]
    places = ["/".join([name, *(row[key] for key in keys)]) for row in listed]
    rows = [{key: v for key, v in row.items() if key not in _TIMES} for row in listed]
    return {name: places, **dict(zip(places, rows, strict=True))}


def _facts(name: str, file: Path) -> dict[str, Any]:
    facts = json.loads(file.read_text(encoding="utf-8"))
    return {f"{name}/{key}": v for key, v in facts.items() if not key.startswith(_CHANCE)}


_READERS: dict[str, Callable[[str, Path], dict[str, Any]]] = {".csv": _rows, ".json": _facts}


def _digest(array: np.ndarray) -> str:
    return f"{array.dtype} {array.shape} {hashlib.sha256(array.tobytes()).hexdigest()}"


def tensorboard_events(folder: Path) -> dict[tuple[str, int], bytes]:
    """Read the values in event files by tag and step; of several the last written counts."""
    if not folder.is_dir():
        return {}
    import tensorflow as tf

    found = {}
    for file in sorted(folder.rglob("events.*")):
        try:
            for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
                event = tf.compat.v1.Event.FromString(record)
                for value in event.summary.value:
                    key = (f"{file.parent.name}/{value.tag}", event.step)
                    found[key] = max(found.get(key, (0.0, b"")), (event.wall_time, _value(value)))
        except tf.errors.DataLossError:
            pass  # a killed process leaves half a record
    return {key: value for key, (_, value) in found.items()}


def _value(value: Any) -> bytes:
    return value.tensor.SerializeToString()
