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
from artnb.collection.duplicates import (
    MOST_BITS,
    find_details,
    find_near,
    find_repeats,
)
from artnb.collection.inspection import REMEMBERED, Inspection, inspect_files
from artnb.collection.table import NO, YES, Collection, keeps
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
# What a cleaning writes begins so; everything else is the user's.
REPEATS, _SMALL, _UNREADABLE, _CLUSTER = "repeats ", "too small: ", "unreadable: ", "left out: "
_LOOK_AT = "kept, but look at it: "
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
    here = [place for place, file in enumerate(table["file"]) if file]
    files = table["file"].iloc[here]
    collection.folder.mkdir(parents=True, exist_ok=True)
    found = inspect_files(collection.images, files, collection.folder / REMEMBERED, progress)
    looks = dict(zip(here, map(found.__getitem__, files), strict=True))
    _write_sizes(table, looks)
    _write_crops(table, looks, cleaning)
    pairs = _near_pairs(looks, cleaning.most_bits)
    _leave_out(table, looks, cleaning)
    _leave_out_repeats(table, looks, pairs)
    # After the repeats: a copy of what is not wanted is not wanted either.
    _leave_out_clusters(table, cleaning.without_clusters)
    _note_remarks(table, looks, cleaning)
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


def _write_sizes(table: "DataFrame", looks: dict[int, Inspection]) -> None:
    _write(table, "width", {p: str(look.width) for p, look in looks.items() if look.width})
    _write(table, "height", {p: str(look.height) for p, look in looks.items() if look.height})


def _write_crops(table: "DataFrame", looks: dict[int, Inspection], cleaning: Cleaning) -> None:
    """Write what lies inside borders, but leave what the user wrote in its place."""
    crops = list(table["crop"])
    found = {
        place: look.inside if _may_be_cut(look, cleaning) else ""
        for place, look in looks.items()
        if crops[place].strip() in ("", look.inside)
    }
    _write(table, "crop", found)
    for place, look in looks.items():
        box = read_box(table["crop"].iloc[place], f"crop of {table['id'].iloc[place]}")
        if box and look.width and (box.right > look.width or box.bottom > look.height):
            raise InputError(
                f"crop must lie within the picture, and that of {table['id'].iloc[place]} is "
                f"{box} of {look.width}×{look.height} px; correct it, or write {WHOLE}"
            )


def _may_be_cut(look: Inspection, cleaning: Cleaning) -> bool:
    if not (cleaning.crop and look.inside):
        return False
    width, height = read_box(look.inside).size
    return width * height >= cleaning.smallest_remainder * look.width * look.height


def _near_pairs(looks: dict[int, Inspection], most_bits: int | None) -> list[tuple[int, int]]:
    """Find near-duplicates among the pictures that show anything."""
    places = [p for p, look in looks.items() if look.hashes and look.contrast >= BLANK_CONTRAST]
    if most_bits is None:
        return []
    near = find_near([looks[place].hashes for place in places], most_bits)
    return [(places[one], places[other]) for one, other in near]


def _leave_out(table: "DataFrame", looks: dict[int, Inspection], cleaning: Cleaning) -> None:
    """Leave out what cannot be read and what is too small."""
    reasons = {}
    for place, look in looks.items():
        if look.problem:
            reasons[place] = _UNREADABLE + look.problem
        elif min(size := _used_size(table, place, look)) < cleaning.smallest_px:
            reasons[place] = f"{_SMALL}{size[0]}×{size[1]} px"
    _refuse(table, reasons)


def _leave_out_clusters(table: "DataFrame", numbers: Sequence[int]) -> None:
    unwanted = table["cluster"].isin(numbers).to_numpy(dtype=bool)
    reasons = {
        place: f"{_CLUSTER}cluster {table['cluster'].iloc[place]}"
        for place in unwanted.nonzero()[0].tolist()
    }
    _refuse(table, reasons)


def _used_size(table: "DataFrame", place: int, look: Inspection) -> tuple[int, int]:
    box = read_box(table["crop"].iloc[place])
    return box.size if box else (look.width, look.height)


def _leave_out_repeats(
    table: "DataFrame", looks: dict[int, Inspection], pairs: list[tuple[int, int]]
) -> None:
    """Keep the largest of what looks the same; what the user chose comes first."""
    ids, chosen = list(table["id"]), [word.strip().lower() == YES for word in table["keep"]]
    used = list(keeps(table))
    candidates = [(one, other) for one, other in pairs if used[one] and used[other]]
    ranks = {}
    for place in {place for pair in candidates for place in pair}:
        width, height = _used_size(table, place, looks[place])
        ranks[place] = (not chosen[place], -width * height, ids[place])
    repeats = find_repeats(candidates, ranks)
    _refuse(table, {place: f"{REPEATS}{ids[kept]}" for place, kept in repeats.items()})


def _refuse(table: "DataFrame", reasons: dict[int, str]) -> None:
    """Set keep to no where the user has not decided."""
    free = [not word.strip() for word in table["keep"]]
    chosen = {place: reason for place, reason in reasons.items() if free[place]}
    _write(table, "keep", dict.fromkeys(chosen, NO))
    _write(table, "reason", chosen)


def _note_remarks(table: "DataFrame", looks: dict[int, Inspection], cleaning: Cleaning) -> None:
    """Say of pictures that are kept what an eye should judge, where there is room to say it."""
    silent_rows = ((table["reason"] == "") & keeps(table)).tolist()
    remarks = {place: _remark(look, cleaning) for place, look in looks.items()}
    _write(
        table,
        "reason",
        {p: _LOOK_AT + remark for p, remark in remarks.items() if remark and silent_rows[p]},
    )


def _remark(look: Inspection, cleaning: Cleaning) -> str:
    if look.problem:
        return f"unreadable, {look.problem}"
    if look.contrast < BLANK_CONTRAST:
        return "blank"
    if look.colour < GREY_COLOUR:
        return "nearly grey"
    if cleaning.crop and look.inside and not _may_be_cut(look, cleaning):
        return "more border than may be cut"
    return ""


def _write_groups(table: "DataFrame", pairs: list[tuple[int, int]]) -> None:
    """Give what belongs together one group, together with the groups that were there."""
    ids, named = list(table["id"]), list(table["group"])
    first: dict[str, int] = {}
    old = [(first.setdefault(name, p), p) for p, name in enumerate(named) if name]
    written = {}
    for members in group_pairs(len(table), [*old, *pairs]):
        names = sorted({named[place] for place in members} - {""})
        name = names[0] if names else min(ids[place] for place in members)
        written |= dict.fromkeys(members, name)
    _write(table, "group", written)


def _write(table: "DataFrame", column: str, values: dict[int, str]) -> None:
    """Write into one column, by the places of rows."""
    if values:
        table.iloc[list(values), table.columns.get_loc(column)] = list(values.values())


def _count(table: "DataFrame") -> dict[str, int]:
    reasons, own = table["reason"], table["reason"].str.startswith(_OURS)
    refused = ~keeps(table)
    return {
        "pictures in the table": len(table),
        "not there yet": int((table["file"] == "").sum()),
        "left out: repeat another": int(reasons.str.startswith(REPEATS).sum()),
        "left out: too small": int(reasons.str.startswith(_SMALL).sum()),
        "left out: unreadable": int(reasons.str.startswith(_UNREADABLE).sum()),
        "left out: by cluster": int(reasons.str.startswith(_CLUSTER).sum()),
        "left out: by the user, or before": int((refused & ~own).sum()),
        "with a border to cut": int(((table["crop"] != "") & (table["crop"] != WHOLE)).sum()),
        "kept, but to be looked at": int(reasons.str.startswith(_LOOK_AT).sum()),
        "in groups": int((table["group"] != "").sum()),
        "in use": int((~refused).sum()),
    }
