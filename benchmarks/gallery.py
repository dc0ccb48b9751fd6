"""Time galleries of few and of many photos, and measure what they take on disk and in memory.

    python benchmarks/gallery.py --photos FOLDER
    python benchmarks/gallery.py --photos FOLDER --counts 100,300 --preset preview

Every photo is painted by one epoch of a Run of random weights: how well it paints makes no
difference. Each size is made by a process of its own, twice: the second time everything is there.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import worker  # noqa: E402


def main() -> None:
    """Make a gallery of each size, or be the process that makes one."""
    options = parse()
    if options.serve:
        serve(options)
        return
    figures = {"machine": machine.describe(), "preset": options.preset}
    for count in map(int, options.counts.split(",")):
        figures[f"{count} photos"] = measured(options, count)
        print(f"{count:,} photos: {figures[f'{count} photos']}")
    print(machine.save("gallery", figures))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", required=True, help="a folder of photos")
    parser.add_argument("--counts", default="700,7038", help="sizes of galleries")
    parser.add_argument("--preset", default="smoke", help="whose generator paints")
    parser.add_argument("--keep", help="a folder that the galleries stay in, to be looked at")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    return parser.parse_args()


def measured(options: argparse.Namespace, count: int) -> dict:
    """Make one gallery twice; give seconds, sizes and peak memory."""
    kept = options.keep and Path(options.keep) / str(count)
    folder = Path(kept or tempfile.mkdtemp())
    arguments = ["--photos", options.photos, "--counts", str(count), "--preset", options.preset]
    command = [sys.executable, __file__, *arguments, "--serve", str(folder)]
    side = worker.Worker(command, {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    first, again = side.round(), side.round()
    figures = {
        "seconds": round(first, 1),
        "photos_a_second": round(count / first, 1),
        "seconds_when_all_is_there": round(again, 1),
        **sizes(folder / "gallery"),
        **side.finish(),
    }
    if not kept:
        shutil.rmtree(folder)
    return figures


def serve(options: argparse.Namespace) -> None:
    """Make the gallery whenever asked to."""
    from artnb.gallery.make import make_gallery

    folder, count = Path(options.serve), int(options.counts)
    run = untrained_run(folder / "run", options.preset)

    def make() -> None:
        gallery = make_gallery(
            [run], folder / "gallery", Path(options.photos), count=count, kinds=["painting"]
        )
        assert len(gallery.exhibits) == count

    worker.serve(make)
    worker.answer_at_the_end()


def untrained_run(folder: Path, preset: str):
    """Make a Run of one epoch whose generators have random weights."""
    from artnb.method import preset_config
    from artnb.methods.cyclegan.model import build_generator
    from artnb.runs.run import new_run
    from artnb.runs.snapshots import save_snapshot

    config = preset_config(preset)
    run = new_run(folder, config)
    run.note(data={"x": "photo", "y": "painting", "path": "", "fingerprint": ""})
    networks = {name: build_generator(config, name) for name in ("generator_g", "generator_f")}
    save_snapshot(run.snapshot(1), networks, {"epoch": 1})
    return run


def sizes(gallery: Path) -> dict[str, float]:
    """Measure a gallery's folder."""
    files = {path: path.stat().st_size for path in gallery.rglob("*") if path.is_file()}
    pages = [size for path, size in files.items() if path.suffix == ".html"]
    return {
        "files": len(files),
        "megabytes": round(sum(files.values()) / 1e6, 1),
        "pages": len(pages),
        "largest_page_kilobytes": round(max(pages) / 1e3, 1),
        "gallery_json_megabytes": round(files[gallery / "gallery.json"] / 1e6, 2),
    }


if __name__ == "__main__":
    main()
