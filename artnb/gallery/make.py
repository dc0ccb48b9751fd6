"""Make a gallery: a folder of what Runs make of photos, epoch by epoch."""

from collections.abc import Callable, Sequence
from pathlib import Path

from artnb.errors import InputError
from artnb.evaluation.extractors import Extractor
from artnb.gallery.chosen import ChosenRun, choose_kinds, choose_runs, kinds_of_all
from artnb.gallery.manifest import MANIFEST, Gallery
from artnb.gallery.neighbours import Neighbourhood, extractor_at_hand
from artnb.gallery.sections import LARGEST_PX, PhotoChoice, RunDatasets, choose_sections
from artnb.gallery.work import GalleryWork
from artnb.progress import Progress, silent
from artnb.runs.run import Run


def make_gallery(
    runs: Sequence[Run],
    out: str | Path,
    photos: Path | None = None,
    epochs: str | Sequence[int] = "all",
    count: int | None = None,
    to: str = "y",
    kinds: Sequence[str] | None = None,
    largest_px: int | None = LARGEST_PX,
    data: Path | None = None,
    page: bool = True,
    extractor: Extractor | None = None,
    progress: Progress = silent,
    say: Callable[[str], None] = lambda sentence: None,
) -> Gallery:
    """Paint photos with one or more Runs into a folder of pictures to browse.

    Pictures are WebP at quality 90, under names made of what they show. What an earlier call
    painted of the same photos with the same weights is not painted again, so that an interrupted
    gallery goes on where it was.

    Args:
        runs: the Runs; a photo is shown at its own size, whatever size a Run was trained at.
        out: folder for everything: a new or empty one, or an earlier gallery, which it replaces.
        photos: a file or a folder; None takes held-out photos of the first Run, or training
            photos where none were held out.
        epochs: `"all"` that are kept, `"latest"`, `"best"`, or numbers such as `"1,10,20"`.
        count: how many photos, spread evenly; None takes 12 held-out ones, or all of `photos`.
        to: `"y"`, `"x"` or a domain's name: which way is shown.
        kinds: of picture, some of `manifest.KINDS`; sources and paintings are always shown, None
            takes all. With both reconstruction and identity the other way is shown too.
        largest_px: larger photos are scaled down to this longer side; None leaves them.
        data: the Runs' data, where it is not where they were trained on it.
        page: write `index.html` too.
        extractor: finds the nearest real pictures; None takes one whose weights are at hand.
        progress: shows how far it has got.
        say: gets a sentence about what is shown and what is left out.

    Returns:
        What is in the folder now, as in its `gallery.json`.

    Raises:
        InputError: there is no such epoch, domain, kind or photo, a Run's data is needed and
            gone, or `out` holds something that is no gallery.
    """
    out = Path(out)
    chosen, kinds = choose_runs(runs, epochs, to, say), choose_kinds(kinds)
    kinds = kinds_of_all(kinds, chosen, say)
    choice = PhotoChoice(photos, count, largest_px)
    check_folder(out, photos)
    datasets = RunDatasets(data, progress, say)
    sections = choose_sections(chosen, choice, kinds, datasets, progress)
    if "nearest" in kinds:
        extractor = extractor or extractor_at_hand(say)

    def neighbourhood(run: ChosenRun) -> Neighbourhood | None:
        """Measure a Run's real pictures, where that is asked for and can be done."""
        dataset = datasets.if_at_hand(run.run) if "nearest" in kinds and extractor else None
        return dataset and Neighbourhood(dataset, run.letter, extractor, progress=progress)

    work = GalleryWork(out, chosen, sections, kinds, neighbourhood, progress, say)
    try:
        work.do()
    finally:
        gallery = work.gallery()
        if page and gallery.exhibits:
            from artnb.gallery.page import write_page

            write_page(out)
    return gallery


def check_folder(out: Path, photos: Path | None = None) -> None:
    """Protect what is there.

    Args:
        out: where a gallery shall go.
        photos: what shall be shown in it.

    Raises:
        InputError: `out` is a file, holds something that is no gallery, or lies in the photos.
    """
    if out.is_file():
        raise InputError(f"{out} is a file, and a gallery is a folder; choose another --out")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise InputError(
            f"{out} holds something that is no gallery, and nothing in it will be overwritten; "
            "choose another --out"
        )
    if photos and photos.is_dir() and out.resolve().is_relative_to(photos.resolve()):
        raise InputError(
            f"{out} lies among the photos, so that its pictures would be photos the next time; "
            "choose an --out elsewhere"
        )
