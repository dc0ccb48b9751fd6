"""Time `artnb collection pair`, and a second call on the same pictures.

    python benchmarks/pair.py --x ../shared/data/gan-getting-started/photo_jpg \
        --y ../shared/data/gan-getting-started/monet_jpg --most 1000

Each call is a process of its own, with a new cache for the first one. `--artnb FOLDER` takes the
package of another checkout, to compare with; `--name` then names the file of its figures.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import machine


def main() -> None:
    """Make two Collections of links to the pictures, and pair them twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--x", type=Path, required=True, help="a folder of pictures")
    parser.add_argument("--y", type=Path, required=True, help="another")
    parser.add_argument("--most", type=int, default=1000, help="pictures of each")
    parser.add_argument("--artnb", type=Path, default=Path(__file__).resolve().parents[1])
    parser.add_argument("--name", default="pair", help="of the file of figures")
    options = parser.parse_args()
    before, seconds = machine.describe(), []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        counts = {side: link(getattr(options, side), work / side, options.most) for side in "xy"}
        environment = os.environ | {
            "PYTHONPATH": str(options.artnb),
            "ARTNB_CACHE": str(work / "cache"),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        for side in "xy":
            run(["read", work / side, "--out", work / f"{side}-table"], environment)
        for _ in range(2):
            start, used = time.perf_counter(), os.times()
            run(["pair", work / "x-table", work / "y-table"], environment)
            now = os.times()
            cpu = now.children_user + now.children_system - used[2] - used[3]
            wall = time.perf_counter() - start
            seconds.append({"seconds": round(wall, 1), "cpu_seconds": round(cpu, 1)})
            print(seconds[-1])
    figures = {"machine": before, "pictures": counts, "first": seconds[0], "second": seconds[1]}
    print(machine.save(options.name, figures))


def link(pictures: Path, folder: Path, most: int) -> int:
    """Link the first pictures of a folder into a new one; give how many."""
    folder.mkdir()
    chosen = sorted(pictures.glob("*.jpg"))[:most]
    for path in chosen:
        (folder / path.name).symlink_to(path.resolve())
    return len(chosen)


def run(action: list, environment: dict[str, str]) -> None:
    """Call an action of `artnb collection`."""
    command = [sys.executable, "-m", "artnb", "collection", *map(str, action)]
    # Of the folder that it is called in, python -m takes packages first.
    place = environment["PYTHONPATH"]
    subprocess.run(command, env=environment, cwd=place, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
