"""Make a Dataset: prepared pictures in shards, a dataset.json, a report on every file."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from artnb.data.dataset import Dataset, open_dataset
from artnb.data.manifest import SPLITS
from artnb.data.scan import Entry, ScannedDomain, remarks_on, split_domain
from artnb.data.shards import Part, shards_of, write_manifest
from artnb.data.sources import Source, SourceDomain
from artnb.data.workers import Chunk, ThisMachine, Workers, chunks_of, read_chunk
from artnb.errors import InputError, UnfinishedError
from artnb.files import remove_folder, unfinished_folder
from artnb.locks import locked
from artnb.progress import Progress, silent

REPORT = "report.csv"
SMALLEST_SIZE_PX = 32


def check_size(size_px: int) -> int:
    """Check an edge length that the networks can work with.

    Raises:
        InputError: it is below 32 or not divisible by 4.
    """
    if size_px < SMALLEST_SIZE_PX:
        raise InputError(f"size_px must be at least {SMALLEST_SIZE_PX}, got {size_px}; use 256")
    if size_px % 4:
        below = size_px - size_px % 4
        raise InputError(
            f"size_px must be a multiple of 4, got {size_px}; use {below} or {below + 4}"
        )
    return size_px


def prepare(
    source: Source,
    out: str | Path,
    size_px: int = 256,
    seed: int = 0,
    licence: str = "",
    progress: Progress = silent,
    workers: Workers | None = None,
) -> Dataset:
    """Turn a source into a Dataset.

    Every picture is decoded, turned upright, brought to RGB, scaled with antialiasing, cropped
    to the middle square and stored as JPEG; what already is such a JPEG keeps its bytes. No
    input file is changed. What cannot be read is skipped and stands in `report.csv`, as do
    repeats.

    What is prepared is kept in a hidden folder beside `out` until the Dataset is whole. After an
    interruption the same call finds it there and goes on. At no time are more than a few pictures
    in memory, and equal sources give equal shards, whoever prepares them.

    Args:
        source: where the pictures come from.
        out: the folder to make; it must not exist or be empty.
        size_px: edge of the squares, pixels, a multiple of 4.
        seed: of the split; it is kept in dataset.json.
        licence: under which the pictures may be used, for the record.
        progress: shows how far it has got.
        workers: who does the work; None is this machine, on all cores.

    Returns:
        The Dataset, opened; its pictures are read from the shards when they are asked for.

    Raises:
        InputError: `size_px` or `out` will not do, another process works on `out`, or a domain
            has fewer than two usable pictures.
    """
    check_size(size_px)
    out = Path(out)
    workers = workers or ThisMachine(progress)
    with (
        locked(out, f"the Dataset {out}"),
        _kept_until_done(out) as chunks_folder,
        new_folder(out) as folder,
    ):
        x, y = _prepare_pictures(source, size_px, seed, chunks_folder, workers)
        write_report(folder / REPORT, (x, y), source)
        parts = [
            Part(domain.name, split, [entry.picture for entry in domain.split(split)])
            for domain in (x, y)
            for split in SPLITS
        ]
        written = workers.write_shards(
            folder, [shard for part in parts for shard in shards_of(part)]
        )
        details = {
            "source": source.path,
            "licence": licence,
            "split": {"rule": "sha256 of seed and pixels", "seed": seed},
            "problems": {
                scanned.name: _count_problems(scanned, domain)
                for scanned, domain in ((x, source.x), (y, source.y))
            },
            **({"remarks": remarks} if (remarks := remarks_on((x, y), size_px)) else {}),
        }
        write_manifest(folder, parts, written, size_px, details)
    return open_dataset(out, memory_limit_gb=0)


def _prepare_pictures(
    source: Source, size_px: int, seed: int, folder: Path, workers: Workers
) -> tuple[ScannedDomain, ScannedDomain]:
    chunks = [chunks_of(domain.all_pictures, size_px) for domain in (source.x, source.y)]
    workers.prepare_chunks(folder, [*chunks[0], *chunks[1]])

    def split(domain: SourceDomain, its_chunks: Sequence[Chunk]) -> ScannedDomain:
        entries = [entry for chunk in its_chunks for entry in read_chunk(folder, chunk)]
        return split_domain(domain, entries, seed)

    return split(source.x, chunks[0]), split(source.y, chunks[1])


@contextmanager
def _kept_until_done(out: Path) -> Iterator[Path]:
    """Name a folder for what is prepared; it outlives an interruption, but no other ending."""
    folder = out.parent / f".{out.name}-unfinished"
    try:
        yield folder
    except UnfinishedError:
        raise
    except InputError:
        remove_folder(folder)
        raise
    remove_folder(folder)


def _count_problems(scanned: ScannedDomain, domain: SourceDomain) -> dict[str, int]:
    passed_over = {"passed_over": len(domain.passed_over)} if domain.passed_over else {}
    return {
        "unreadable": len(scanned.split("unreadable")),
        "duplicates": len(scanned.duplicates),
        **passed_over,
    }


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Fill a folder under a temporary name; it gets its own name when it is complete.

    Raises:
        InputError: `out` is a file, a folder that is not empty or cannot be replaced, or lies
            where nothing can be made.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} must be new or empty, and it is not; choose another --out")
    if out.is_mount() or out.resolve() == Path.cwd():
        raise InputError(f"{out} cannot be replaced by a finished folder; name a folder in it")
    with ExitStack() as stack:
        try:
            unfinished = stack.enter_context(unfinished_folder(out))
        except OSError as error:
            raise InputError(f"{out} cannot be made ({error}); choose another --out") from error
        yield unfinished


def write_report(
    path: Path, domains: Sequence[ScannedDomain], source: Source | None = None
) -> None:
    """Write what became of every file, a row each; of a source also what was passed over."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["domain", "name", "outcome", "duplicate_of", "problem", "pixel_sha256"])
        for domain in domains:
            writer.writerows(_report_row(domain.name, entry) for entry in domain.entries)
        for one in (source.x, source.y) if source else ():
            rows = ([one.name, name, "passed over", "", why, ""] for name, why in one.passed_over)
            writer.writerows(rows)


def _report_row(domain: str, entry: Entry) -> list[str]:
    return [
        domain,
        entry.picture.name,
        entry.split,
        entry.duplicate_of,
        entry.problem,
        entry.pixel_sha256,
    ]
