"""Small files that people edit, sync and cut: read as what they must be, or named as damaged."""

import csv
import json
from pathlib import Path
from typing import Annotated, Any, TypeVar, is_typeddict

import msgspec
import numpy as np

from artnb.errors import InputError
from artnb.files import refuse_pointer

Kind = TypeVar("Kind")
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


def read_document(path: Path, kind: type[Kind], advice: str, newest: int | None = None) -> Kind:
    """Read a JSON file and check every part of it against a type.

    Args:
        path: the file.
        kind: a dataclass, which is made; or a TypedDict or `dict[str, Any]`, and then what the
            file holds beside it stays. Parts of a dataclass that the file does not name get their
            defaults, further parts in the file are passed over.
        advice: what to do where the file is damaged, to end the error with.
        newest: the highest `format` of the file that is known, where it has one.

    Returns:
        What the file holds.

    Raises:
        InputError: it is no JSON, no text, nested too deep, of a later format, or a part is missing
            or of another type; the message names the part.
        OSError: the file cannot be opened.
    """
    refuse_pointer(path)
    data = path.read_bytes()
    if not data.strip(b"\0"):
        nothing = "holds nothing but zeros, as a power cut leaves" if data else "is empty"
        raise InputError(f"{path} is damaged (it {nothing}); {advice}")
    try:
        values = json.loads(data)
        found = convert(values, dict[str, Any])["format"] if newest is not None else 0
        if convert(found, int) > (newest or 0):
            raise InputError(
                f"{path} has format {found}, and this artnb reads up to {newest}; update artnb"
            )
        return convert(values, kind)
    except InputError:
        raise
    except KeyError as error:
        raise InputError(f"{path} is damaged (it names no {error}); {advice}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is damaged ({error}); {advice}") from error


def convert(values: object, kind: type[Kind]) -> Kind:
    """Check what came out of JSON against a type, as `read_document` does.

    Raises:
        ValueError: a part is missing or of another type.
    """
    made = msgspec.convert(values, kind)
    return values if is_typeddict(kind) else made


def read_numbers(path: Path, advice: str, required: str = "") -> dict[str, np.ndarray]:
    """Read a CSV of numbers whose first line names the columns.

    A last line that does not end counts as not yet written: its last number may be cut off. A first
    line that stands there once more, where files were joined, is passed over.

    Args:
        path: the file; an empty one has no columns.
        advice: what to do where the file is damaged, to end the error with.
        required: a column that must be there where the file is not empty.

    Returns:
        A float64 array per column.

    Raises:
        InputError: it is no text, lacks the column, or a row has other cells than numbers under the
            columns.
        OSError: the file cannot be opened.
    """
    refuse_pointer(path)
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    try:
        names, *rows = list(csv.reader(whole.decode().splitlines(), strict=True)) or [[]]
        if len(set(names)) < len(names):
            raise ValueError("its first line names a column twice")
        if names and required and required not in names:
            raise ValueError(f"its first line names no column {required}")
        numbers = [_numbers(row, names) for row in rows if row and row != names]
    except (ValueError, csv.Error) as error:
        raise InputError(f"{path} is damaged ({error}); {advice}") from error
    columns = np.array(numbers, np.float64).reshape(len(numbers), len(names)).T
    return dict(zip(names, columns, strict=True))


def _numbers(row: list[str], names: list[str]) -> list[float]:
    if len(row) != len(names):
        raise ValueError(f"a row has {len(row)} cells under {len(names)} columns")
    return [float(cell) for cell in row]
