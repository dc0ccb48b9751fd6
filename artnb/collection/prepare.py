"""From two Collections to a Dataset, with a card that says what is in it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from artnb.collection.borders import Box, read_box
from artnb.collection.both_sides import describe_both, find_on_both
from artnb.collection.clean import kind_of
from artnb.collection.table import Collection, keeps
from artnb.data.dataset import Dataset, fixed_pictures
from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.data.images import encode_png
from artnb.data.prepare import prepare
from artnb.data.sources import DEFAULT_TEST_SHARE, FilePicture, Source, SourceDomain, check_names
from artnb.data.workers import Workers
from artnb.errors import InputError
from artnb.files import write_whole
from artnb.progress import Progress, silent

if TYPE_CHECKING:
    from pandas import DataFrame

    # A Collection with those of its rows that are used.
    Used = tuple[Collection, DataFrame]

CARD = "dataset.md"
SHEET = "contact.jpg"
_SHOWN = 10
_MOST_NAMED = 8


@dataclass(frozen=True)
class CroppedPicture(FilePicture):
    """A part of a picture that is a file of its own.

    Args:
        box: what is taken, in pixels of the upright picture.
    """

    box: Box | None = None

    @property
    def state(self) -> str:
        """A text that is another one when the file or the part has changed."""
        return f"{super().state} {self.box}"

    def read(self) -> bytes:
        """Give the encoded bytes: the file's own, or those of its part, lossless."""
        data = super().read()
        if self.box is None:
            return data
        image = decode_image(data)
        if self.box.right > image.width or self.box.bottom > image.height:
            raise UnreadableImageError(
                f"its crop {self.box} leads out of its {image.width}×{image.height} pixels"
            )
        return encode_png(np.asarray(self.box.crop(image)))


def prepare_pair(
    x: Collection,
    y: Collection,
    out: Path,
    names: tuple[str, str],
    size_px: int = 256,
    test_share: float = DEFAULT_TEST_SHARE,
    seed: int = 0,
    licence: str = "",
    progress: Progress = silent,
    workers: Workers | None = None,
    say: Callable[[str], None] = print,
) -> Dataset:
    """Make a Dataset of the pictures in use of two Collections, and its card.

    Crops of the table are applied; pictures of one `group` stay on one side of the split. Beside
    what `artnb.data.prepare.prepare` writes there are `dataset.md` and `contact.jpg`.

    Args:
        x: the pictures to be turned into the others.
        y: the others.
        out: the folder to make; it must not exist or be empty.
        names: of the two domains.
        size_px: edge of the squares, pixels, a multiple of 4.
        test_share: of each side, held out from training.
        seed: of the split.
        licence: under which the pictures may be used, for the record.
        progress: shows how far it has got.
        workers: who does the work; None is this machine, on all cores.
        say: called with a sentence where both sides show the same picture; the card says it too.

    Returns:
        The Dataset, opened.

    Raises:
        InputError: a Collection has no pictures in use, a `crop` is none, both sides hold the
            same picture, the names will not do, or as `prepare` says.
    """
    check_names(*names)
    used = [(side, usable(side)) for side in (x, y)]
    _check_apart(used)
    both = describe_both(find_on_both(*used, progress=progress))
    if both:
        say(f"Look at this: {both}.")
    domains = [
        SourceDomain(name, pictures_of(*side)) for name, side in zip(names, used, strict=True)
    ]
    source = Source(f"{x.folder.name}, {y.folder.name}", *domains).with_test_share(test_share)
    dataset = prepare(source, out, size_px, seed, licence, progress, workers)
    _draw_contact_sheet(dataset, out / SHEET)
    write_whole(out / CARD, _card(dataset, used, licence, seed, both))
    return dataset


def with_ids(collection: Collection, path: Path) -> Collection:
    """Take the rows whose ids a file names, such as `artnb collection pair` writes.

    Args:
        collection: to take from; it stays as it is.
        path: a text file with an id in each line.

    Raises:
        InputError: the file cannot be read, or names an id that no row has.
    """
    try:
        ids = set(filter(None, path.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} must be a text file with an id in each line ({error})") from error
    unknown = sorted(ids - set(collection.table["id"]))
    if unknown:
        raise InputError(
            f"{path} must name rows of {collection.folder}, and {len(unknown):,} of its ids are in "
            f"none, such as {unknown[0]}; pair the two again"
        )
    return collection.with_table(collection.table[collection.table["id"].isin(ids)])


def _check_apart(used: "list[Used]") -> None:
    files = [{side.path_of(file).resolve() for file in rows["file"]} for side, rows in used]
    shared = files[0] & files[1]
    if shared:
        raise InputError(
            f"the two sides must not share pictures, and {len(shared):,} are on both, such as "
            f"{sorted(shared)[0].name}; choose sides that exclude each other"
        )


def usable(collection: Collection) -> "DataFrame":
    """Give the rows in use whose picture is here, in a stable order."""
    kept = collection.kept
    here = [bool(file) and collection.path_of(file).is_file() for file in kept["file"]]
    return kept[np.array(here, bool)].sort_values("id", kind="stable")


def pictures_of(collection: Collection, rows: "DataFrame") -> tuple[CroppedPicture, ...]:
    """Give the pictures of some rows, as the table crops them.

    Raises:
        InputError: there are none.
    """
    if rows.empty:
        raise InputError(
            f"{collection.folder} must have pictures in use, and none of its "
            f"{len(collection.table):,} rows has one here; fetch them with artnb collection "
            f"fetch {collection.folder}, or look at keep in its table"
        )
    crops = rows["crop"] if "crop" in rows.columns else [""] * len(rows)
    return tuple(
        CroppedPicture(row_id, collection.path_of(file), group, read_box(crop, f"crop of {row_id}"))
        for row_id, file, group, crop in zip(
            rows["id"], rows["file"], rows["group"], crops, strict=True
        )
    )


def _draw_contact_sheet(dataset: Dataset, path: Path) -> None:
    from artnb.drawing.grids import in_rows, titled_grid

    sides = [fixed_pictures(domain.train, _SHOWN, dataset.size_px) for domain in dataset.domains]
    columns = max(map(len, sides))
    rows = [row for side in sides for row in in_rows(side, columns)]
    sheet = titled_grid(rows, title=f"{dataset.x.name} above, {dataset.y.name} below")
    sheet.save(path, quality=90)


def _card(dataset: Dataset, used: "list[Used]", licence: str, seed: int, both: str) -> str:
    """Write what a stranger wants to know of a Dataset."""
    parts = [
        f"# {dataset.x.name} → {dataset.y.name}",
        f"![Some of its pictures]({SHEET})",
        f"Squares of {dataset.size_px} px. Licence: {licence or 'not stated; ask before sharing'}.",
        "| | training | held out |\n|---|---|---|\n"
        + "\n".join(
            f"| {domain.name} | {len(domain.train):,} | {len(domain.test):,} |"
            for domain in dataset.domains
        ),
        f"Held out by a hash of seed {seed} and pixels; pictures of one group (near-duplicates, "
        "details of one painting) stay on one side.",
        *([f"{both}."] if both else []),
    ]
    for domain, side in zip(dataset.domains, used, strict=True):
        parts += [f"## {domain.name}", _facts(*side)]
    return "\n\n".join(parts) + "\n"


def _facts(side: Collection, rows: "DataFrame") -> str:
    lines = [f"- {len(rows):,} pictures of the collection {side.folder.name}"]
    hosts = [urlsplit(url).hostname or "" for urls in rows["urls"] for url in urls.split()[:1]]
    for title, values in (
        ("from", hosts),
        ("style", rows["style"]),
        ("genre", rows["genre"]),
        ("artist", rows["artist"]),
        ("cluster", [str(cluster) for cluster in rows["cluster"].dropna()]),
    ):
        if any(values):
            lines.append(f"- {title}: {_most_common(list(values))}")
    if rows["first_year"].notna().any():
        lines.append(f"- painted {rows['first_year'].min()} to {rows['last_year'].max()}")
    lines += _left_out(side, len(rows))
    return "\n".join(lines)


def _left_out(side: Collection, used: int) -> list[str]:
    """Say how many rows are not used, and why."""
    refused = side.table[~keeps(side.table)]
    absent = len(side.table) - len(refused) - used
    lines = []
    if len(refused):
        reasons = [kind_of(reason) or "no reason given" for reason in refused["reason"]]
        lines.append(f"- left out: {len(refused):,}: {_most_common(reasons)}")
    if absent:
        lines.append(f"- not here: {absent:,}")
    return lines


def _most_common(values: Sequence[str]) -> str:
    counts = Counter(value for value in values if value).most_common()
    named = ", ".join(f"{value} ({count:,})" for value, count in counts[:_MOST_NAMED])
    return named + (f", and {len(counts) - _MOST_NAMED:,} more" if counts[_MOST_NAMED:] else "")
