"""Showing things below a cell: pictures of a sensible size, tables, the package's own code."""

import csv
import html
import inspect
import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from artnb.data.decoding import decode_image

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
        picture = decode_image(picture.read_bytes())
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


_TABLE = "border-collapse: collapse; font-size: 13px; color: #24242a; background: #faf9f6"
_CELL = "text-align: left; padding: 3px 14px 3px 6px; border-bottom: 1px solid #e2ded6"


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV, a dictionary per row."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def show_table(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = (), longest: int = 80
) -> None:
    """Show rows as a table below the cell.

    Args:
        rows: dictionaries.
        columns: their keys, in order; nothing takes those of the first row.
        longest: characters; what is longer is cut and ends in an ellipsis.
    """
    import IPython.display

    IPython.display.display(IPython.display.HTML(as_html(rows, columns, longest)))


def as_html(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = (), longest: int = 80
) -> str:
    """Write rows as an HTML table; see `show_table`."""
    columns = columns or list(rows[0])
    head = "".join(f'<th style="{_CELL}">{html.escape(name)}</th>' for name in columns)
    body = "".join(
        "<tr>" + "".join(_cell(row.get(name, ""), longest) for name in columns) + "</tr>"
        for row in rows
    )
    return f'<table style="{_TABLE}"><tr>{head}</tr>{body}</table>'


def _cell(value: Any, longest: int) -> str:
    text = str(value)
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return f'<td style="{_CELL}">{html.escape(text)}</td>'
