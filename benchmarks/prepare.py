"""Time the preparing of few and of many pictures, and measure the memory that it takes.

    python benchmarks/prepare.py --photos FOLDER --paintings FOLDER
    python benchmarks/prepare.py --photos FOLDER --paintings FOLDER --counts 300 --edge-px 2000

Each size is prepared by processes of their own, in turn: on all cores, on one core and, where
Apache Beam is installed, as its pipeline. The Datasets must be equal. With --edge-px the pictures
are enlarged first, as scans of paintings and photos of today are large.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
from importlib.util import find_spec
from itertools import count
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import worker  # noqa: E402

SIDES = ("all cores", "one core", "beam")


def main() -> None:
    """Prepare each size on every side, or be the process of one side."""
    options = parse()
    if options.serve:
        serve(options)
        return
    figures = {"machine": machine.describe(), "size_px": options.size_px}
    if options.edge_px:
        figures["edge_px_of_the_originals"] = options.edge_px
    for number in map(int, options.counts.split(",")):
        figures[f"{number} pictures"] = measured(options, number)
    print(machine.save(options.name, figures))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, required=True, help="a folder of pictures")
    parser.add_argument("--paintings", type=Path, required=True, help="another")
    parser.add_argument("--counts", default="1000,7338", help="pictures in all")
    parser.add_argument("--size-px", type=int, default=256, help="edge of the squares")
    parser.add_argument("--edge-px", type=int, default=0, help="enlarge the pictures to this first")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side prepares")
    parser.add_argument("--name", default="prepare", help="of the file with the figures")
    parser.add_argument("--serve", choices=SIDES, help=argparse.SUPPRESS)
    return parser.parse_args()


def measured(options: argparse.Namespace, number: int) -> dict:
    """Prepare so many pictures in turn on each side; give rates, memory and whether they agree."""
    with tempfile.TemporaryDirectory() as folder:
        taken = take(options, number, Path(folder))
        sides = SIDES if find_spec("apache_beam") else SIDES[:-1]
        workers = {side: start(options, side, taken) for side in sides}
        seconds = worker.alternate(workers, warm_ups=1, rounds=options.rounds)
        ends = {side: one.finish() for side, one in workers.items()}
    assert len({end["fingerprint"] for end in ends.values()}) == 1, "the Datasets differ"
    figures = {}
    for side in sides:
        best = min(seconds[side])
        figures[side] = {"pictures_a_second": round(number / best, 1), **ends[side]}
        print(f"{number:,} pictures, {side}: {figures[side]}")
    ratio = min(seconds["one core"]) / min(seconds["all cores"])
    return {**figures, "all_cores_to_one": round(ratio, 2)}


def take(options: argparse.Namespace, number: int, folder: Path) -> tuple[Path, Path]:
    """Copy the first paintings, a tenth at most, and photos for the rest; enlarge if asked to."""
    paintings = sorted(options.paintings.iterdir())[: number // 10]
    photos = sorted(options.photos.iterdir())[: number - len(paintings)]
    for name, files in (("photos", photos), ("paintings", paintings)):
        (folder / name).mkdir()
        for file in files:
            copy(file, folder / name / file.name, options.edge_px)
    assert len(photos) + len(paintings) == number, f"only {len(photos) + len(paintings)} pictures"
    return folder / "photos", folder / "paintings"


def copy(file: Path, target: Path, edge_px: int) -> None:
    """Copy a picture, or enlarge it."""
    if not edge_px:
        shutil.copyfile(file, target)
        return
    from PIL import Image

    with Image.open(file) as image:
        large = image.convert("RGB").resize((edge_px, edge_px), Image.Resampling.BICUBIC)
        large.save(target, quality=90)


def start(options: argparse.Namespace, side: str, taken: tuple[Path, Path]) -> worker.Worker:
    """Start the process of one side."""
    folders = ["--photos", str(taken[0]), "--paintings", str(taken[1])]
    command = [sys.executable, __file__, *folders, "--size-px", str(options.size_px)]
    return worker.Worker([*command, "--serve", side], dict(os.environ))


def serve(options: argparse.Namespace) -> None:
    """Prepare anew whenever asked to."""
    from artnb.data.prepare import prepare
    from artnb.data.sources import two_folders

    workers = None
    if options.serve == "one core":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if options.serve == "beam":
        from artnb.data.beam import BeamPipeline

        workers = BeamPipeline()
    source = two_folders(options.photos, options.paintings)
    prepared = []
    with tempfile.TemporaryDirectory() as folder:
        outs = (Path(folder) / str(number) for number in count())

        def one_round() -> None:
            dataset = prepare(source, next(outs), options.size_px, workers=workers)
            prepared[:] = [dataset.fingerprint]

        worker.serve(one_round)
    of_workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    largest = {"peak_memory_of_a_worker_gb": round(of_workers, 2)} if workers else {}
    worker.answer_at_the_end(fingerprint=prepared[0], **largest)


if __name__ == "__main__":
    main()
