"""Commands that make, fetch, prepare and check training data."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import artnb
from artnb import data
from artnb.cli import options
from artnb.cli.maker import Option

_KeepZip = Annotated[bool, "keep the zip beside it"]


def demo(
    *,
    out: Annotated[Path, "new folder"],
    size_px: Annotated[int, "edge of the pictures"] = 128,
    seed: Annotated[int, "another seed, other scenes"] = 0,
) -> None:
    """Make the embedded data: landscapes, paintings."""
    dataset = artnb.make_demo_data(out, size_px, seed=seed, progress=artnb.bar)
    print(f"{out}: {dataset.describe()}")
    print(f"Pictures to look at:  {out / 'pictures'}")
    print(f"Next:                 artnb train --data {out} --preset preview")


def digits(
    *,
    out: Annotated[Path, "new folder"],
    source: Annotated[str, "auto, mnist (downloaded), or scikit-learn (8×8, at hand)"] = "auto",
    count: Annotated[int, "at most so many"] = 5000,
) -> None:
    """Write handwritten digits, a folder for each: on them one soon sees whether a GAN works."""
    written = artnb.write_digits(out, source, count, progress=artnb.bar)
    print(f"{out}: {written:,} digits of 32 px")
    print(f"Next:  artnb train --method stylegan2 --data {out} --set classes=folders")


def prepare(
    *,
    x: Annotated[Path, "pictures to be turned into the others", Option(("--x", "--photos"))],
    y: Annotated[Path, "pictures of the style to learn", Option(("--y", "--paintings"))],
    out: options.DatasetOut,
    x_name: options.XName = "photo",
    y_name: options.YName = "painting",
    size_px: options.SizePx = 256,
    test_share: options.TestShare = 0.1,
    seed: options.SplitSeed = 0,
    licence: options.Licence = "",
    beam: options.Beam = None,
) -> None:
    """Turn two folders of pictures into a Dataset; the pictures themselves stay as they are."""
    source = artnb.two_folders(x, y, x_name, y_name).with_test_share(test_share)
    workers = chosen_workers(beam)
    dataset = artnb.prepare(source, out, size_px, seed, licence, artnb.bar, workers)
    say_prepared(out, dataset)


def chosen_workers(beam: str | None):
    """Give the workers of a Beam pipeline where `--beam` asks for them, otherwise None."""
    if beam is None:
        return None
    from artnb.data.beam import BeamPipeline

    return BeamPipeline(shlex.split(beam), progress=artnb.bar)


def say_prepared(out: Path, dataset) -> None:
    """Say what a new Dataset holds, what became of every picture, and what to do next."""
    from artnb.data.prepare import REPORT

    print(f"{out}: {dataset.describe()}")
    fates = {
        "unreadable": "pictures cannot be read: skipped",
        "duplicates": "pictures repeat others: kept",
        "passed_over": "files are no pictures that can be taken: passed over",
    }
    manifest = data.read_manifest(out)
    for remark in manifest.get("remarks", ()):
        print(f"Look at this: {remark}.")
    for name, problems in manifest["problems"].items():
        for kind, count in problems.items():
            if count:
                print(f"{name}: {count} {fates[kind]}; the report names them")
    print(f"Every file's fate:  {out / REPORT}")
    print(f"Next:               artnb train --data {out} --preset preview")


def kaggle(
    slug: Annotated[
        str, "last part of the competition's address", Option(metavar="SLUG")
    ] = "gan-getting-started",
    *,
    out: Annotated[Path | None, "folder to put SLUG in; else the cache"] = None,
    keep_zip: _KeepZip = False,
) -> None:
    """Get a Kaggle competition's files: attached, here already, or downloaded."""
    from artnb.data.fetch.competition import fetch_competition

    _say_next(fetch_competition(slug, out, keep_zip, progress=artnb.bar))


def cyclegan(
    name: Annotated[
        str,
        "monet2photo, vangogh2photo, cezanne2photo, ukiyoe2photo, horse2zebra …",
        Option(metavar="NAME"),
    ],
    *,
    server: Annotated[str | None, "address of a copy of the authors' zips"] = None,
    out: Annotated[Path | None, "folder to put NAME in; else the cache"] = None,
    keep_zip: _KeepZip = False,
) -> None:
    """Get a data set of the CycleGAN paper from its authors' server."""
    from artnb.data.fetch.cyclegan import SERVER, fetch_cyclegan

    _say_next(fetch_cyclegan(name, out, keep_zip, server or SERVER, progress=artnb.bar))


def _say_next(folder: Path) -> None:
    print(f"Look at it:  artnb data check {folder}")
    print(f"Next:        artnb train --data {folder} --preset preview")


def check(folder: Annotated[Path, "a Dataset, or any folder that train accepts"]) -> int:
    """Say what data holds and whether it is usable."""
    findings = artnb.check_data(folder, progress=artnb.bar)
    for line in findings.facts + findings.remarks:
        print(line)
    if findings.usable:
        print("Usable whole.")
        return 0
    for problem in findings.problems:
        print(f"artnb: {problem}", file=sys.stderr)
    return 2
