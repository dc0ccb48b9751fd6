"""Kill a training again and again, resume it, and compare with one that was left alone.

    python tools/kill_and_resume.py
    python tools/kill_and_resume.py --kills 25 --seed 7 --backend jax

A small training of 40 steps over ten epochs saves a checkpoint after every step. SIGKILL comes at
random moments: while a checkpoint is being written, between two, and during start-up. Everything
must be equal in the end: the whole state bit for bit, losses, logs but for the times, grids.
"""

import argparse
import csv
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

STEPS = 40
_TIMES = ("seconds", "images_per_s")
_NAME = re.compile(r"step-(\d+)")
_LIFE_S = 300


def main() -> None:
    """Run both trainings and compare, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the kills")
    parser.add_argument("--backend", default="tensorflow", choices=["tensorflow", "jax"])
    parser.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        train_or_go_on(options.train)
        return
    with tempfile.TemporaryDirectory() as folder:
        alone, killed = Path(folder) / "alone", Path(folder) / "killed"
        live(alone, options.backend).wait(_LIFE_S)
        kills = kill_often(killed, options.backend, options.kills, random.Random(options.seed))
        problems = differences(alone, killed)
    for problem in problems:
        print(problem)
    print(f"{kills} kills, {STEPS} steps on {options.backend}: "
          f"{'not the same training' if problems else 'every bit is the same'}.")  # fmt: skip
    sys.exit(1 if problems else 0)


def train_or_go_on(path: Path) -> None:
    """Train the whole way, or the rest of it."""
    from artnb.data.dataset import open_dataset
    from artnb.method import preset_config
    from artnb.synthetic.dataset import make_demo_data
    from artnb.training.train import train

    data = path.parent / "data"
    if not data.exists():
        make_demo_data(data, 32, images=6, pairs=3)
    steps_per_epoch = 4
    config = preset_config(
        "smoke",
        epochs=STEPS // steps_per_epoch,
        steps_per_epoch=steps_per_epoch,
        diffaugment="color,translation,cutout",
        checkpoint_minutes=0,
        deterministic=True,
    )
    train(open_dataset(data), config, path, resume="auto")


def live(path: Path, backend: str) -> subprocess.Popen:
    """Start a process that trains."""
    command = [sys.executable, __file__, "--train", str(path)]
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    with path.with_suffix(".said").open("ab") as said:
        return subprocess.Popen(command, env=environment, stdout=said, stderr=said)


def kill_often(path: Path, backend: str, kills: int, draw: random.Random) -> int:
    """Kill the training that many times and let it finish; give how many kills it took."""
    done = 0
    for step in sorted(draw.choices(range(1, STEPS), k=kills)):
        process = live(path, backend)
        while_writing = draw.random() < 0.5
        if not wait_for(path / "checkpoints", step, while_writing, process, draw):
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        done += 1
    process = live(path, backend)
    if process.wait(_LIFE_S):
        sys.exit(path.with_suffix(".said").read_text(errors="replace")[-3000:])
    return done


def wait_for(
    checkpoints: Path,
    step: int,
    while_writing: bool,
    process: subprocess.Popen,
    draw: random.Random,
) -> bool:
    """Wait for a moment to kill at: a step's checkpoint, written or half written.

    Where that step has been reached in an earlier life, any moment will do. False where the
    training has ended by itself.
    """
    until = time.monotonic() + _LIFE_S
    if newest(checkpoints, "step-*[0-9]") >= step:
        until = time.monotonic() + draw.uniform(0, 12)
        step = newest(checkpoints, "step-*[0-9]") + 1
    pattern = "step-*.partial" if while_writing else "step-*[0-9]"
    while time.monotonic() < until and newest(checkpoints, pattern) < step:
        if process.poll() is not None:
            return False
        time.sleep(0.001)
    time.sleep(draw.uniform(0, 0.02 if while_writing else 0.2))
    return True


def newest(checkpoints: Path, pattern: str) -> int:
    """Give the highest step among the checkpoints of such a name; 0 where there is none."""
    return max((int(_NAME.match(path.name)[1]) for path in checkpoints.glob(pattern)), default=0)


def differences(alone: Path, killed: Path) -> list[str]:
    """Name everything in which two Runs differ, times apart."""
    name = f"checkpoints/step-{STEPS:08d}/state.safetensors"
    ours, theirs = load_file(alone / name), load_file(killed / name)
    found = [f"the names of the state differ: {ours.keys() ^ theirs.keys()}"]
    found = [] if ours.keys() == theirs.keys() else found
    found += [k for k in ours.keys() & theirs.keys() if not np.array_equal(ours[k], theirs[k])]
    for log in ("log.csv", "losses.csv"):
        if rows(alone / log) != rows(killed / log):
            found.append(f"{log} differs")
    for folder in ("samples", "snapshots"):
        grids = [
            {p.name: p.read_bytes() for p in (run / folder).iterdir()} for run in (alone, killed)
        ]
        found += [
            f"{folder}: {n}" for n in grids[0] | grids[1] if grids[0].get(n) != grids[1].get(n)
        ]
    return found


def rows(path: Path) -> list[dict[str, str]]:
    """Read a log without its times."""
    with path.open(newline="", encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    return [{name: v for name, v in row.items() if name not in _TIMES} for row in listed]


if __name__ == "__main__":
    main()
