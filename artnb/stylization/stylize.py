"""A photo in the style of a painting, from coarse to fine."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops
from PIL import Image

from artnb.data.images import to_float, to_uint8
from artnb.data.painted import PhotosToPaint, Report
from artnb.errors import InputError
from artnb.pretrained.weights import find_weights
from artnb.progress import Progress, silent
from artnb.stylization.colours import match_colours, with_colours_of
from artnb.stylization.features import FeatureNetwork, load_features
from artnb.stylization.inputs import (
    SMALLEST_PX,
    Anything,
    Style,
    check_parts,
    check_weights,
    open_mask,
    open_picture,
    regions_of,
)
from artnb.stylization.objective import Objective
from artnb.stylization.optimisation import LBFGS, Adam, AdamOfLarge
from artnb.stylization.paintings import Paintings, open_style
from artnb.stylization.patches import PatchSynthesis
from artnb.stylization.pyramid import resize
from artnb.stylization.regions import Region
from artnb.stylization.settings import StylizeSettings
from artnb.stylization.shifts import ShiftedObjective
from artnb.stylization.tiles import TiledObjective

# A picture begins at about this size and is doubled from there.
_FIRST_PX = 128
# Larger pictures are looked at in tiles. Their strokes are there by then: a third of the steps do.
_WHOLE_PIXELS = 1200 * 1200
_TILED_SHARE = 1 / 3
# Each step puts the whole picture together anew.
_PATCHES_SHARE = 1 / 10
_LOOK_EVERY = 10
# Painted around a picture and cut off: networks see less of what lies along an edge.
MARGIN_PX = 16
Look = Callable[[Image.Image], None]
AnyStyle = Style | Paintings


@dataclass(frozen=True)
class Stylized:
    """A result.

    Args:
        image: RGB.
        losses: before each step, over all sizes.
        whole: whether all steps were taken; after Ctrl-C they were not.
        paintings: the names of those that were chosen of folders.
    """

    image: Image.Image
    losses: tuple[float, ...]
    whole: bool
    paintings: tuple[str, ...] = ()


def stylize(
    content: Anything,
    style: Anything | AnyStyle | Sequence[AnyStyle],
    settings: StylizeSettings | None = None,
    *,
    mask: Anything | None = None,
    regions: Anything | None = None,
    progress: Progress = silent,
    look: Look | None = None,
    say: Callable[[str], None] = print,
    **changes: Any,
) -> Image.Image:
    """Paint a photo in a painting's style.

    Ctrl-C ends it early, with the picture as it is then.

    Args:
        content: the photo: a file, a Pillow image, or uint8 `(height, width, 3)`.
        style: a painting likewise; a folder of paintings, of which the one that is laid out most
            like the photo is taken; or `Style`s and `Paintings` to be blended.
        settings: how; None takes the defaults.
        mask: white where it is painted, black where the photo stays; of the photo's size.
        regions: flat colours, of the photo's size; each takes on the style of the part of the
            painting that has the same colour in `Style.regions`.
        progress: shows how far it has got.
        look: gets the picture as it is, now and then.
        say: gets a sentence about what was chosen.
        **changes: of the settings, such as `strength=2`.

    Returns:
        RGB, the longer side at most `largest_px`.

    Raises:
        InputError: a picture cannot be used, or weights cannot be had.
    """
    settings = (settings or StylizeSettings()).replace(**changes)
    photo = open_picture(content, "a photo")
    stylizer = make_stylizer(_opened(style, say), settings, progress, say)
    return stylizer(photo, mask, regions, progress, look).image


def _opened(style: Any, say: Callable[[str], None]) -> list[AnyStyle]:
    """Open one painting or several, each given in any way."""
    styles = list(style) if isinstance(style, Sequence) and not isinstance(style, str) else [style]
    return [open_style(each, say=say) for each in styles]


def stylize_photos(
    photos: str | Path,
    styles: Anything | AnyStyle | Sequence[Anything | AnyStyle],
    out: str | Path,
    settings: StylizeSettings | None = None,
    *,
    mask: Anything | None = None,
    regions: Anything | None = None,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> Report:
    """Paint a file or a folder of photos and write them under the same names.

    Ctrl-C ends it after the photo in work, which is written as it is then, and the report says so.

    Args:
        photos: as `PhotosToPaint` takes them.
        styles: as of `stylize`.
        out: folder to write to.
        settings, mask, regions, say: see `stylize`.
        progress: shows steps where there is one photo, and photos where there are several.

    Raises:
        InputError: see `stylize` and `PhotosToPaint`.
    """
    work = PhotosToPaint(photos, out)
    styles = _opened(styles, say)
    check_parts(photos, mask, regions, styles)
    stylizer = make_stylizer(styles, settings or StylizeSettings(), progress, say)
    one = len(work.pictures) == 1
    made: list[tuple[bool, tuple[str, ...]]] = []

    def painted(photo: Image.Image) -> np.ndarray:
        photo = open_picture(photo, "a photo")
        result = stylizer(photo, mask, regions, progress if one else silent)
        made.append((result.whole, result.paintings))
        return np.asarray(result.image)

    report = work.paint(
        painted, silent if one else progress, lambda: bool(made) and not made[-1][0]
    )
    for file, (_, paintings) in zip(report.written, made, strict=True):
        if paintings:
            say(f"{file.name} took {', '.join(paintings)}")
    return report


def make_stylizer(
    styles: Sequence[AnyStyle],
    settings: StylizeSettings,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> "Stylizer":
    """Load what a style is looked at with; serves any number of photos.

    Raises:
        InputError: no style counts, or weights cannot be had.
    """
    check_weights(styles)
    network = _load(settings.features, progress, say)
    return Stylizer(network, styles, settings)


def _load(features: str, progress: Progress, say: Callable[[str], None]) -> FeatureNetwork | None:
    """Load a network; None stands for patches, which need none."""
    if features == "patches":
        return None
    try:
        path = find_weights(features, progress=progress, say=say)
    except InputError as error:
        raise InputError(f"{error}; --features patches needs no weights") from None
    return _network(features, path)


@lru_cache(maxsize=2)
def _network(kind: str, path: Path) -> FeatureNetwork:
    return load_features(kind, path)


@lru_cache(maxsize=4)
def objective_and_optimiser(
    network: FeatureNetwork,
    loss: str,
    strength: float,
    smoothness: float,
    optimizer: str,
    tiled: bool,
) -> tuple[Any, Any]:
    """Give what measures targets, and what changes a picture until it is close to them.

    What they compile serves every picture of a size, also of later calls.
    """
    objective = (TiledObjective if tiled else Objective)(network, loss, strength, smoothness)
    if optimizer == "lbfgs":
        return objective, LBFGS(objective.gradient)
    shifted = ShiftedObjective(objective)
    return shifted, (AdamOfLarge if tiled else Adam)(shifted.gradient)


class Stylizer:
    """Paints photos in one style; what is compiled for one picture serves all of its size.

    Args:
        network: what is looked at; None stands for patches.
        styles: paintings, or folders of them, blended by their weights.
        settings: everything else.
    """

    def __init__(
        self,
        network: FeatureNetwork | None,
        styles: Sequence[AnyStyle],
        settings: StylizeSettings,
    ) -> None:
        self.network, self.styles, self.settings = network, tuple(styles), settings

    def __call__(
        self,
        photo: Image.Image,
        mask: Anything | None = None,
        regions: Anything | None = None,
        progress: Progress = silent,
        look: Look | None = None,
    ) -> Stylized:
        """Paint a photo; see `stylize`."""
        with enough_memory():
            return self._painted(_Work(self, photo, mask, regions), progress, look)

    def _painted(self, work: "_Work", progress: Progress, look: Look | None) -> Stylized:
        photo = work.photo
        sizes = sizes_on_the_way(min(self.settings.largest_px, max(photo.size)))
        steps = [self._steps(photo, size) for size in sizes]
        advance = progress("painting", sum(steps))
        losses: list[float] = []

        def watch(loss: float, picture: Callable[[], np.ndarray]) -> None:
            losses.append(loss)
            advance()
            if look is not None and len(losses) % _LOOK_EVERY == 1:
                look(work.image(without_margin(picture())))

        picture, whole = None, True
        for size, count in zip(sizes, steps, strict=True):
            objective, optimiser = self._optimiser(self._is_tiled(photo, size))
            targets, start = _begun(objective, work.at(size), picture)
            painted, whole = optimiser.minimise(start, targets, count, watch)
            picture = without_margin(painted)
            if not whole:
                break
        image = work.image(picture)
        if not whole:
            # As large as it would have been: it may lie where a whole one lay.
            image = image.resize(scaled(photo, sizes[-1]).size, Image.Resampling.LANCZOS)
        chosen = tuple(style.name for style in work.styles if style.name)
        return Stylized(image, tuple(losses), whole, chosen)

    def _optimiser(self, tiled: bool) -> tuple[Any, Any]:
        """Give what measures targets, and what changes a picture until it is close to them."""
        s = self.settings
        if self.network is None:
            synthesis = PatchSynthesis(s.strength, s.seed)
            return synthesis, synthesis
        return objective_and_optimiser(
            self.network, s.loss, s.strength, s.smoothness, s.optimizer, tiled
        )

    def _is_tiled(self, photo: Image.Image, size: int) -> bool:
        factor = size / max(photo.size)
        return self.network is not None and photo.width * photo.height * factor**2 > _WHOLE_PIXELS

    def _steps(self, photo: Image.Image, size: int) -> int:
        share = _TILED_SHARE if self._is_tiled(photo, size) else 1.0
        if self.network is None:
            share = _PATCHES_SHARE
        return max(1, round(self.settings.steps * share))


class _Work:
    """One photo with its mask and regions, at each of the sizes on the way."""

    def __init__(
        self,
        stylizer: Stylizer,
        photo: Image.Image,
        mask: Anything | None,
        regions: Anything | None,
    ) -> None:
        self.settings, self.photo = stylizer.settings, photo
        self.styles = [s.style_for(photo) for s in stylizer.styles if s.weight > 0]
        self.mask = None if mask is None else open_mask(mask, photo)
        total = sum(style.weight for style in self.styles)
        self.shares = [style.weight / total for style in self.styles]
        # Patches are laid everywhere and masked in the end: they do not add up to anything.
        where = self.mask if stylizer.network else None
        self.parts: list[list[tuple]] = [[(where, None, 1.0)] for _ in self.styles]
        if regions is None and any(style.regions for style in self.styles):
            raise InputError("regions need a map for the photo and one for the painting; give both")
        if regions is not None:
            opened = open_picture(regions, "a map of regions")
            self.parts = [regions_of(opened, photo, style) for style in self.styles]

    def at(self, size: int) -> tuple[np.ndarray, list[Region]]:
        """Give the photo in the painting's colours, and the regions, at a size."""
        small = to_float(np.asarray(scaled(self.photo, size)))[None]
        longer = round(size * self.settings.stroke_scale)
        paintings = [
            to_float(np.asarray(painting_at(s.painting, longer)))[None] for s in self.styles
        ]
        if self.settings.keep_colours:
            paintings = [match_colours(painting, small) for painting in paintings]
        else:
            matched = [match_colours(small, painting) for painting in paintings]
            small = sum(s * each for s, each in zip(self.shares, matched, strict=True))
        margin = round(MARGIN_PX * max(self.photo.size) / size)
        regions = [
            Region(
                painting,
                there,
                None if here is None else np.pad(here, margin, "edge"),
                share * area,
            )
            for painting, share, parts in zip(paintings, self.shares, self.parts, strict=True)
            for here, there, area in parts
        ]
        return small, regions

    def image(self, picture: np.ndarray) -> Image.Image:
        """Turn a picture into what is handed out: colours kept, what is masked left alone."""
        painting = Image.fromarray(to_uint8(picture)[0])
        photo = self.photo.resize(painting.size, Image.Resampling.LANCZOS)
        if self.settings.keep_colours:
            painting = with_colours_of(painting, photo)
        if self.mask is None:
            return painting
        white = Image.fromarray((self.mask * 255).astype(np.uint8))
        return Image.composite(painting, photo, white.resize(painting.size))


def _begun(
    objective: Any, photo_and_regions: tuple[np.ndarray, list[Region]], picture: np.ndarray | None
) -> tuple[dict[str, Any], np.ndarray]:
    """Give targets at a size, and what to begin with: the smaller picture, or the photo."""
    photo, regions = photo_and_regions
    targets = objective.targets(with_margin(photo), regions)
    if picture is not None:
        photo = ops.convert_to_numpy(resize(picture, photo.shape[1:3]))
    return targets, with_margin(photo)


@contextmanager
def enough_memory() -> Iterator[None]:
    """Say what to do where memory runs out, in whatever words a backend has for that.

    Raises:
        InputError: it did.
    """
    try:
        yield
    except Exception as error:
        text = f"{type(error).__name__} {error}"
        if isinstance(error, MemoryError) or re.search("RESOURCE_?EXHAUSTED", text, re.IGNORECASE):
            raise InputError(
                "there was not enough memory for this picture; take a smaller largest_px"
            ) from error
        raise


def sizes_on_the_way(size_px: int) -> list[int]:
    """Give the longer sides, each about twice the one before: 512 gives 128, 256, 512."""
    sizes = [size_px]
    while sizes[0] >= 2 * _FIRST_PX:
        sizes.insert(0, sizes[0] // 2)
    return sizes


def scaled(picture: Image.Image, longer_px: int) -> Image.Image:
    """Bring a picture's longer side to so many pixels, antialiased."""
    factor = longer_px / max(picture.size)
    size = tuple(max(1, round(side * factor)) for side in picture.size)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def painting_at(painting: Image.Image, longer_px: int) -> Image.Image:
    """Bring a painting to a size at which it is looked at; something must be left to be seen.

    Args:
        painting: at least `SMALLEST_PX` on each side.
        longer_px: its longer side then; larger where the shorter one would be too small.
    """
    longer, shorter = max(painting.size), min(painting.size)
    return scaled(painting, max(longer_px, -(-SMALLEST_PX * longer // shorter)))


def with_margin(picture: np.ndarray) -> np.ndarray:
    """Continue `(1, height, width, 3)` beyond its edges by mirroring it."""
    sides = (MARGIN_PX, MARGIN_PX)
    return np.pad(picture, ((0, 0), sides, sides, (0, 0)), "symmetric")


def without_margin(picture: np.ndarray) -> np.ndarray:
    """Cut off what `with_margin` added."""
    return picture[:, MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
