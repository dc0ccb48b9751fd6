"""Generator snapshots for looking and scoring: small, and loadable on any backend."""

import json
import os
from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from artnb.config import CycleGANConfig
from artnb.errors import InputError
from artnb.run import Run
from artnb.training.cyclegan import build_generator

DIRECTIONS = ("generator_g", "generator_f")


def save_snapshot(
    path: Path, painters: tuple[keras.Model, keras.Model], facts: dict[str, Any]
) -> None:
    """Write both generators' weights as float16, whole or not at all.

    Args:
        path: the file to make.
        painters: the generators X→Y and Y→X.
        facts: what to record beside the weights: epoch, step, whether they are averages.
    """
    arrays = {
        f"{direction}/{number:03d}": np.asarray(weight, np.float16)
        for direction, painter in zip(DIRECTIONS, painters, strict=True)
        for number, weight in enumerate(painter.get_weights())
    }
    unfinished = path.with_name(path.name + ".part")
    save_file(arrays, unfinished, metadata={"facts": json.dumps(facts)})
    os.replace(unfinished, path)


def read_snapshot(path: Path, direction: str) -> list[np.ndarray]:
    """Read the weights of one generator, float32, in the model's order.

    Raises:
        InputError: the file is damaged.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            names = sorted(name for name in file.keys() if name.startswith(direction + "/"))  # noqa: SIM118
            return [file.get_tensor(name).astype(np.float32) for name in names]
    except (SafetensorError, OSError) as error:
        raise InputError(
            f"the snapshot {path} is damaged ({error}); choose another epoch"
        ) from error


def load_painter(
    run: Run, direction: str = "generator_g", epoch: str | int = "latest"
) -> keras.Model:
    """Build a Run's generator with the weights of a snapshot.

    Args:
        run: the Run.
        direction: `"generator_g"` for X→Y, `"generator_f"` for Y→X.
        epoch: counted from 1, or `"latest"`.

    Raises:
        InputError: there is no such snapshot, or it is damaged.
    """
    path = run.find_snapshot(epoch)
    weights = read_snapshot(path, direction)
    painter = build_generator(run.config(), direction)
    if [w.shape for w in weights] != [tuple(w.shape) for w in painter.weights]:
        raise InputError(
            f"the snapshot {path} does not fit {run.config_file}; restore both from one Run"
        )
    painter.set_weights(weights)
    return painter


def keeps(epoch: int) -> bool:
    """Say whether an epoch's snapshot stays: 1, 2, 5 and every tenth."""
    return epoch in (1, 2, 5) or epoch % 10 == 0


def thin_out(run: Run, config: CycleGANConfig) -> None:
    """Delete snapshots that need not be kept, and the oldest of those beyond the budget.

    The latest always stays.
    """
    *earlier, _latest = run.snapshot_epochs()
    for epoch in earlier:
        if not keeps(epoch):
            run.snapshot(epoch).unlink()
    left = run.snapshot_epochs()
    while len(left) > 1 and _total_gb(run, left) > config.snapshot_budget_gb:
        run.snapshot(left.pop(0)).unlink()


def _total_gb(run: Run, epochs: list[int]) -> float:
    return sum(run.snapshot(epoch).stat().st_size for epoch in epochs) / 1e9
