"""Data and results in files small enough to be carried by hand, mail or a notebook's upload."""

import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors import safe_open

from artnb.errors import InputError
from artnb.files import remove_folder, unfinished_file, unfinished_folder, write_whole
from artnb.runs.arrays import save_arrays

PIECE_MB = 15.5
_SNAPSHOT = "snapshot"
_LOOKS = "looks.zip"
_KEPT_GRIDS = 12  # of some 0.5 MB each


def pack(folder: Path, file: Path, limit_mb: float, quality: int) -> str:
    """Pack the competition's folder into one zip of re-encoded JPEGs.

    All paintings and as many photos as fit, the same ones every time.

    Args:
        folder: with `monet_jpg` and `photo_jpg`, or any two folders of pictures; the one with
            fewer pictures is packed whole.
        file: the zip to make.
        limit_mb: what it may take.
        quality: of the JPEGs, 1 to 95.

    Returns:
        What was packed, to print.
    """
    domains = sorted((d for d in folder.iterdir() if any(d.glob("*.jpg"))), key=_count)[:2]
    if len(domains) != 2:
        raise InputError(f"{folder} must hold two folders of JPEGs, got {len(domains)}")
    left, packed = limit_mb * 1e6, {domain.name: 0 for domain in domains}
    with unfinished_file(file) as part, zipfile.ZipFile(part, "w") as archive:
        for domain in domains:
            pictures = sorted(domain.glob("*.jpg"))
            random.Random(0).shuffle(pictures)
            for path in pictures:
                jpeg = _encoded(path, quality)
                left -= len(jpeg) + 2 * len(path.name) + 150  # the zip's own entries
                if left < 0:
                    break
                archive.writestr(f"{domain.name}/{path.name}", jpeg)
                packed[domain.name] += 1
    sizes = ", ".join(f"{count} of {name}" for name, count in packed.items())
    return f"{sizes} in {file.stat().st_size / 1e6:.1f} MB: {file}"


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*.jpg"))


def _encoded(path: Path, quality: int) -> bytes:
    buffer = io.BytesIO()
    with Image.open(path) as picture:
        picture.convert("RGB").save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def unpacked(data: Path, work: Path) -> Path:
    """Give a folder of data: itself, or what a packed file holds."""
    if data.is_dir():
        return data
    folder = work / "data"
    if not folder.is_dir():
        with unfinished_folder(folder) as part, zipfile.ZipFile(data) as archive:
            archive.extractall(part)
    return folder


def keep_looks(run: Path, out: Path) -> None:
    """Keep what a Run has to look at in one small file: logs, curves, scores, grids as JPEG."""
    with unfinished_file(out / _LOOKS) as part, zipfile.ZipFile(part, "w") as archive:
        for path in sorted(run.glob("*")):
            if path.is_file() and not path.name.endswith(".part"):
                archive.write(path, path.name)
        for path in _spread(sorted(run.glob("samples/*.png"), key=lambda p: p.stat().st_mtime)):
            archive.writestr(f"samples/{path.stem}.jpg", _encoded(path, quality=80))


def _spread(paths: list[Path]) -> list[Path]:
    """Choose as many as may be kept, evenly from the first to the last."""
    places = np.linspace(0, len(paths) - 1, min(len(paths), _KEPT_GRIDS)).round().astype(int)
    return [paths[place] for place in places]


def keep_snapshot(snapshot: Path, out: Path) -> None:
    """Keep a snapshot as pieces; the folder that held an earlier one gives way to it."""
    folder = out / f"{_SNAPSHOT}-{snapshot.stem}"
    if folder.exists():
        return
    with unfinished_folder(folder) as part:
        for number, (facts, piece) in enumerate(_pieces(snapshot)):
            save_arrays(part / f"{number}.safetensors", piece, facts)
    for earlier in out.glob(f"{_SNAPSHOT}-epoch-*"):
        if earlier != folder:
            remove_folder(earlier)


def _pieces(snapshot: Path) -> Iterator[tuple[dict[str, str], dict[str, np.ndarray]]]:
    with safe_open(snapshot, framework="numpy") as file:
        facts, piece, size = file.metadata(), {}, 0
        for name in file.keys():  # noqa: SIM118
            array = np.ascontiguousarray(file.get_tensor(name))
            if piece and size + array.nbytes > PIECE_MB * 1e6:
                yield facts, piece
                piece, size = {}, 0
            piece[name] = array
            size += array.nbytes
        yield facts, piece


def join(out: Path, run: Path) -> str:
    """Make a Run again of what was kept: it can be evaluated, shown and painted with.

    Args:
        out: the folder with the looks and the pieces.
        run: the Run to make.

    Returns:
        What was made, to print.
    """
    with unfinished_folder(run) as part:
        with zipfile.ZipFile(out / _LOOKS) as archive:
            archive.extractall(part)
        for folder in out.glob(f"{_SNAPSHOT}-epoch-*[0-9]"):
            _join_pieces(folder, part)
    return f"{run} is a Run again"


def _join_pieces(folder: Path, run: Path) -> None:
    arrays, facts = {}, {}
    for piece in sorted(folder.glob("*.safetensors")):
        with safe_open(piece, framework="numpy") as file:
            facts = file.metadata()
            arrays |= {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    target = run / "snapshots" / f"{folder.name.removeprefix(_SNAPSHOT + '-')}.safetensors"
    target.parent.mkdir(exist_ok=True)
    save_arrays(target, arrays, facts)


def keep_report(facts: dict, out: Path) -> None:
    """Write the report, whole, as it stands."""
    write_whole(out / "report.json", json.dumps(facts, indent=2) + "\n")
