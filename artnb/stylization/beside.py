"""One photo painted in several ways, to be looked at beside each other."""

from collections.abc import Callable, Sequence

import numpy as np

from artnb.progress import Progress, silent
from artnb.stylization.inputs import Anything, open_picture
from artnb.stylization.losses import STYLE_LOSSES
from artnb.stylization.paintings import open_style
from artnb.stylization.settings import StylizeSettings
from artnb.stylization.stylize import AnyStyle, make_stylizer


def paint_in_styles(
    photos: Sequence[Anything],
    paintings: Sequence[Anything | AnyStyle],
    settings: StylizeSettings | None = None,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> list[np.ndarray]:
    """Paint photos in the styles of paintings.

    Args:
        photos: each a file, a Pillow image, or uint8 `(height, width, 3)`.
        paintings: likewise, or folders and `Paintings`, of which each photo takes one.
        settings: how.
        progress: shows how many are painted.
        say: gets a sentence about what was chosen.

    Returns:
        Each photo in each style, the first photo in all of them and so on, uint8
        `(height, width, 3)`.

    Raises:
        InputError: see `stylize`.
    """
    opened = [open_picture(photo, "a photo") for photo in photos]
    styles = [open_style(painting, say=say) for painting in paintings]
    settings = settings or StylizeSettings()
    advance = progress("painting", len(opened) * len(styles))
    stylizers = [make_stylizer([style], settings, say=say) for style in styles]
    painted = []
    for photo in opened:
        for stylizer in stylizers:
            result = stylizer(photo)
            if not result.whole:
                raise KeyboardInterrupt
            painted.append(np.asarray(result.image))
            advance()
    return painted


def paint_by_losses(
    photo: Anything,
    painting: Anything,
    settings: StylizeSettings | None = None,
    losses: Sequence[str] = tuple(STYLE_LOSSES),
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> dict[str, np.ndarray]:
    """Paint a photo once by each of several style losses, and once by patches, which know none.

    Args:
        photo, painting: see `stylize`.
        settings: likewise; None takes SqueezeNet.
        losses: as `settings` knows them.
        progress: shows how many are painted.
        say: gets a sentence where there is no network, and with it no loss.

    Returns:
        uint8 `(height, width, 3)` by loss, and `"patches"`; `features` may ask for that alone.

    Raises:
        InputError: see `stylize`.
    """
    settings = settings or StylizeSettings("squeezenet")
    ways = {"patches": settings.replace(features="patches")}
    if settings.features == "patches":
        say("Losses compare what a network sees: without its weights there are patches alone.")
    else:
        ways = {loss: settings.replace(loss=loss) for loss in losses} | ways
    advance = progress("painting", len(ways))
    painted = {}
    for way, of_way in ways.items():
        (painted[way],) = paint_in_styles([photo], [painting], of_way, say=say)
        advance()
    return painted
