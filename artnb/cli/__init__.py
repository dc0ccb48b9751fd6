"""The command line: thin, one typed function per command, a module per kind of command."""

import os
import sys
from collections.abc import Sequence

from artnb.cli.maker import Command, CommandParser, add_commands
from artnb.errors import InputError

_DESCRIPTION = "Turn photos into paintings: prepare data, train a CycleGAN, translate."
_EPILOG = "Start with: artnb demo    (help on a command: artnb train --help)"

_DATA = {
    "demo": Command("Make the embedded data: landscapes, paintings.", "data:demo"),
    "digits": Command("Write handwritten digits, to try a generator.", "data:digits"),
    "prepare": Command("Turn two folders of pictures into a Dataset.", "data:prepare"),
    "kaggle": Command("Get a Kaggle competition's files.", "data:kaggle"),
    "cyclegan": Command("Get a data set of the CycleGAN paper.", "data:cyclegan"),
    "check": Command("Say what data holds and whether it is usable.", "data:check"),
}
_COLLECTION = {
    "demo": Command("Invent paintings of two epochs, with a table.", "collection:demo"),
    "read": Command("Read lists, tables or folders of paintings.", "collection:read"),
    "choose": Command("Choose pictures, or both sides of a pair.", "collection:choose"),
    "fetch": Command("Fetch pictures by their addresses.", "collection:fetch"),
    "clean": Command("Find borders, repeats, small and unreadable pictures.", "pictures:clean"),
    "cluster": Command("Group pictures by what a network sees in them.", "pictures:cluster"),
    "pair": Command("Compare what two sides show.", "pictures:pair"),
    "prepare": Command("Make a Dataset to train on of two Collections.", "collection:prepare"),
    "folders": Command("Copy pictures into folders, by a column.", "collection:folders"),
}
_SUBMIT = {
    "build": Command("Paint 7,000 to 10,000 photos into a zip.", "submit:build"),
    "check": Command("Check a submission by the competition's rules.", "submit:check"),
    "note": Command("Keep what the leaderboard said in the Run.", "submit:note"),
}
_KAGGLE = {"push": Command("Push a notebook with Kaggle's client.", "submit:push")}
COMMANDS = {
    "doctor": Command("Look at this machine: backend, devices, data, weights.", "start:doctor"),
    "demo": Command("Make data, train for some minutes, paint.", "start:demo"),
    "data": Command("Make, fetch, prepare and check training data.", actions=_DATA),
    "collection": Command(
        "Read, choose, fetch and clean paintings of any epoch.", actions=_COLLECTION
    ),
    "train": Command("Train a method into a Run, or go on with one.", "train:train"),
    "translate": Command("Turn photos of any size into paintings.", "runs:translate"),
    "stylize": Command("Paint photos in a painting's style, untrained.", "stylize:stylize"),
    "sample": Command("Make pictures out of latents, by seeds.", "sample:sample"),
    "project": Command("Find the latent that paints a picture.", "sample:project"),
    "runs": Command("List Runs: how far they got, how they ended.", "runs:runs"),
    "import": Command("Make a Run of a generator that others have trained.", "runs:import_"),
    "export": Command("Write a Run's generator for other programs.", "runs:export"),
    "evaluate": Command("Score a Run epoch by epoch, or generated pictures.", "evaluate:evaluate"),
    "gallery": Command("Show what Runs make of photos, epoch by epoch.", "gallery:gallery"),
    "app": Command("Open an app to paint in, in the browser.", "app:app"),
    "publish": Command("Make a web page that paints in its visitors' browsers.", "publish:publish"),
    "serve": Command("Open such a page on this machine.", "publish:serve"),
    "study": Command("Measure what a style consists of.", "study:study"),
    "submit": Command("Make and check a submission for Kaggle.", actions=_SUBMIT),
    "kaggle": Command("Push a notebook to Kaggle, with what it needs.", actions=_KAGGLE),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: without the program's name; None takes the process's own.

    Returns:
        0, or 2 after input that cannot be used, or 130 after Ctrl-C, or 141 where nobody reads on.
    """
    # What TensorFlow says at start-up is of no use to the people this is for.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        options = vars(build_parser().parse_args(arguments))
        code = options.pop("command")(**options) or 0
        sys.stdout.flush()
        return code
    except InputError as error:
        print(f"artnb: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Who reads has seen enough, as `| head` has; what is left to write must go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        # No space, no permission, a drive that went away: the user's to mend, not a bug.
        print(f"artnb: the system says: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nartnb: interrupted; what was written stays", file=sys.stderr)
        return 130


def build_parser() -> CommandParser:
    """Build the parser of all commands, each of which is imported when it is chosen."""
    import artnb

    parser = CommandParser("artnb", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"artnb {artnb.__version__}")
    add_commands(parser, COMMANDS, "commands", "COMMAND")
    return parser
