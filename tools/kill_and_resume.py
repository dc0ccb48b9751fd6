"""Kill a training again and again, resume it, and compare with one that was left alone.

    python tools/kill_and_resume.py
    python tools/kill_and_resume.py --kills 25 --seed 7 --backend jax
    python tools/kill_and_resume.py --at step-00000004:1 scores.csv:2 --epochs 3
    python tools/kill_and_resume.py --method stylegan2

A small training of four steps an epoch saves a checkpoint after every step, is scored after every
epoch, and has a mirror, TensorBoard, averaged generators and DiffAugment, or ADA and lazy
regularisers. SIGKILL comes at random moments: while a checkpoint is being written, between two, and
during start-up; or, with `--at`, each time that a file has just got its name for so many times in
one life. Everything must be equal in the end, in the Run and in its mirror, but for the times: the
whole state bit for bit, logs, curves, grids, snapshots, scores, the best epoch, TensorBoard's
events.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from artnb.training.config import TrainingConfig

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.everything_kept import differences

_STEPS_PER_EPOCH = 4
_NAME = re.compile(r"step-(\d+)")
_LIFE_S = 900


def main() -> None:
    """Run both trainings and compare, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the kills")
    parser.add_argument("--at", nargs="+", help="FILE:COUNT, the moments instead of random ones")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--backend", default="tensorflow", choices=["tensorflow", "jax"])
    parser.add_argument("--method", default="cyclegan", choices=["cyclegan", "stylegan2"])
    parser.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        train_or_go_on(options.train, options.epochs, options.method)
        return
    with tempfile.TemporaryDirectory() as folder:
        # The Run's name is in its scores: both have the same.
        alone, killed = (Path(folder) / name / "run" for name in ("alone", "killed"))
        make_data(Path(folder) / "data", options.backend)
        how = options.backend, options.epochs, options.method
        lives, uninterrupted = Lives(killed, *how), Lives(alone, *how).live()
        if options.at:
            kills = kill_at(lives, options.at)
        else:
            kills = kill_often(lives, options.kills, random.Random(options.seed))
        to_its_end(uninterrupted, alone)
        problems = differences(alone, killed, (mirror_of(alone), mirror_of(killed)))
    for problem in problems:
        print(problem)
    print(f"{kills} kills, {lives.steps} steps on {options.backend}: "
          f"{'not the same training' if problems else 'every bit is the same'}.")  # fmt: skip
    sys.exit(1 if problems else 0)


def make_data(path: Path, backend: str) -> None:
    """Make the pictures, in a process of its own: this one loads no backend."""
    code = (
        "from pathlib import Path; from artnb.synthetic.dataset import make_demo_data; "
        f"make_demo_data(Path({str(path)!r}), 32, images=6, pairs=4)"
    )
    subprocess.run([sys.executable, "-c", code], env=environment(backend), check=True)


def mirror_of(run: Path) -> Path:
    """Name the folder that the Run's mirror lies in."""
    return run.parent / "mirror"


def config_of(method: str, epochs: int) -> "TrainingConfig":
    """Give the settings of a small training in which everything happens that may."""
    from artnb.method import preset_config
    from tests.quick import QUICK

    own = {
        # Each life compiles its step.
        "cyclegan": {**QUICK, "diffaugment": "color,translation,cutout"},
        "stylegan2": {"r1_every": 3, "path_length_every": 2, "ada_every": 1, "ada_kimg": 0.1},
    }
    return preset_config(
        "smoke",
        method,
        **own[method],
        epochs=epochs,
        steps_per_epoch=_STEPS_PER_EPOCH,
        checkpoint_minutes=0,
        deterministic=True,
    )


def train_or_go_on(path: Path, epochs: int, method: str) -> None:
    """Train the whole way, or the rest of it."""
    from artnb.data.dataset import open_dataset
    from artnb.evaluation.evaluator import Evaluator
    from artnb.evaluation.measure import Cache
    from artnb.evaluation.scoring import Scoring
    from artnb.method import find_method
    from artnb.platform.backend import is_installed
    from artnb.training.train import train

    die_at(os.environ.get("KILL_AT", ""))
    own = find_method(method)
    # The kernel distance, by which latents' epochs are ranked, takes more pictures than there are.
    metrics = ["frechet", "discriminator", "ssim" if own.domains == 2 else "kernel"]
    train(
        open_dataset(path.parents[1] / "data", domains=own.domains),
        config_of(method, epochs),
        path,
        resume="auto",
        mirror=mirror_of(path),
        scoring=Scoring(1, Evaluator(MeanColours(), metrics, cache=Cache(None))),
        tensorboard=is_installed("tensorflow") and is_installed("tensorboard"),
    )


class MeanColours:
    """Features that need no weights: the mean colours of a picture's sixteen parts."""

    name, title = "colours", "colours"
    key, weights_sha256 = "mean colours", "0" * 64

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None = None) -> np.ndarray:
        """Give 48 numbers for each picture."""
        count, height, width, _ = pictures.shape
        parts = pictures.reshape(count, 4, height // 4, 4, width // 4, 3).mean(axis=(2, 4))
        return parts.reshape(count, 48).astype(np.float32)


def die_at(moment: str) -> None:
    """Let this process kill itself when a file has got its name for so many times."""
    if not moment:
        return
    name, count = moment.split(":")
    left, replace = [int(count)], os.replace

    def replace_and_die(source: str | Path, target: str | Path) -> None:
        replace(source, target)
        left[0] -= Path(target).name == name
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    os.replace = replace_and_die


def environment(backend: str) -> dict[str, str]:
    """Give that of a process that trains."""
    place = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": place, "KERAS_BACKEND": backend,
            "TF_CPP_MIN_LOG_LEVEL": "3"}  # fmt: skip


class Lives:
    """The processes of one training.

    Args:
        run: its Run.
        backend: what Keras computes with.
        epochs: how long it is.
        method: what is trained.
    """

    def __init__(self, run: Path, backend: str, epochs: int, method: str) -> None:
        self.run, self.backend, self.epochs, self.method = run, backend, epochs, method
        self.steps = epochs * _STEPS_PER_EPOCH
        mirror_of(run).mkdir(parents=True)

    def live(self, kill_at: str = "") -> subprocess.Popen:
        """Start a process that trains, and that kills itself at a moment where one is given."""
        command = [sys.executable, __file__, "--train", str(self.run)]
        command += ["--epochs", str(self.epochs), "--method", self.method]
        variables = {**environment(self.backend), "KILL_AT": kill_at}
        with self.run.with_suffix(".said").open("ab") as said:
            return subprocess.Popen(command, env=variables, stdout=said, stderr=said)


def to_its_end(process: subprocess.Popen, run: Path) -> None:
    """Wait until a training has ended as it should."""
    if process.wait(_LIFE_S):
        sys.exit(last_words(run))


def last_words(run: Path) -> str:
    """Give what the processes of a training said last."""
    return run.with_suffix(".said").read_text(errors="replace")[-3000:]


def kill_at(lives: Lives, moments: list[str]) -> int:
    """Let a life end at each of the moments, and the last one finish; give how many did."""
    for moment in moments:
        if lives.live(moment).wait(_LIFE_S) != -signal.SIGKILL:
            sys.exit(f"the moment {moment} did not come: {last_words(lives.run)}")
    to_its_end(lives.live(), lives.run)
    return len(moments)


def kill_often(lives: Lives, kills: int, draw: random.Random) -> int:
    """Kill the training that many times and let it finish; give how many kills it took."""
    done = 0
    for step in sorted(draw.choices(range(1, lives.steps), k=kills)):
        process = lives.live()
        while_writing = draw.random() < 0.5
        if not wait_for(lives.run / "checkpoints", step, while_writing, process, draw):
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        done += 1
    to_its_end(lives.live(), lives.run)
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


if __name__ == "__main__":
    main()
