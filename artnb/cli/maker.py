"""Makes argparse's parsers of typed functions, so that what a command takes is written once.

A parameter of a command's function is an argument of the command, by its place and its type::

    def fetch(
        collection: Path,                       # before the star: given by its place
        *,
        per_host: Annotated[int, "requests to a server at a time"] = 2,  # --per-host
        again: Annotated[bool, "also ask for what failed"] = False,      # a flag
        without: Annotated[Sequence[int], "may be repeated"] = (),
        out: Annotated[Path, "new folder", Option(metavar="DIR")],       # must be given
    ) -> None:
        \"""Fetch a Collection's pictures.

        Further paragraphs stand below the options in `artnb collection fetch --help`.
        \"""
"""

import argparse
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

# Stand for an option's value in the help.
_METAVARS = {Path: "PATH", int: "N", float: "NUMBER"}


@dataclass(frozen=True)
class Option:
    """What a parameter's annotation says beside its type and its help.

    Args:
        names: on the command line, where they are not the parameter's own.
        metavar: stands for the value in the help.
        nargs: how many values, in argparse's signs, where the type does not say it.
        const: stands for a value that may be left out (`nargs="?"`).
        exclusive: of the options that share this word, one may be given.
        answer: makes a text of the value; the text is printed, and the command does not run.
    """

    names: tuple[str, ...] = ()
    metavar: str | None = None
    nargs: str | None = None
    const: str | None = None
    exclusive: str = ""
    answer: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Command:
    """A command, or several under one name.

    Args:
        text: says in a line what it is for.
        function: `"module:function"` of this room, imported when the command is chosen.
        actions: the commands that follow the name instead.
    """

    text: str
    function: str = ""
    actions: Mapping[str, "Command"] | None = None


class CommandParser(argparse.ArgumentParser):
    """A parser that learns what its command takes when it is used, and not before."""

    command: Command | None = None

    def parse_known_args(self, args=None, namespace=None):
        """Parse, as argparse does."""
        self.learn()
        return super().parse_known_args(args, namespace)

    def learn(self) -> None:
        """Add what the command takes, once."""
        command, self.command = self.command, None
        if command and command.actions:
            add_commands(self, command.actions, "actions", "ACTION")
        elif command:
            module, _, name = command.function.partition(":")
            _add_arguments(self, getattr(import_module(f"artnb.cli.{module}"), name))


def add_commands(
    parser: CommandParser, commands: Mapping[str, Command], title: str, metavar: str
) -> None:
    """List commands under a parser, one of which must be chosen."""
    subparsers = parser.add_subparsers(title=title, metavar=metavar, required=True)
    for name, command in commands.items():
        text = command.text
        added = subparsers.add_parser(name, help=text, description=text)
        added.formatter_class = argparse.RawDescriptionHelpFormatter  # keeps an epilog's lines
        added.command = command


def _add_arguments(parser: argparse.ArgumentParser, function: Callable) -> None:
    """Let a parser take what a function takes; the parsed `command` is the function."""
    parser.description, _, parser.epilog = (inspect.getdoc(function) or "").partition("\n\n")
    parser.set_defaults(command=function)
    groups: dict[str, Any] = {"": parser}
    for parameter in inspect.signature(function).parameters.values():
        kind, notes = _kind_and_notes(parameter.annotation)
        option = next((note for note in notes if isinstance(note, Option)), Option())
        text = next((note for note in notes if isinstance(note, str)), "").replace("%", "%%")
        if option.exclusive not in groups:
            groups[option.exclusive] = parser.add_mutually_exclusive_group()
        names, told = _argument(parameter, kind, option)
        if told.get("default") and "(default" not in text:
            text += " (default: %(default)s)"
        groups[option.exclusive].add_argument(*names, help=text, **told)


def _path(text: str) -> Path:
    """Read a path; an empty one, as of a shell's unset variable, would be the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("a path is needed, and this is empty")
    return Path(text)


def _kind_and_notes(annotation: Any) -> tuple[Any, list]:
    """Take an annotation apart: a type that is not None, and what is said of it, latest first."""
    if get_origin(annotation) is Annotated:
        kind, notes = _kind_and_notes(annotation.__origin__)
        return kind, [*reversed(annotation.__metadata__), *notes]
    if get_origin(annotation) in (Union, UnionType):
        (kind,) = (part for part in get_args(annotation) if part is not NoneType)
        return _kind_and_notes(kind)
    return annotation, []


def _argument(
    parameter: inspect.Parameter, kind: Any, option: Option
) -> tuple[Sequence[str], dict[str, Any]]:
    """Give the names of a parameter on the command line, and what argparse is told of it."""
    several, required = get_origin(kind) is Sequence, parameter.default is parameter.empty
    told = {"metavar": option.metavar, "nargs": option.nargs, "const": option.const}
    if not required:
        told["default"] = list(parameter.default) if several else parameter.default
    if kind is bool:
        told["action"] = "store_true"
    elif get_origin(kind) is Literal:
        told["choices"] = get_args(kind)
    elif option.answer:
        told |= {"action": _Answer, "const": option.answer}
    else:
        kind = get_args(kind)[0] if several else kind
        told["type"] = _path if kind is Path else kind
    names: Sequence[str] = [parameter.name]
    if parameter.kind is parameter.KEYWORD_ONLY:
        names = option.names or ["--" + parameter.name.replace("_", "-")]
        told |= {"dest": parameter.name, "required": required}
        told["metavar"] = option.metavar or _METAVARS.get(kind)
        if several and not option.nargs:
            told["action"] = "append"
    elif several or not required:
        told["nargs"] = "?" if not several else "+" if required else "*"
    return names, {key: value for key, value in told.items() if value is not None}


class _Answer(argparse.Action):
    """Print what the option's value is answered with, and end, as --help does."""

    def __call__(self, parser, namespace, values, option_string=None):
        # argparse gives the constant in place of a value that may be left out and is.
        print(self.const("" if values is self.const else values))
        parser.exit()
