"""Make ten minutes on an unknown GPU tell everything: speed, memory, and pictures.

    python benchmarks/gpu_trial.py --data gan-getting-started --minutes 10 --out trial
    python benchmarks/gpu_trial.py --data gan-getting-started --minutes 2 --out trial   (on a CPU)
    python benchmarks/gpu_trial.py --pack gan-getting-started photos.zip   (data to carry there)
    python benchmarks/gpu_trial.py --join trial outputs/trial   (a Run again, of what came back)

Two parts, each in processes of its own and within its share of the time:

1. `steps`: seconds and device memory of the presets' steps, against a T4's 15 GB; the preset
   `paper` in turns with PyTorch (channels last, autocast, compiled), where there is one.
2. `training`: a real training for the minutes that are left, with grids and scores.

Everything is in `--out` as soon as it is known, each file whole: `report.json`, `trial.log`,
`looks.zip` (logs, curves, grids) and the networks in pieces below 16 MB. So the trial may be cut
off at any second. On a CPU all is smaller.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import machine  # noqa: E402
import packing  # noqa: E402

T4_GB = 15.0
# An H200 compiled `session` in 49 s and `paper` in 38 s; torch.compile took more than 85 s.
_STEPS_SHARE = 0.45  # of the whole time; training has the rest
_SHARE_OF_A_CASE = 0.75  # of what its part has left: one that hangs leaves time for the others
# Preset, precision and batch, in the order of what is most wanted.
_CASES = {
    "gpu": (
        ("session", "bfloat16", 8),
        ("paper", "bfloat16", 16),
        ("paper", "bfloat16", 1),
        ("paper", "float32", 1),
        ("paper", "float32", 16),
    ),
    "cpu": (("preview", "float32", 1), ("paper", "float32", 1)),
}
_LAST_SECONDS = 20  # to stop the training, which saves, and to keep what it left
_LOOK_EVERY_S = 5


class Trial:
    """What is asked for, how much time is left, and the report so far."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.start = time.monotonic()
        self.out, self.work = options.out, options.work or options.out / "work"
        for folder in (self.out, self.work):
            folder.mkdir(parents=True, exist_ok=True)
        self.report: dict[str, Any] = {"machine": machine.describe(), "minutes": options.minutes}
        self.log = (self.out / "trial.log").open("a", encoding="utf-8")
        self.keep()

    @property
    def left_s(self) -> float:
        """Seconds that are left of all."""
        return self.options.minutes * 60 - (time.monotonic() - self.start)

    def keep(self, **facts: Any) -> None:
        """Add facts to the report, on the disk at once."""
        self.report |= facts
        packing.keep_report(self.report, self.out)

    def say(self, sentence: str) -> None:
        """Say something, on the screen and in the log."""
        line = f"{time.monotonic() - self.start:6.0f} s  {sentence}"
        print(line, flush=True)
        print(line, file=self.log, flush=True)

    def run(self, command: list[str], seconds: float) -> str | None:
        """Run a command, its output into the log; give None, or why it has not succeeded."""
        if seconds < 1:
            return "no time was left for it"
        process = self.begin(command)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            stop(process, signal.SIGKILL)
            return f"it did not end within {seconds:.0f} s"
        return f"it ended with code {code}, see trial.log" if code else None

    def begin(self, command: list[str]) -> subprocess.Popen:
        """Start a command in a session of its own, so that its workers end with it."""
        environment = {
            **os.environ,
            "KERAS_BACKEND": self.options.backend,
            "PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")]),
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
            "JAX_COMPILATION_CACHE_DIR": str((self.work / "compiled").absolute()),
        }
        return subprocess.Popen(
            command,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=environment,
        )


def stop(process: subprocess.Popen, how: signal.Signals) -> None:
    """Stop a command and everything that it started."""
    try:
        os.killpg(process.pid, how)
    except ProcessLookupError:
        return
    process.wait()


def main() -> None:
    """Pack, join, or make the trial."""
    options = parse()
    if options.pack:
        print(packing.pack(*options.pack, options.limit_mb, options.quality))
        return
    if options.join:
        print(packing.join(*options.join))
        return
    trial = Trial(options)
    trial.say(f"{options.parts} on {options.device}, {options.minutes:g} minutes")
    if "steps" in options.parts:
        time_steps(trial)
    if "training" in options.parts:
        train(trial)
    trial.keep(took_s=round(time.monotonic() - trial.start))
    trial.say(f"the report is {trial.out / 'report.json'}")


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="a folder of data, or a packed file")
    parser.add_argument("--minutes", type=float, default=10, help="for everything")
    parser.add_argument("--out", type=Path, default=Path("trial"), help="where results go")
    parser.add_argument("--work", type=Path, help="the rest: data, Run (default: OUT/work)")
    parser.add_argument("--parts", nargs="+", default=["steps", "training"],
                        choices=["steps", "training"])  # fmt: skip
    parser.add_argument("--backend", choices=["tensorflow", "jax"],
                        default=os.environ.get("KERAS_BACKEND", "jax"))  # fmt: skip
    parser.add_argument("--torch-python", help="a Python that has PyTorch (default: no peer)")
    parser.add_argument("--preset", help="to train (default: session, on a CPU preview)")
    parser.add_argument("--set", action="append", default=[], help="a setting of the training")
    parser.add_argument("--evaluate-every", default="4", help="epochs, of 50 steps unless set")
    parser.add_argument("--pack", nargs=2, type=Path, metavar=("FOLDER", "FILE"))
    parser.add_argument("--limit-mb", type=float, default=45, help="of the packed file")
    parser.add_argument("--quality", type=int, default=80, help="of the packed JPEGs")
    parser.add_argument("--join", nargs=2, type=Path, metavar=("OUT", "RUN"))
    options = parser.parse_args()
    if not (options.pack or options.join or options.data):
        parser.error("one of --data, --pack and --join is needed")
    options.device = "gpu" if machine.gpus() else "cpu"
    options.preset = options.preset or {"gpu": "session", "cpu": "preview"}[options.device]
    return options


def train_step(trial: Trial, name: str, *arguments: str) -> list[str]:
    """Give the command that times a step, the device's size of work included."""
    work = {"gpu": ["--size", "256", "--steps", "10"], "cpu": ["--size", "64", "--steps", "1"]}
    device = trial.options.device
    return [
        sys.executable, str(HERE / "train_step.py"), "--backend", trial.options.backend,
        "--device", device, *work[device], "--rounds", "5", "--results", str(trial.work),
        "--name", name, *arguments,
    ]  # fmt: skip


def measured(trial: Trial, name: str, command: list[str], seconds: float) -> dict[str, Any]:
    """Run a measurement; give its figures, or why there are none."""
    problem = trial.run(command, seconds)
    if problem:
        return {"problem": problem}
    figures = json.loads((trial.work / f"{name}.json").read_text(encoding="utf-8"))
    return {key: value for key, value in figures.items() if key not in {"machine", "date"}}


def time_steps(trial: Trial) -> None:
    """Time steps and take their memory; those of the preset `paper` in turns with PyTorch's."""
    share = _STEPS_SHARE if "training" in trial.options.parts else 1.0
    until = trial.left_s * (1 - share)
    peer = trial.options.torch_python
    against = ["--torch-python", peer, "--peer-compile", "--peer-channels-last"]
    for preset, precision, batch in _CASES[trial.options.device]:
        name = f"{preset}-{precision}-batch{batch}"
        sides = against if peer and preset == "paper" else ["--alone"]
        command = train_step(
            trial, name, "--preset", preset, "--precision", precision, "--batch", str(batch), *sides
        )
        figures = measured(trial, name, command, (trial.left_s - until) * _SHARE_OF_A_CASE)
        peak_gb = figures.get("artnb", {}).get("peak_device_memory_gb")
        if peak_gb is not None:
            figures["fits_a_t4"] = peak_gb < T4_GB
        trial.keep(steps=trial.report.get("steps", {}) | {name: figures})
        shown = {key: value for key, value in figures.items() if key not in {"command", "rounds"}}
        trial.say(f"{name}: {shown}")


def train(trial: Trial) -> None:
    """Train for real with what is left of the time, and keep what there is to look at."""
    data = packing.unpacked(trial.options.data, trial.work)
    run = trial.work / "outputs" / "trial"
    minutes = (trial.left_s - _LAST_SECONDS) / 60
    process = trial.begin(train_command(trial, data, run, minutes))
    kept: set[Path] = set()
    while process.poll() is None and trial.left_s > _LAST_SECONDS:
        time.sleep(min(_LOOK_EVERY_S, max(0.1, trial.left_s - _LAST_SECONDS)))
        kept = keep_new(trial, run, kept)
    stop(process, signal.SIGTERM)
    keep_new(trial, run, set())
    trial.say(f"training ended with code {process.returncode}")


def train_command(trial: Trial, data: Path, run: Path, minutes: float) -> list[str]:
    """Give the command that trains."""
    from artnb.evaluation.extractor import KINDS
    from artnb.pretrained.weights import weights_at_hand

    can_score = any(map(weights_at_hand, KINDS))
    if not can_score:
        trial.say("no extractor's weights are here: epochs get no scores (ARTNB_WEIGHTS)")
    # Short epochs: a snapshot comes with each, and the device may be slow.
    settings = [f"minutes={minutes:.2f}", "steps_per_epoch=50", *trial.options.set]
    return [
        sys.executable, "-c", "import sys; from artnb.cli import main; sys.exit(main())", "train",
        "--data", str(data), "--run", str(run), "--preset", trial.options.preset,
        "--backend", trial.options.backend, "--deadline", f"{minutes:.2f}", "--heartbeat", "1",
        *(["--evaluate-every", trial.options.evaluate_every] if can_score else []),
        *(part for setting in settings for part in ("--set", setting)),
    ]  # fmt: skip


def keep_new(trial: Trial, run: Path, kept: set[Path]) -> set[Path]:
    """Keep a Run's looks and latest snapshot where there are new ones; give what is kept now."""
    found = {*run.glob("samples/*.png"), *run.glob("snapshots/epoch-*.safetensors")}
    snapshots = sorted(path for path in found if path.suffix == ".safetensors")
    if found == kept or not found:
        return kept
    try:
        packing.keep_looks(run, trial.out)
        if snapshots and snapshots[-1] not in kept:
            packing.keep_snapshot(snapshots[-1], trial.out)
        trial.keep(training=facts_of(run))
    except (OSError, ValueError) as error:  # something is being written just now
        trial.say(f"kept next time: {error}")
        return kept
    trial.say(f"kept: {len(found) - len(snapshots)} grids, {len(snapshots)} snapshots")
    return found


def facts_of(run: Path) -> dict[str, Any]:
    """Tell of a Run what a report should: how far, how fast, which scores."""
    import pandas

    from artnb.runs.run import Run

    facts = Run(run).facts()
    tables = {name: run / f"{name}.csv" for name in ("log", "scores")}
    rows = {
        name: json.loads(pandas.read_csv(path).to_json(orient="records"))
        for name, path in tables.items()
        if path.exists()
    }
    return {"run": facts, **rows}


if __name__ == "__main__":
    main()
