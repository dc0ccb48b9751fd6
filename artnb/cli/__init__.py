"""The command line: thin, one function per command, a module per kind of command."""

import argparse
import os
import sys
from collections.abc import Sequence

from artnb.cli import collection, data, exchange, gallery, score, start, study, submit, train, use
from artnb.errors import InputError

_DESCRIPTION = "Turn photos into paintings: prepare data, train a CycleGAN, translate."
_EPILOG = "Start with: artnb demo    (help on a command: artnb train --help)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: without the program's name; None takes the process's own.

    Returns:
        0, or 2 after input that cannot be used, or 130 after Ctrl-C.
    """
    # What TensorFlow says at start-up is of no use to the people this is for.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = build_parser().parse_args(arguments)
    try:
        return options.command(options) or 0
    except InputError as error:
        print(f"artnb: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        # No space, no permission, a drive that went away: the user's to mend, not a bug.
        print(f"artnb: the system says: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nartnb: interrupted; what was written stays", file=sys.stderr)
        return 130


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    import artnb

    parser = argparse.ArgumentParser("artnb", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"artnb {artnb.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for kind in (start, data, collection, train, use, exchange, score, gallery, study, submit):
        kind.add_to(commands)
    return parser
