"""Time painting many photos with this checkout and with another, in turns.

    python benchmarks/painting.py translate --photos FOLDER --artnb ../artnb-before
    python benchmarks/painting.py submit --photos FOLDER --artnb ../artnb-before --preset preview
    python benchmarks/painting.py gallery --photos FOLDER --artnb ../artnb-before --preset smoke

Weights are drawn at random: how well they paint makes no difference. The seconds of the processor
are given too: on a machine that others work on they say more than the clock.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import worker  # noqa: E402
from gallery import untrained_run  # noqa: E402


def main() -> None:
    """Let both checkouts paint in turns, or be one of them."""
    options = parse()
    if options.serve:
        serve(options)
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        link(options.photos, work / "photos", options.count)
        untrained_run(work / "run", options.preset)
        before = machine.describe()
        sides = {
            name: worker.Worker(
                [sys.executable, __file__, *sys.argv[1:], "--serve", str(work)],
                {**os.environ, "PYTHONPATH": str(checkout), "TF_CPP_MIN_LOG_LEVEL": "3"},
            )
            for name, checkout in (("before", options.artnb), ("now", HERE.parent))
        }
        seconds = worker.alternate(sides, warm_ups=options.warm_ups, rounds=options.rounds)
        report(options, before, seconds, {name: side.finish() for name, side in sides.items()})


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=sorted(TASKS))
    parser.add_argument("--photos", type=Path, required=True, help="a folder of photos")
    parser.add_argument("--artnb", type=Path, required=True, help="another checkout")
    parser.add_argument("--count", type=int, default=200, help="photos")
    parser.add_argument("--preset", default="paper", help="whose generator paints")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warm-ups", type=int, default=1, help="rounds that do not count")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def link(photos: Path, folder: Path, count: int) -> None:
    """Make a folder of some photos."""
    folder.mkdir()
    for photo in sorted(photos.iterdir())[:count]:
        (folder / photo.name).symlink_to(photo.resolve())


def serve(options: argparse.Namespace) -> None:
    """Paint all photos whenever asked to."""
    from artnb.platform.cpu import tune_tensorflow

    tune_tensorflow()
    from artnb.runs.run import open_run

    run, used = open_run(options.serve / "run"), []

    def paint() -> None:
        out = Path(tempfile.mkdtemp(dir=options.serve))
        began = time.process_time()
        TASKS[options.what](run, options.serve / "photos", out / "out")
        used.append(time.process_time() - began)
        shutil.rmtree(out)

    worker.serve(paint)
    worker.answer_at_the_end(cpu_seconds=[round(s, 2) for s in used[options.warm_ups :]])


def _translate(run, photos: Path, out: Path) -> None:
    from artnb.translation import translate

    translate(run, photos, out)


def _submit(run, photos: Path, out: Path) -> None:
    from artnb.submission.build import build_submission
    from artnb.submission.rules import Rules

    build_submission(run, photos, out.with_suffix(".zip"), rules=Rules(fewest=1), say=len)


def _make_gallery(run, photos: Path, out: Path) -> None:
    from artnb.gallery.make import make_gallery

    make_gallery([run], out, photos, kinds=["painting"], say=len)


TASKS: dict[str, Callable] = {
    "translate": _translate,
    "submit": _submit,
    "gallery": _make_gallery,
}


def report(options: argparse.Namespace, before: dict, seconds: dict, facts: dict) -> None:
    """Print the medians and their ratios, and write the file."""
    clock = {name: statistics.median(each) for name, each in seconds.items()}
    cpu = {name: statistics.median(fact["cpu_seconds"]) for name, fact in facts.items()}
    figures = {
        "machine": before,
        "photos": options.count,
        "preset": options.preset,
        "seconds": {name: [round(s, 2) for s in each] for name, each in seconds.items()},
        "facts": facts,
        "ratio": round(clock["now"] / clock["before"], 3),
        "cpu_ratio": round(cpu["now"] / cpu["before"], 3),
    }
    for name, fact in facts.items():
        said = f"{clock[name]:.2f} s, processor {cpu[name]:.2f} s, {fact['peak_memory_gb']} GB"
        print(f"{name:7} {said}")
    print(f"now / before: {figures['ratio']:.3f}, processor {figures['cpu_ratio']:.3f}")
    print(machine.save(f"painting-{options.what}-{options.preset}", figures))


if __name__ == "__main__":
    main()
