"""Make a submission of all the competition's photos; killed half-way and gone on with.

    python benchmarks/submit.py --data DIR/gan-getting-started

A Run of the preset smoke paints; its network is small, so that reading, encoding and writing show.
With --run another one paints. The first process is killed (SIGKILL) once half of the pictures are
kept; the second goes on, finishes, and checks the zip.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import worker  # noqa: E402

POLL_S = 0.02


def main() -> None:
    """Time it, or be one of the processes that paint."""
    options = parse()
    if options.paint:
        paint(options)
        return
    before = machine.describe()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "images.zip"
        run = options.run or train_smoke(Path(folder))
        total = count_photos(options.data)
        first = killed_half_way(command(options, run, out), out, total)
        second = gone_on_with(command(options, run, out))
        report(options, before, total, first, second)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the competition's folder")
    parser.add_argument("--run", type=Path, help="a trained Run (default: one of preset smoke)")
    parser.add_argument("--out", type=Path, default=Path("images.zip"), help=argparse.SUPPRESS)
    parser.add_argument("--paint", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def train_smoke(folder: Path) -> Path:
    """Train for some seconds, so that there is a Run."""
    from artnb.method import preset_config
    from artnb.synthetic.dataset import make_demo_data
    from artnb.training.train import train

    dataset = make_demo_data(folder / "dataset", 64, images=24, pairs=4)
    return train(dataset, preset_config("smoke"), folder / "run", say=lambda _line: None).path


def count_photos(data: Path) -> int:
    """Say how many photos there are to paint."""
    from artnb.submission.photos import find_photos

    return len(find_photos(data).names)


def command(options: argparse.Namespace, run: Path, out: Path) -> list[str]:
    """Give the command of a process that paints."""
    where = ["--data", str(options.data), "--run", str(run), "--out", str(out)]
    return [sys.executable, __file__, "--paint", *where]


def paint(options: argparse.Namespace) -> None:
    """Make the submission and check it; tell how long each took."""
    from artnb.runs.run import open_run
    from artnb.submission.build import build_submission
    from artnb.submission.check import check_submission

    made = build_submission(
        open_run(options.run), options.data, options.out, say=lambda _line: None
    )
    began = time.perf_counter()
    checked = check_submission(options.out)
    worker.answer_at_the_end(
        painted=made.painted,
        seconds=round(made.seconds, 2),
        check_seconds=round(time.perf_counter() - began, 2),
        pictures=made.pictures,
        zip_mb=round(options.out.stat().st_size / 1e6, 1),
        problems=checked.problems,
        notes=checked.notes,
    )


def killed_half_way(painting: list[str], out: Path, total: int) -> dict:
    """Kill a process once half of the pictures are kept; give what it had done by then."""
    began = time.perf_counter()
    process = subprocess.Popen(painting, env=quiet())
    while process.poll() is None and kept(out) < total / 2:
        time.sleep(POLL_S)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return {"kept": kept(out), "seconds_with_start": round(time.perf_counter() - began, 2)}


def kept(out: Path) -> int:
    """Count the pictures that are kept beside an unfinished zip."""
    chunks = sorted(out.with_name(out.name + ".part").glob("[0-9]*.zip"))
    if not chunks:
        return 0
    with zipfile.ZipFile(chunks[0]) as archive:
        return len(chunks) * len(archive.namelist())


def gone_on_with(painting: list[str]) -> dict:
    """Let a process finish; give what it tells."""
    done = subprocess.run(painting, env=quiet(), capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def quiet() -> dict[str, str]:
    """Give an environment in which TensorFlow says little."""
    return {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}


def report(
    options: argparse.Namespace, before: dict, total: int, first: dict, second: dict
) -> None:
    """Print what came out, and write the file."""
    peak_gb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    figures = {
        "machine": before,
        "backend": os.environ.get("KERAS_BACKEND", "tensorflow"),
        "run": "a Run of its own" if options.run else "preset smoke",
        "photos": total,
        "killed": first,
        "gone_on_with": second,
        "painted_twice": first["kept"] + second["painted"] - second["pictures"],
        "images_a_second": round(second["painted"] / second["seconds"], 1),
        "peak_memory_gb": round(peak_gb, 2),
    }
    print(json.dumps(figures, indent=2))
    print(machine.save("submit", figures))


if __name__ == "__main__":
    main()
