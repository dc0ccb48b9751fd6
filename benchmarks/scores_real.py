"""Score pairs of real sets, folders and Runs by Inception's real weights: figures to compare with.

    make .venv-weights/.ready
    .venv-weights/bin/python benchmarks/scores_real.py --data ../shared/data/gan-getting-started
    .venv-weights/bin/python benchmarks/scores_real.py --run outputs/monet      # all its epochs
    .venv-weights/bin/python benchmarks/scores_real.py --data … --fake paintings/

FID, KID × 1000 and MiFID with their intervals: of sets of the competition, and of a folder, against
its 300 Monets; of a Run as `artnb evaluate` has them, up to 300 held-out photos against its own
paintings, and its `scores.csv` gets them too. What was measured before comes from artnb's cache.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import machine
import numpy as np
from PIL import Image, ImageFilter

import artnb
from artnb.data.images import decode_rgb
from artnb.evaluation import Choice, Evaluator, Score, fid, kid, mifid
from artnb.evaluation.extractor import Extractor
from artnb.evaluation.measure import measure, open_cache
from artnb.evaluation.pictures import EncodedPictures, pictures_of_folder, pictures_of_splits
from artnb.evaluation.rows import PHOTOS, Row
from artnb.evaluation.sets import DEFAULT_PHOTOS
from tools.real_inception import prepared_weights

METRICS = ("fid", "kid", "mifid")
BLUR_RADIUS_PX = 1


def main() -> None:
    """Score what is asked for, print a table, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="the competition's folder, or a Run's data")
    parser.add_argument("--run", type=Path, help="a Run to score by epoch")
    parser.add_argument("--count", type=int, help="photos that the Run paints (default: 300)")
    parser.add_argument("--fake", type=Path, help="a folder of generated pictures to score")
    options = parser.parse_args()
    if not (options.run or options.data):
        parser.error("--data says where the 300 Monets are")
    before = machine.describe()
    extractor = Extractor("inception", prepared_weights())
    name = "scores-real"
    if options.run:
        rows = of_run(options.run, options.data, options.count, extractor)
        name += f"-{options.run.name}"
    elif options.fake:
        rows = of_folder(options.fake, options.data, extractor)
        name += f"-{options.fake.name}"
    else:
        rows = of_real_pairs(options.data, extractor)
    for row in rows:
        print(as_line(row))
    figures = {"machine": before, "weights_sha256": extractor.weights_sha256, "rows": rows}
    print(machine.save(name, figures))


def of_real_pairs(data: Path, extractor: Extractor) -> list[dict[str, Any]]:
    """Score sets of real pictures against each other, and paintings against themselves blurred."""
    cache = open_cache()

    def features(pictures: EncodedPictures) -> np.ndarray:
        measured = measure(pictures.some(DEFAULT_PHOTOS), [extractor], cache, artnb.bar)
        return measured.numbers[extractor.key]

    monet = pictures_of_folder(data / "monet_jpg")
    paintings = features(monet)
    photos = features(pictures_of_folder(data / "photo_jpg"))
    held_out = pictures_of_splits("held-out photos", artnb.open_dataset(data).x.test)
    with tempfile.TemporaryDirectory() as folder:
        blur(monet, BLUR_RADIUS_PX, Path(folder))
        blurred = features(pictures_of_folder(Path(folder)))
    return [
        row("photos, untouched", paintings, photos),
        row("every third of them", paintings, photos[::3]),
        row("held-out photos, untouched", paintings, features(held_out)),
        row("one half of Monet for the other", paintings[::2], paintings[1::2]),
        row(f"Monet himself, blurred by {BLUR_RADIUS_PX} px", paintings, blurred),
    ]


def blur(pictures: EncodedPictures, radius_px: float, folder: Path) -> None:
    """Write pictures blurred, without loss."""
    for place, name in enumerate(pictures.names):
        image = Image.fromarray(decode_rgb(pictures.read_bytes(place)))
        blurred = image.filter(ImageFilter.GaussianBlur(radius_px))
        blurred.save(folder / f"{Path(name).stem}.png", compress_level=1)


def row(what: str, real: np.ndarray, fake: np.ndarray) -> dict[str, Any]:
    """Score features against features."""
    scores = {"FID": fid(real, fake), "KID": kid(real, fake), "MiFID": mifid(real, fake)}
    return {"what": what, "real": len(real), "generated": len(fake), **figures_of(scores)}


def of_run(
    path: Path, data: Path | None, count: int | None, extractor: Extractor
) -> list[dict[str, Any]]:
    """Score a Run's kept epochs on held-out photos, and these photos themselves."""
    evaluator = Evaluator(extractor, METRICS, progress=artnb.bar)
    run, choice = artnb.open_run(path), Choice(data, count=count)
    scores = artnb.evaluate(run, evaluator, choice=choice, say=print, anchor=True)
    return rows_of(path.name, [*scores.photos, *scores.rows])


def of_folder(fake: Path, data: Path, extractor: Extractor) -> list[dict[str, Any]]:
    """Score a folder of generated pictures."""
    evaluator = Evaluator(extractor, METRICS, progress=artnb.bar)
    return rows_of(fake.name, artnb.evaluate_folders(data / "monet_jpg", fake, evaluator))


def rows_of(name: str, scored: list[Row]) -> list[dict[str, Any]]:
    """Gather what was scored of each epoch."""
    by_epoch: dict[str, dict[str, Row]] = {}
    for each in scored:
        what = f"{name}, epoch {each.epoch}" if each.epoch else name
        what = f"the photos of {name}, untouched" if each.split == PHOTOS else what
        by_epoch.setdefault(what, {})[each.metric] = each
    return [
        {
            "what": what,
            "real": int(rows["FID"].reference_count),
            "generated": int(rows["FID"].generated_count),
            **figures_of({metric: each.score for metric, each in rows.items()}),
        }
        for what, rows in by_epoch.items()
    ]


def figures_of(scores: dict[str, Score]) -> dict[str, list[float]]:
    """Give value and ends of each interval, of KID a thousandfold."""
    return {
        title: [round(times * number, 4) for number in (score.value, score.low, score.high)]
        for title, score, times in (
            ("FID", scores["FID"], 1),
            ("KID × 1000", scores["KID"], 1000),
            ("MiFID", scores["MiFID"], 1),
        )
    }


def as_line(row: dict[str, Any]) -> str:
    """Write a row of a Markdown table."""
    cells = [row["what"], f"{row['real']} / {row['generated']}"]
    for title in ("FID", "KID × 1000", "MiFID"):
        value, low, high = row[title]
        cells.append(f"{value:.1f} ({low:.1f} to {high:.1f})")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
