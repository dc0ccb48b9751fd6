"""Parsers of typed functions: each kind of parameter, and when a command is imported."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import pytest

from artnb.cli import build_parser, start
from artnb.cli.maker import Command, CommandParser, Option, add_commands

Minutes = Annotated[float, "for how long", Option(metavar="MINUTES")]


def paint(
    photos: Sequence[Path],
    *,
    out: Annotated[Path, "new folder", Option(("--out", "--to"))],
    style: Annotated[Literal["monet", "cezanne"], "whose"] = "monet",
    count: Annotated[int | None, "how many"] = None,
    without: Annotated[Sequence[int], "may be repeated"] = (),
    words: Annotated[Sequence[str], Option(nargs="+")] = (),
    beam: Annotated[str | None, Option(nargs="?", const="")] = None,
    deadline: Annotated[Minutes | None, "stop so long after the start"] = None,
    no_page: Annotated[bool, "saves 5 % of the time"] = False,
    by_size: Annotated[bool, Option(exclusive="by")] = False,
    by_name: Annotated[bool, Option(exclusive="by")] = False,
    explain: Annotated[str | None, Option(answer=str.upper)] = None,
):
    """Paint photos.

    styles: monet,
            cezanne
    """


@pytest.fixture
def parser(monkeypatch):
    monkeypatch.setattr(start, "paint", paint, raising=False)
    parser = CommandParser("program")
    add_commands(parser, {"paint": Command("Paint.", "start:paint")}, "commands", "COMMAND")
    return parser


def parsed(parser, *arguments):
    options = vars(parser.parse_args(["paint", *arguments]))
    assert options.pop("command") is paint
    return options


def test_what_is_not_given_is_the_parameters_default(parser):
    assert parsed(parser, "a.png", "--out", "o") == {
        "photos": [Path("a.png")], "out": Path("o"), "style": "monet", "count": None,
        "without": [], "words": [], "beam": None, "deadline": None, "no_page": False,
        "by_size": False, "by_name": False, "explain": None,
    }  # fmt: skip


def test_what_is_given_has_the_parameters_type(parser):
    given = parsed(
        parser, "a", "b", "--to", "o", "--style", "cezanne", "--count", "3", "--without", "1",
        "--without", "2", "--words", "x", "y", "--beam", "--deadline", "2", "--no-page",
        "--by-size",
    )  # fmt: skip
    assert given == {
        "photos": [Path("a"), Path("b")], "out": Path("o"), "style": "cezanne", "count": 3,
        "without": [1, 2], "words": ["x", "y"], "beam": "", "deadline": 2.0, "no_page": True,
        "by_size": True, "by_name": False, "explain": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "the following arguments are required: photos, --out/--to"),
        (["a"], "the following arguments are required: --out/--to"),
        (["a", "--out", "o", "--count", "x"], "argument --count: invalid int value: 'x'"),
        (["a", "--out", "o", "--style", "x"], "argument --style: invalid choice: 'x'"),
        (["a", "--out", "o", "--by-size", "--by-name"], "--by-name: not allowed with"),
    ],
)
def test_what_cannot_be_parsed_is_refused_by_argparse(parser, capsys, arguments, sentence):
    with pytest.raises(SystemExit, match="2"):
        parsed(parser, *arguments)
    said = capsys.readouterr().err
    assert said.startswith("usage: program paint [-h] --out PATH")
    assert sentence in said


def test_help_is_the_docstring_and_the_annotations(parser, capsys):
    with pytest.raises(SystemExit, match="0"):
        parsed(parser, "--help")
    said = capsys.readouterr().out
    assert "\nPaint photos.\n" in said
    assert "\nstyles: monet,\n        cezanne\n" in said
    for line in ("--deadline MINUTES", "stop so long after the start", "whose (default: monet)",
                 "saves 5 % of", "--count N", "--without N", "--style {monet,cezanne}",
                 ):  # fmt: skip
        assert line in said, line
    assert "for how long" not in said


def test_an_answer_needs_nothing_else(parser, capsys):
    with pytest.raises(SystemExit, match="0"):
        parsed(parser, "--explain", "this")
    assert capsys.readouterr().out == "THIS\n"


def test_a_command_is_imported_when_it_is_chosen_and_not_before():
    script = (
        "import sys\n"
        "from artnb.cli import build_parser\n"
        "def ask(*words):\n"
        "    try: build_parser().parse_args(words)\n"
        "    except SystemExit: pass\n"
        "    names = ('start', 'data', 'collection', 'pictures', 'train', 'runs', 'evaluate')\n"
        "    print([n for n in names if f'artnb.cli.{n}' in sys.modules], file=sys.stderr)\n"
        "ask('--help')\n"
        "ask('collection', '--help')\n"
        "ask('runs', '--help')\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stderr.splitlines() == ["[]", "[]", "['runs']"]


def commands(table, *before):
    for name, command in table.items():
        if command.actions:
            yield from commands(command.actions, *before, name)
        else:
            yield (*before, name)


def test_every_command_has_help_that_says_what_it_is_for(capsys):
    from artnb.cli import COMMANDS

    every = list(commands(COMMANDS))
    assert len(every) == len(set(every)) > 20
    for words in every:
        with pytest.raises(SystemExit, match="0"):
            build_parser().parse_args([*words, "--help"])
        usage, text = capsys.readouterr().out.split("\n\n")[:2]
        assert usage.startswith(f"usage: artnb {' '.join(words)} [-h]")
        assert text.endswith(".")
