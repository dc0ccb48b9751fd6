"""What all commands share: how their parsers are made, and which backend they use."""

import argparse
from collections.abc import Callable
from pathlib import Path

from artnb.errors import InputError


class Help(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Show defaults where there is one to tell, and keep the lines of an epilog."""

    def _get_help_string(self, action: argparse.Action) -> str:
        says_nothing = action.default in (None, False, []) or "(default" in (action.help or "")
        return action.help or "" if says_nothing else super()._get_help_string(action)


def add_command(
    commands: argparse._SubParsersAction, name: str, function: Callable, text: str
) -> argparse.ArgumentParser:
    """Add a command that runs a function of its options."""
    parser = commands.add_parser(name, help=text, description=text, formatter_class=Help)
    parser.set_defaults(command=function)
    return parser


def add_backend(parser: argparse.ArgumentParser) -> None:
    """Let a command's user choose the backend."""
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="tensorflow or jax; without it KERAS_BACKEND counts, then what is installed",
    )


def add_extractor(parser: argparse.ArgumentParser) -> None:
    """Let a command's user choose the extractor."""
    parser.add_argument(
        "--extractor",
        default="auto",
        help="inception, squeezenet or vgg16; auto takes Inception where its weights are here",
    )


def add_epochs(parser: argparse.ArgumentParser) -> None:
    """Let a command's user choose among the epochs that Runs keep."""
    parser.add_argument(
        "--epochs", default="all", help="of those kept: all, latest, best, or 1,10,20"
    )


def add_painters(parser: argparse.ArgumentParser, text: str) -> None:
    """Let a command's user name further painters; `painter` reads each."""
    parser.add_argument("--painter", action="append", default=[], metavar="NAME=DIR", help=text)


def say_backend(options: argparse.Namespace) -> None:
    """Decide on the backend, say which it is, and import Keras with it."""
    from artnb.platform.backend import choose_backend, import_quietly

    print(choose_backend(options.backend))
    import_quietly("keras")


def painter(text: str) -> tuple[str, Path]:
    """Read NAME=DIR, a painter's name and the folder of pictures.

    Raises:
        InputError: it is not written so.
    """
    name, equals, folder = text.partition("=")
    if not (name and equals and folder):
        raise InputError(f"a painter is written NAME=DIR, got {text!r}")
    return name, Path(folder)
