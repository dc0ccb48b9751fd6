"""The one exception for what a person typed, chose or downloaded."""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Input that cannot be used; the message says what must hold, what arrived, what to do.

    The command line prints the message alone and exits with code 2.
    """


class UnfinishedError(InputError):
    """Work that broke off; what is done is kept, and the same call goes on from there."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant.

    Args:
        name: what arrived.
        known: the names that exist.

    Returns:
        A half sentence to end an error with, such as ``did you mean "epochs"?``.
    """
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f'did you mean "{close[0]}"?' if close else f"choose one of {', '.join(known)}"
