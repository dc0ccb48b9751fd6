"""A gallery as pages to browse: they work from disk and ask nothing of any network."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

import artnb
from artnb.errors import InputError
from artnb.evaluation.score_curves import find_notes
from artnb.files import write_whole
from artnb.gallery.curves import FRAME, draw_panels
from artnb.gallery.manifest import KINDS, LATENTS, Exhibit, Gallery, ShownRun, View, read_gallery
from artnb.pages import page_environment

# A page stays below a few hundred kilobytes: so many photos, and fewer where each has many views.
EXHIBITS_OF_PAGE = 60
_VIEWS_OF_PAGE = 1500
# What is seen before anything is chosen.
_SHOWN_FIRST = ("source", "painting")
# By kind: what stands beneath a picture, and what it shows. `style` is the domain that the Run
# translates to.
LABELS = {
    "source": "{source}",
    "painting": "{style}",
    "reconstruction": "{style} and back",
    "identity": "identity, {style}",
    "nearest": "nearest real {style}",
    "truth": "true {style}",
}
ALTS = {
    "source": "{name}, {source}",
    "painting": "{name} as {style}",
    "reconstruction": "{name} as {style} and back to {source}",
    "identity": "{name} kept as {source} by the generator back from {style}",
    "nearest": "the real {style} nearest to {name}",
    "truth": "{name} as {style}, the true painting",
}
# What a person chooses by.
_CHOICES = {
    "source": "original",
    "painting": "translation",
    "reconstruction": "reconstruction",
    "identity": "identity",
    "nearest": "nearest real",
    "truth": "truth",
}


@dataclass(frozen=True)
class Page:
    """One page of a gallery.

    Args:
        number: counted from 1.
        first: number of its first photo in the gallery, counted from 1.
        exhibits: its photos.
    """

    number: int
    first: int
    exhibits: tuple[Exhibit, ...]

    @property
    def file(self) -> str:
        """The name of its file."""
        return file_of_page(self.number)

    @property
    def last(self) -> int:
        """Number of its last photo in the gallery."""
        return self.first + len(self.exhibits) - 1


@dataclass(frozen=True)
class Section:
    """Photos of a page that are translated the same way.

    Args:
        title: what is translated to what.
        first: number of its first photo on the page, counted from 0.
        exhibits: its photos.
        pictures: for each photo what is seen at first.
    """

    title: str
    first: int
    exhibits: Sequence[Exhibit]
    pictures: Sequence[Sequence[dict[str, str]]]

    @property
    def across(self) -> int:
        """How many pictures a photo has at most."""
        return max(len(pictures) for pictures in self.pictures)

    @property
    def is_mixed(self) -> bool:
        """Whether photos have different proportions."""
        return len({round(e.width / e.height, 2) for e in self.exhibits}) > 1


def file_of_page(number: int) -> str:
    """Name the file of a page, counted from 1."""
    return "index.html" if number == 1 else f"page-{number}.html"


def write_page(folder: Path, painter_page: str = "") -> Path:
    """Write the pages of a gallery into its folder, in place of earlier ones.

    Args:
        folder: of the gallery, with its `gallery.json` and pictures.
        painter_page: address of a page on which visitors have photos painted, or empty.

    Returns:
        The first page, `index.html`; further ones are `page-2.html` and so on.

    Raises:
        InputError: the folder is no gallery, or one without photos.
    """
    gallery = read_gallery(folder)
    if not gallery.exhibits:
        raise InputError(f"a gallery must hold a photo to be shown, and {folder} holds none")
    pages = list(split_into_pages(gallery.exhibits))
    template = page_environment("artnb.gallery").get_template("page.html")
    common = {**_common(gallery), "painter_page": painter_page}
    for page in pages:
        text = template.render(page=page, pages=pages, **common, **_of_page(gallery, page, common))
        write_whole(folder / page.file, text)
    _remove_pages_after(folder, len(pages))
    return folder / pages[0].file


def split_into_pages(exhibits: Sequence[Exhibit]) -> Iterator[Page]:
    """Divide photos into pages of sensible size."""
    number, first, kept, views = 1, 1, [], 0
    for exhibit in exhibits:
        full = len(kept) == EXHIBITS_OF_PAGE or views + len(exhibit.views) > _VIEWS_OF_PAGE
        if kept and full:
            yield Page(number, first, tuple(kept))
            number, first, kept, views = number + 1, first + len(kept), [], 0
        kept.append(exhibit)
        views += len(exhibit.views)
    yield Page(number, first, tuple(kept))


def _remove_pages_after(folder: Path, last: int) -> None:
    """Remove what an earlier, larger gallery left behind."""
    for path in folder.glob("page-*.html"):
        number = re.fullmatch(r"page-(\d+)\.html", path.name)
        if number and int(number[1]) > last:
            path.unlink()


def _common(gallery: Gallery) -> dict[str, Any]:
    """Gather what is equal on all pages."""
    views = [view for exhibit in gallery.exhibits for view in exhibit.views]
    epochs = sorted({view.epoch for view in views if view.epoch is not None})
    there = {view.kind for view in views}
    kinds = [kind for kind in KINDS if kind in there]
    choices = name_choices(gallery, kinds)
    panels, lines = draw_panels(gallery.runs)
    return {
        "title": gallery.title,
        "made": gallery.made,
        "date": _date(gallery.made),
        "version": artnb.__version__,
        "runs": gallery.runs,
        "describe_epochs": describe_epochs,
        "total": len(gallery.exhibits),
        "directed": len({(e.source_domain, e.target_domain) for e in gallery.exhibits}) > 1,
        "epochs": epochs,
        "start": _first_epoch(gallery, epochs),
        "choices": choices,
        "noun": _noun(gallery, choices),
        "shown": [kind for kind in kinds if kind in _SHOWN_FIRST] or kinds,
        "panels": panels,
        "frame": FRAME,
        "notes": find_notes(lines),
    }


def _noun(gallery: Gallery, choices: dict[str, str]) -> str:
    if all(exhibit.source_domain == LATENTS for exhibit in gallery.exhibits):
        return "seed"
    return "photo" if choices.get("source") == "photo" else "original"


def _first_epoch(gallery: Gallery, epochs: Sequence[int]) -> int | None:
    """Choose what is seen first: the best epoch of a single Run, else the last of all."""
    best = gallery.runs[0].best if len(gallery.runs) == 1 else None
    return best if best in epochs else max(epochs, default=None)


def _date(made: str) -> str:
    """Write a date as people do."""
    try:
        moment = datetime.fromisoformat(made)
    except ValueError:
        return made
    return f"{moment.day} {moment:%B %Y}"


def _of_page(gallery: Gallery, page: Page, common: dict[str, Any]) -> dict[str, Any]:
    """Gather what a page shows: pictures as they are at first, and its data for the script."""
    sections = list(_sections(gallery, page, common))
    data = {
        "kinds": KINDS,
        "labels": LABELS,
        "alts": ALTS,
        "runs": [{"name": run.name, "best": run.best} for run in gallery.runs],
        "epochs": common["epochs"],
        "start": common["start"],
        "shown": common["shown"],
        "sections": [_words(gallery, section) for section in sections],
        "exhibits": [
            _packed(gallery, exhibit, number)
            for number, section in enumerate(sections)
            for exhibit in section.exhibits
        ],
        "first": page.first,
        "total": common["total"],
        "before": file_of_page(page.number - 1) if page.number > 1 else None,
        "after": file_of_page(page.number + 1) if page.last < common["total"] else None,
    }
    return {"sections": sections, "data": data}


def _sections(gallery: Gallery, page: Page, common: dict[str, Any]) -> Iterator[Section]:
    """Put photos together that are translated the same way."""
    first = 0
    for _, together in groupby(page.exhibits, key=lambda e: (e.source_domain, e.target_domain)):
        exhibits = list(together)
        pictures = [_first_pictures(gallery, exhibit, common) for exhibit in exhibits]
        yield Section(_title(gallery, exhibits), first, exhibits, pictures)
        first += len(exhibits)


def _title(gallery: Gallery, exhibits: Sequence[Exhibit]) -> str:
    """Say what is translated to what, by those Runs that did it."""
    there = {view.run for exhibit in exhibits for view in exhibit.views}
    runs = [run for run in gallery.runs if run.name in there]
    styles = [style_of(exhibits[0], run, gallery.runs) for run in runs]
    return f"{exhibits[0].source_domain} → {', '.join(styles) or exhibits[0].target_domain}"


def _words(gallery: Gallery, section: Section) -> dict[str, Any]:
    """Name what is translated to what, by each Run."""
    exhibit = section.exhibits[0]
    return {
        "title": section.title,
        "source": exhibit.source_domain,
        "target": exhibit.target_domain,
        "styles": [style_of(exhibit, run, gallery.runs) for run in gallery.runs],
    }


def _packed(gallery: Gallery, exhibit: Exhibit, section: int) -> list:
    """Give a photo and its views as short lists; the script knows what stands where."""
    names = [run.name for run in gallery.runs]
    views = [
        [
            KINDS.index(view.kind),
            names.index(view.run) if view.run in names else None,
            view.epoch,
            quote(view.file),
            # Small pictures are their own thumbnails, and need not be named twice.
            "" if view.thumbnail == view.file else quote(view.thumbnail),
            *([view.note] if view.note else []),
        ]
        for view in _in_order(gallery, exhibit)
    ]
    return [exhibit.name, exhibit.width, exhibit.height, section, views]


def _in_order(gallery: Gallery, exhibit: Exhibit) -> list[View]:
    """Order views by kind, Run and epoch."""
    place = {run.name: number for number, run in enumerate(gallery.runs)}
    return sorted(
        exhibit.views, key=lambda v: (KINDS.index(v.kind), place.get(v.run, -1), v.epoch or 0)
    )


def _first_pictures(gallery: Gallery, exhibit: Exhibit, common: dict[str, Any]) -> list[dict]:
    """Choose what is seen of a photo at first, one picture of each kind and Run."""
    shown = [view for view in _in_order(gallery, exhibit) if view.kind in common["shown"]]
    groups = groupby(shown, key=lambda view: (view.kind, view.run))
    return [_picture(gallery, exhibit, list(views), common["start"]) for _, views in groups]


def _picture(
    gallery: Gallery, exhibit: Exhibit, views: Sequence[View], epoch: int | None
) -> dict[str, str]:
    """Give the picture of an epoch, or of the nearest earlier one that there is."""
    earlier = [view for view in views if view.epoch is None or view.epoch <= (epoch or 0)]
    view = earlier[-1] if earlier else views[0]
    run = next((run for run in gallery.runs if run.name == view.run), None)
    style = style_of(exhibit, run, gallery.runs) if run else exhibit.target_domain
    words = {"name": exhibit.name, "source": exhibit.source_domain, "style": style}
    at = "" if view.epoch is None else f", epoch {view.epoch}"
    return {
        "file": quote(view.file),
        "thumbnail": quote(view.thumbnail),
        "label": LABELS[view.kind].format(**words),
        "alt": ALTS[view.kind].format(**words) + at,
    }


def name_choices(gallery: Gallery, kinds: Sequence[str]) -> dict[str, str]:
    """Name the kinds of picture that can be chosen.

    Args:
        gallery: its Runs and photos; where all photos are of the Runs' domain X, the words are
            those of photos and paintings.
        kinds: that there are.

    Returns:
        Names by kind.
    """
    sources = {exhibit.source_domain for exhibit in gallery.exhibits}
    words = dict(_CHOICES)
    if sources <= {run.x for run in gallery.runs} and len(sources) == 1:
        source = sources.pop()
        words |= {"source": source, "painting": "sample" if source == LATENTS else "painting"}
    return {kind: words[kind] for kind in kinds}


def style_of(exhibit: Exhibit, run: ShownRun, runs: Sequence[ShownRun]) -> str:
    """Name what a Run turns a photo into: the domain, and the Run where that leaves it open."""
    opposite = {run.x: run.y, run.y: run.x}
    style = opposite.get(exhibit.source_domain, exhibit.target_domain)
    clear = len(runs) == 1 or run.name == style
    return style if clear else f"{style} ({run.name})"


def describe_epochs(run: ShownRun) -> str:
    """Say which epochs of a Run are shown."""
    if not run.epochs:
        return "no epoch"
    first, last = min(run.epochs), max(run.epochs)
    span = f"epoch {last}" if first == last else f"epochs {first} to {last}"
    return span if run.best is None else f"{span}, best by its scores: {run.best}"
