"""Cleaning a collection: what is found goes into the table, and nothing else is changed.

    keep     no for repeats, small and unreadable pictures, and clusters that are not wanted
    reason   why not, or what to look at: blank and nearly grey pictures are kept, and so said
    crop     "left top right bottom" in pixels of the upright picture; "none" leaves it whole
    group    near-duplicates, and details of one painting, share one
    width, height    of the upright picture, pixels

What the user wrote wins: a row whose `keep` is set (but by an earlier cleaning), a `crop` that is
not what was found. Cleaning again takes back what it said before and no longer finds. Groups only
grow; to begin anew, empty the column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artnb.collection.borders import SMALLEST_REMAINDER, WHOLE, read_box
from artnb.collection.duplicates import MOST_BITS, find_details, find_near, find_repeats
from artnb.collection.inspection import REMEMBERED, Inspection, inspect_files
from artnb.collection.table import NO, YES, Collection, keeps
from artnb.collection.text_tables import plain
from artnb.data.scan import group_pairs
from artnb.errors import InputError
from artnb.progress import Progress, silent

if TYPE_CHECKING:
    from pandas import DataFrame

# Three quarters of what most trainings see: enlarging by a third does not show yet.
SMALLEST_PX = 192
# Grey levels. White paper and plain canvas have a contrast of 1 to 3, fog at sea some 10.
BLANK_CONTRAST = 4.0
# Grey levels. JPEG gives grey photos up to 3; a sepia print has 30.
GREY_COLOUR = 12.0
# By the number of a row, where there is a file.
Found = dict[int, Inspection]
# What a cleaning writes begins so; everything else is the user's.
REPEATS, _SMALL, _UNREADABLE, _CLUSTER = "repeats ", "too small: ", "unreadable: ", "left out: "
_LOOK_AT = "kept, but look at it: "
TWO_STYLES = f"{_LOOK_AT}also there under the style "
_OURS = (REPEATS, _SMALL, _UNREADABLE, _CLUSTER, _LOOK_AT)


@dataclass(frozen=True)
class Cleaning:
    """What cleaning looks for.

    Args:
        smallest_px: shorter side that a picture needs after cropping, pixels; 0 takes all.
        crop: find borders and frames.
        smallest_remainder: share of a picture's area that must be left by cropping; a picture
            with more border than that stays whole, and is said to have one.
        most_bits: of 64 by which the hashes of near-duplicates differ; None keeps repeats.
        without_clusters: numbers of clusters to leave out, such as text pages and sculptures.
    """

    smallest_px: int = SMALLEST_PX
    crop: bool = True
    smallest_remainder: float = SMALLEST_REMAINDER
    most_bits: int | None = MOST_BITS
    without_clusters: Sequence[int] = ()

    def __post_init__(self) -> None:
        if self.smallest_px < 0:
            raise InputError(f"the smallest side must be 0 px or more, got {self.smallest_px}")
        if not 0 < self.smallest_remainder <= 1:
            raise InputError(
                "the share of a picture that cropping must leave is above 0 and at most 1, "
                f"got {self.smallest_remainder}"
            )
        if self.most_bits is not None and not 0 <= self.most_bits <= 16:
            raise InputError(
                f"near-duplicates differ by 0 to 16 of 64 bits, got {self.most_bits}; "
                "from 8 on other pictures of a like composition come in"
            )


@dataclass(frozen=True)
class Cleaned:
    """A collection after cleaning, not yet saved.

    Args:
        collection: with the findings in its table.
        counts: how many rows each finding has.
    """

    collection: Collection
    counts: dict[str, int]

    def describe(self) -> str:
        """Say what was found, a line for each finding."""
        return "\n".join(f"{count:7,} {what}" for what, count in self.counts.items())


def clean(
    collection: Collection, cleaning: Cleaning | None = None, progress: Progress = silent
) -> Cleaned:
    """Look at every picture of a collection and write into its table what is to be left out.

    Every picture is looked at once; what was found is remembered in `looks.jsonl` beside the
    table, so that cleaning again, with other settings or after edits, takes seconds.

    Args:
        collection: rows whose `file` is empty are passed by.
        cleaning: what to look for.
        progress: shows how far it has got.

    Returns:
        The collection with another table; `save()` it.

    Raises:
        InputError: a `crop` that the user wrote cannot be read, or there is no such cluster.
    """
    cleaning = cleaning or Cleaning()
    _check_clusters(collection.table, cleaning)
    table = _without_own_findings(collection.table)
    files = table["file"][table["file"] != ""]
    collection.folder.mkdir(parents=True, exist_ok=True)
    by_file = inspect_files(collection.images, files, collection.folder / REMEMBERED, progress)
    found = {row: by_file[file] for row, file in files.items()}
    for side in ("width", "height"):
        _write(table, side, {r: str(getattr(s, side)) for r, s in found.items() if s.width})
    _write_crops(table, found, cleaning)
    pairs = _near_pairs(found, cleaning.most_bits)
    _leave_out(table, found, cleaning)
    _leave_out_repeats(table, found, pairs, cleaning)
    # After the repeats: a copy of what is not wanted is not wanted either.
    _leave_out_clusters(table, cleaning.without_clusters)
    _note_remarks(table, found, cleaning)
    details = find_details(list(table["artist"]), list(table["title"]))
    _write_groups(table, [*pairs, *details])
    return Cleaned(collection.with_table(table), _count(table))


def kind_of(reason: str) -> str:
    """Give what reasons that cleaning wrote have in common; others are of a kind by themselves."""
    if reason.startswith(_CLUSTER):
        return reason.removeprefix(_CLUSTER)
    return next((begin.strip(" :") for begin in _OURS if reason.startswith(begin)), reason)


def _check_clusters(table: "DataFrame", cleaning: Cleaning) -> None:
    known = sorted(table["cluster"].dropna().unique().tolist())
    unknown = [number for number in cleaning.without_clusters if number not in known]
    if unknown:
        there = f"there are {', '.join(map(str, known))}" if known else "there are none yet"
        raise InputError(f"clusters to leave out must be in the table, got {unknown[0]}; {there}")


def _without_own_findings(table: "DataFrame") -> "DataFrame":
    """Give a copy in which only what the user decided is decided."""
    table = table.copy()
    for name in ("crop", "width", "height"):
        if name not in table.columns:
            table[name] = ""
    ours = table["reason"].str.startswith(_OURS)
    table.loc[ours & ~keeps(table), "keep"] = ""
    table.loc[ours, "reason"] = ""
    return table


def _may_be_cut(seen: Inspection, cleaning: Cleaning) -> bool:
    if not (cleaning.crop and seen.inside):
        return False
    width, height = read_box(seen.inside).size
    return width * height >= cleaning.smallest_remainder * seen.width * seen.height


def _keeps_border(seen: Inspection, cleaning: Cleaning) -> bool:
    return bool(cleaning.crop and seen.inside) and not _may_be_cut(seen, cleaning)


def _write_crops(table: "DataFrame", found: Found, cleaning: Cleaning) -> None:
    """Write what lies inside borders, but leave what the user wrote in its place."""
    crops = {
        row: seen.inside if _may_be_cut(seen, cleaning) else ""
        for row, seen in found.items()
        if table.at[row, "crop"].strip() in ("", seen.inside)
    }
    _write(table, "crop", crops)
    for row, seen in found.items():
        box = read_box(table.at[row, "crop"], f"crop of {table.at[row, 'id']}")
        if box and seen.width and (box.right > seen.width or box.bottom > seen.height):
            raise InputError(
                f"crop must lie within the picture, and that of {table.at[row, 'id']} is "
                f"{box} of {seen.width}×{seen.height} px; correct it, or write {WHOLE}"
            )


def _near_pairs(found: Found, most_bits: int | None) -> list[tuple[int, int]]:
    """Find near-duplicates among the pictures that show anything."""
    if most_bits is None:
        return []
    rows = [row for row, s in found.items() if s.hashes and s.contrast >= BLANK_CONTRAST]
    near = find_near([found[row].hashes for row in rows], most_bits)
    return [(rows[one], rows[other]) for one, other in near]


def _leave_out(table: "DataFrame", found: Found, cleaning: Cleaning) -> None:
    """Leave out what cannot be read and what is too small."""
    reasons = {}
    for row, seen in found.items():
        if seen.problem:
            reasons[row] = _UNREADABLE + seen.problem
        elif min(size := _used_size(table, row, seen)) < cleaning.smallest_px:
            reasons[row] = f"{_SMALL}{size[0]}×{size[1]} px"
    _refuse(table, reasons)


def _used_size(table: "DataFrame", row: int, seen: Inspection) -> tuple[int, int]:
    box = read_box(table.at[row, "crop"])
    return box.size if box else (seen.width, seen.height)


def _leave_out_repeats(
    table: "DataFrame", found: Found, pairs: list[tuple[int, int]], cleaning: Cleaning
) -> None:
    """Keep the largest of what looks the same, rather than one with a border that stays; what the
    user chose comes first. A picture that repeats another of another style is said of both.
    """
    used, ids = keeps(table), table["id"]
    chosen = table["keep"].str.strip().str.lower() == YES
    candidates = [(one, other) for one, other in pairs if used[one] and used[other]]
    ranks = {}
    for row in {row for pair in candidates for row in pair}:
        width, height = _used_size(table, row, found[row])
        ranks[row] = (
            not chosen[row],
            _keeps_border(found[row], cleaning),
            -width * height,
            ids[row],
        )
    repeats = find_repeats(candidates, ranks)
    _refuse(table, {row: f"{REPEATS}{ids[kept]}" for row, kept in repeats.items()})
    styles = table["style"].map(plain)
    for row, kept in repeats.items():
        if (
            styles[row]
            and styles[kept]
            and styles[row] != styles[kept]
            and not table.at[kept, "reason"]
        ):
            table.at[kept, "reason"] = f"{TWO_STYLES}{table.at[row, 'style']}, as {ids[row]}"


def _leave_out_clusters(table: "DataFrame", numbers: Sequence[int]) -> None:
    clusters = table["cluster"][table["cluster"].isin(numbers)]
    _refuse(table, {row: f"{_CLUSTER}cluster {number}" for row, number in clusters.items()})


def _refuse(table: "DataFrame", reasons: dict[int, str]) -> None:
    """Set keep to no where the user has not decided."""
    free = table["keep"].str.strip() == ""
    chosen = {row: reason for row, reason in reasons.items() if free[row]}
    _write(table, "keep", dict.fromkeys(chosen, NO))
    _write(table, "reason", chosen)


def _note_remarks(table: "DataFrame", found: Found, cleaning: Cleaning) -> None:
    """Say of pictures that are kept what an eye should judge, where there is room to say it."""
    free = (table["reason"] == "") & keeps(table)
    remarks = {row: _remark(seen, cleaning) for row, seen in found.items() if free[row]}
    _write(table, "reason", {row: _LOOK_AT + remark for row, remark in remarks.items() if remark})


def _remark(seen: Inspection, cleaning: Cleaning) -> str:
    if seen.problem:
        return f"unreadable, {seen.problem}"
    if seen.contrast < BLANK_CONTRAST:
        return "blank"
    if seen.colour < GREY_COLOUR:
        return "nearly grey"
    if _keeps_border(seen, cleaning):
        return "more border than may be cut"
    return ""


def _write_groups(table: "DataFrame", pairs: list[tuple[int, int]]) -> None:
    """Give what belongs together one group, together with the groups that were there."""
    ids, named = table["id"], table["group"]
    first: dict[str, int] = {}
    old = [(first.setdefault(name, row), row) for row, name in named.items() if name]
    written = {}
    for members in group_pairs(len(table), [*old, *pairs]):
        name = min(set(named[members]) - {""}, default=min(ids[members]))
        written |= dict.fromkeys(members, name)
    _write(table, "group", written)


def _write(table: "DataFrame", column: str, values: dict[int, str]) -> None:
    """Write into one column, by the numbers of rows."""
    table.loc[list(values), column] = list(values.values())


def _count(table: "DataFrame") -> dict[str, int]:
    reasons, refused = table["reason"], ~keeps(table)
    found = {
        "pictures in the table": table["id"].notna(),
        "not there yet": table["file"] == "",
        "left out: repeat another": reasons.str.startswith(REPEATS),
        "left out: too small": reasons.str.startswith(_SMALL),
        "left out: unreadable": reasons.str.startswith(_UNREADABLE),
        "left out: by cluster": reasons.str.startswith(_CLUSTER),
        "left out: by the user, or before": refused & ~reasons.str.startswith(_OURS),
        "with a border to cut": ~table["crop"].isin(("", WHOLE)),
        "kept, but to be looked at": reasons.str.startswith(_LOOK_AT),
        "of them under two styles: choose one, in style and keep": reasons.str.startswith(
            TWO_STYLES
        ),
        "in groups": table["group"] != "",
        "in use": ~refused,
    }
    return {what: int(rows.sum()) for what, rows in found.items()}
