"""Showing things in a notebook: pictures of a sensible size, and the package's own code."""

import inspect
import io
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    import IPython.display

# Wider pictures make notebooks of many megabytes, and no page shows them at that size.
_LARGEST_WIDTH_PX = 1200
_JPEG_QUALITY = 88
_CODE_BOX = "padding: 0.4em 0.8em; border-left: 3px solid #c1572b"
_CODE_TEXT = (
    "margin: 0; background: transparent; color: #24242a; font-family: monospace; line-height: 1.4"
)


def inline(picture: Image.Image | Path) -> "IPython.display.Image":
    """Make a picture ready for a notebook: a JPEG, not wider than 1200 px."""
    import IPython.display

    if isinstance(picture, Path):
        with Image.open(picture) as opened:
            picture = opened.convert("RGB")
    if picture.width > _LARGEST_WIDTH_PX:
        height = round(picture.height * _LARGEST_WIDTH_PX / picture.width)
        picture = picture.resize((_LARGEST_WIDTH_PX, height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return IPython.display.Image(buffer.getvalue(), format="jpeg")


def show(picture: Image.Image | Path) -> None:
    """Show a picture, or a picture file, below the cell."""
    import IPython.display

    IPython.display.display(inline(picture))


class LivePicture:
    """One place below a cell whose picture is replaced by each new one."""

    def __init__(self) -> None:
        self._place: IPython.display.DisplayHandle | None = None

    def show(self, picture: Image.Image | Path) -> None:
        """Show a picture in place of the one before."""
        import IPython.display

        if self._place is None:
            self._place = IPython.display.display(inline(picture), display_id=True)
        else:
            self._place.update(inline(picture))


def show_source(function: Callable) -> None:
    """Show the code of a function of this package, in colour."""
    import IPython.display
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    code = textwrap.dedent(inspect.getsource(function))
    # Styles in the tags themselves: pages made of a notebook have none of their own for this.
    form = HtmlFormatter(noclasses=True, cssstyles=_CODE_BOX, prestyles=_CODE_TEXT)
    IPython.display.display(IPython.display.HTML(highlight(code, PythonLexer(), form)))
