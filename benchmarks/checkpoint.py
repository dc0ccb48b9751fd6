"""Time saving and resuming at the state size of the preset `paper`.

    python benchmarks/checkpoint.py

What blocks training is the copy to the host; hashing and writing happen beside it. The peer is the
plain copy of as many bytes into a file, brought to disk.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import machine

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from artnb.method import preset_config
from artnb.methods.cyclegan.model import CycleGAN
from artnb.training.checkpoint_folder import newest_whole, write_checkpoint
from artnb.training.checkpoints import STATE
from artnb.training.state import (
    is_finite,
    load_state,
    read_state,
    save_state,
    write_state,
)


def main() -> None:
    """Time each part a few times; print and write the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    before, config = machine.describe(), preset_config("paper")
    model = CycleGAN(config, config.image_size_px)
    state = read_state(model)
    megabytes = sum(array.nbytes for array in state.values()) / 1e6
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name)
        figures = {
            "copy_s": timed(options.rounds, lambda: is_finite(read_state(model))),
            "write_s": timed(
                options.rounds,
                lambda: write_checkpoint(
                    folder, 1, {}, lambda partial: save_state(state, partial / STATE)
                ),
            ),
            "peer_plain_write_s": timed(options.rounds, lambda: plain_write(folder, megabytes)),
            "find_s": timed(options.rounds, lambda: newest_whole([folder], print)),
            "put_back_s": timed(
                options.rounds,
                lambda: write_state(model, load_state(newest_path(folder) / STATE)),
            ),
        }
    share = figures["copy_s"] / (config.checkpoint_minutes * 60)
    figures |= {"state_mb": round(megabytes, 1), "blocked_share": round(share, 5)}
    for key, value in figures.items():
        print(f"{key:20} {value}")
    print(machine.save("checkpoint-paper", {"machine": before, **figures}))


def newest_path(folder: Path) -> Path:
    """Give the checkpoint's folder."""
    return next(folder.glob("step-*"))


def plain_write(folder: Path, megabytes: float) -> None:
    """Write as many bytes and bring them to disk."""
    with (folder / "plain").open("wb") as file:
        file.write(bytes(int(megabytes * 1e6)))
        file.flush()
        os.fsync(file.fileno())


def timed(rounds: int, work: Callable[[], object]) -> float:
    """Give the median seconds of some work."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return round(statistics.median(seconds), 3)


if __name__ == "__main__":
    main()
