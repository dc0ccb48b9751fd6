"""Snapshots of the networks for looking and scoring: small, and loadable on any backend."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError, safe_open

from artnb.errors import InputError
from artnb.files import refuse_pointer, sync_to_disk, unfinished_file
from artnb.runs.arrays import save_arrays

if TYPE_CHECKING:
    import keras

    from artnb.runs.run import Run


def save_snapshot(path: Path, networks: "Mapping[str, keras.Model]", facts: dict[str, Any]) -> None:
    """Write networks' weights as float16; see `save_weights`.

    Args:
        path: the file to make.
        networks: by name; `"generator_g"` and `"generator_f"` to paint with,
            `"discriminator_x"` and `"discriminator_y"` to be scored.
        facts: what to record beside the weights: epoch, step, whether they are averages.
    """
    weights = {name: network.get_weights() for name, network in networks.items()}
    save_weights(path, weights, facts, np.float16)


def save_weights(
    path: Path,
    weights: Mapping[str, Sequence[np.ndarray]],
    facts: dict[str, Any],
    dtype: type[np.floating],
) -> None:
    """Write the weights of networks, whole or not at all.

    Args:
        path: the file to make.
        weights: of each network by its name, in the model's order.
        facts: what to record beside them.
        dtype: what they are kept in.
    """
    arrays = {
        f"{name}/{number:03d}": np.asarray(weight, dtype)
        for name, own in weights.items()
        for number, weight in enumerate(own)
    }
    # A Run that came back from a mirror before its first snapshot has no folder for them.
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished_file(path) as unfinished:
        save_arrays(unfinished, arrays, {"facts": json.dumps(facts)})
        sync_to_disk(unfinished)


def read_snapshot(path: Path, network: str) -> list[np.ndarray]:
    """Read the weights of one network, float32, in the model's order.

    Raises:
        InputError: the file is damaged, or there no more.
    """
    with _opened(path) as file:
        names = sorted(name for name in file.keys() if name.startswith(network + "/"))  # noqa: SIM118
        return [file.get_tensor(name).astype(np.float32) for name in names]


class MissingSnapshotError(InputError):
    """A snapshot that was there is gone: a training thins out what it keeps."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the snapshot {path} is there no more, since a training thins out what it keeps; "
            "choose another epoch"
        )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        refuse_pointer(path)
        with safe_open(path, framework="numpy") as file:
            yield file
    except FileNotFoundError:
        raise MissingSnapshotError(path) from None
    except (SafetensorError, OSError) as error:
        raise InputError(
            f"the snapshot {path} is damaged ({error}); choose another epoch"
        ) from error


def snapshot_networks(path: Path) -> set[str]:
    """Name the networks that a snapshot holds.

    Raises:
        InputError: the file is damaged, or there no more.
    """
    with _opened(path) as file:
        return {name.split("/")[0] for name in file.keys()}  # noqa: SIM118


def keeps(epoch: int) -> bool:
    """Say whether an epoch's snapshot stays: 1, 2, 5 and every tenth."""
    return epoch in (1, 2, 5) or epoch % 10 == 0


def superseded(
    run: "Run", budget_gb: float, until: int | None = None, owes: bool = False
) -> list[int]:
    """Name the epochs whose snapshots need not be kept, and the oldest beyond the budget.

    The latest always stays, and so does the best by its scores.

    Args:
        run: whose snapshots.
        budget_gb: what they may take together, GB.
        until: how far the training has got. Later ones were left by a life of it that a kill
            ended, will come again, and are not looked at; None looks at all.
        owes: scores are still to be made of some: all stay, within the budget, so that the best
            will be chosen from those that it would have been chosen from.
    """
    epochs = [epoch for epoch in run.snapshot_epochs() if until is None or epoch <= until]
    protected = {*epochs[-1:], run.best_epoch()}
    gone = [e for e in epochs if not (owes or keeps(e) or e in protected)]
    kept = [epoch for epoch in epochs if epoch not in gone]
    spare = [epoch for epoch in kept if epoch not in protected]
    while spare and _total_gb(run, kept) > budget_gb:
        kept.remove(spare[0])
        gone.append(spare.pop(0))
    return gone


def _total_gb(run: "Run", epochs: list[int]) -> float:
    return sum(run.snapshot(epoch).stat().st_size for epoch in epochs) / 1e9
