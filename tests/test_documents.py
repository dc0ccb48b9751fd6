"""Small files as they must be, and as people, editors and interrupted copies leave them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pytest

from artnb.documents import Count, read_document, read_numbers
from artnb.errors import InputError


@dataclass(frozen=True)
class Part:
    """A part of a document."""

    epoch: int
    names: tuple[str, ...] = ()


class Facts(TypedDict, total=False):
    """What others read of a document."""

    steps: Count
    parts: dict[str, Part]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to fill."""
    return tmp_path / "facts.json"


def test_a_dataclass_is_made_and_a_dictionary_keeps_what_else_it_says(file: Path) -> None:
    """What was written is read."""
    file.write_text('{"epoch": 3, "names": ["a", "b"], "later": 1}')
    assert read_document(file, Part, "") == Part(3, ("a", "b"))
    values = {"steps": 4, "ünseen": {"x": [1, None]}}
    file.write_text(json.dumps(values), encoding="utf-8")
    assert read_document(file, Facts, "") == values
    assert read_document(file, dict[str, Any], "") == values


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "it is empty"),
        (bytes(512), "it holds nothing but zeros"),
        (b'{"steps": 4', "Expecting"),
        (b"[]", "Expected `object`, got `array`"),
        (b"null", "Expected `object`, got `null`"),
        (b'{"steps": "4"}', r"Expected `int`, got `str` - at `\$.steps`"),
        (b'{"steps": -1}', r"Expected `int` >= 0 - at `\$.steps`"),
        (b'{"steps": 1.5}', "Expected `int`, got `float`"),
        (b'{"parts": {"a": {"names": []}}}', "missing required field `epoch`"),
        (b'{"steps": 4, "name": "\xe9"}', "codec can't decode"),
        (b'{"a":' * 100_000, "recursion"),
    ],
)
def test_what_is_damaged_is_named_with_its_part(file: Path, text: bytes, reason: str) -> None:
    """No other error than a sentence with the file, the reason, and what to do."""
    file.write_bytes(text)
    with pytest.raises(InputError, match=rf"facts\.json is damaged \(.*{reason}.*\); copy it"):
        read_document(file, Facts, "copy it")


def test_a_later_format_says_update_whatever_else_is_in_it(file: Path) -> None:
    """A format comes before its parts; without one the file is damaged."""
    file.write_text('{"format": 3, "epoch": "three"}')
    with pytest.raises(InputError, match="has format 3, and this artnb reads up to 2; update"):
        read_document(file, Part, "", newest=2)
    for text in ('{"epoch": 3}', '{"epoch": 3, "format": "2"}'):
        file.write_text(text)
        with pytest.raises(InputError, match="damaged"):
            read_document(file, Part, "", newest=2)
    file.write_text('{"epoch": 3, "format": 2}')
    assert read_document(file, Part, "", newest=2) == Part(3)


def test_numbers_of_a_log_being_written(file: Path) -> None:
    """A torn last row counts as not written, a repeated first line is passed over."""
    file.write_bytes(b"step,loss\n1,0.5\nstep,loss\n2,nan\n3,0.1")
    columns = read_numbers(file, "")
    np.testing.assert_array_equal(columns["step"], [1, 2])
    np.testing.assert_array_equal(columns["loss"], [0.5, np.nan])
    for empty in (b"", b"step,lo"):
        file.write_bytes(empty)
        assert read_numbers(file, "") == {}
    file.write_bytes(b"step,loss\n")
    assert {name: len(values) for name, values in read_numbers(file, "").items()} == {
        "step": 0,
        "loss": 0,
    }


@pytest.mark.parametrize(
    "text", [b"a,b\n1\n", b"a,b\n1,x\n", b"a,a\n1,2\n", b"a,b\n1,\xff\n", b'a,b\n"1,2\n']
)
def test_other_cells_than_numbers_are_damage(file: Path, text: bytes) -> None:
    """Wherever they lie, the file is named."""
    file.write_bytes(text)
    with pytest.raises(InputError, match=r"facts\.json is damaged .*; copy it"):
        read_numbers(file, "copy it")


def test_a_table_without_the_column_that_it_is_read_by_is_damaged(tmp_path):
    (tmp_path / "losses.csv").write_text("{},loss\n1,2\n")
    with pytest.raises(InputError, match="names no column step"):
        read_numbers(tmp_path / "losses.csv", "restore it", required="step")
    (tmp_path / "losses.csv").write_text("")
    assert read_numbers(tmp_path / "losses.csv", "restore it", required="step") == {}
