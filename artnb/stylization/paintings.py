"""A painter instead of a painting: each photo takes the painting that is laid out most like it.

Patches of a sunset put a sunset together. A painting that is dark where the photo is light would
have to be torn to pieces for it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from artnb.data.images import is_marked_as_painted
from artnb.data.listing import list_images
from artnb.errors import InputError
from artnb.progress import Progress, silent
from artnb.stylization.inputs import Anything, Style, check_weight, open_picture

# All that is seen of a picture from afar.
_EDGE = 8
# Grey levels, added to a picture's deviation: contrast shall count too, but less than what lies
# where. A hazy photo in the colours of a stark painting has black holes.
_USUAL_DEVIATION = 40.0


class Paintings:
    """A painter's paintings; stands where a `Style` does.

    Args:
        pictures: a folder, or each a file, a Pillow image, or uint8 `(height, width, 3)`; those
            that cannot be used are named and left out. Files are opened again when a photo takes
            one. In a folder, what artnb painted is passed over.
        weight: against other styles.
        progress: shows how many have been looked at.
        say: gets a sentence for each that is left out.

    Raises:
        InputError: none can be used.
    """

    def __init__(
        self,
        pictures: str | Path | Sequence[Anything],
        weight: float = 1.0,
        progress: Progress = silent,
        say: Callable[[str], None] = print,
    ) -> None:
        check_weight(weight, "paintings")
        self.weight = weight
        if isinstance(pictures, str | Path):
            pictures = _paintings_in(Path(pictures))
        self.pictures: list[Anything] = []
        layouts = []
        advance = progress("looking at paintings", len(pictures))
        for picture in pictures:
            try:
                layouts.append(layout(open_picture(picture, "a style")))
                self.pictures.append(picture)
            except InputError as error:
                say(f"Left out: {error}")
            advance()
        if not layouts:
            raise InputError(
                f"a painter needs a painting that can be used, and of {len(pictures)} here none "
                "can; name others"
            )
        self.layouts = np.stack(layouts)

    def style_for(self, photo: Image.Image) -> Style:
        """Open the painting that is laid out most like a photo."""
        picture = self.pictures[most_alike(photo, self.layouts)]
        name = Path(picture).name if isinstance(picture, str | Path) else ""
        return Style(picture, self.weight, name=name)


def layout(picture: Image.Image) -> np.ndarray:
    """Give where a picture is light, dark and of which colour, `(8, 8, 3)`, however bright it is.

    Each channel has mean 0; the stronger the contrast, the nearer the deviation of all is to 1.
    """
    small = picture.convert("RGB").resize((_EDGE, _EDGE), Image.Resampling.BOX)
    apart = np.asarray(small, np.float64)
    apart = apart - apart.mean(axis=(0, 1))
    return apart / (apart.std() + _USUAL_DEVIATION)


def most_alike(picture: Image.Image, layouts: Sequence[np.ndarray] | np.ndarray) -> int:
    """Give the number of the layout that is nearest to a picture's."""
    return int(np.square(layouts - layout(picture)).mean(axis=(1, 2, 3)).argmin())


def open_style(
    painting: "Anything | Style | Paintings",
    weight: float = 1.0,
    regions: Image.Image | None = None,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> Style | Paintings:
    """Open a painting, or a folder of paintings; what is a style already stays as it is.

    Args:
        painting: a file, a folder, a Pillow image, uint8 `(height, width, 3)`, or a style.
        weight: against other styles.
        regions: of the painting; see `Style`.
        progress, say: see `Paintings`.

    Raises:
        InputError: it cannot be used, a folder is empty, or has regions.
    """
    if isinstance(painting, Style | Paintings):
        return painting
    if isinstance(painting, str | Path) and Path(painting).is_dir():
        if regions is not None:
            raise InputError(
                f"a map of regions is that of one painting, and {painting} is a folder; name a "
                "file in it"
            )
        return Paintings(painting, weight, progress, say)
    return Style(painting, weight, regions)


def _paintings_in(folder: Path) -> list[Path]:
    """List the pictures of a folder without those that artnb painted; they are nobody's style."""
    files = []
    for path in list_images(folder):
        with path.open("rb") as file:
            if not is_marked_as_painted(file):
                files.append(path)
    if not files:
        raise InputError(
            f"a folder of paintings must hold pictures, and {folder} holds none but what artnb "
            "painted, if that; name another, or a file"
        )
    return files
