"""Small tables in a notebook."""

import csv
import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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
