"""A choice among several networks in one file."""

from collections.abc import Sequence

from artnb.errors import InputError, nearest


def choose(names: Sequence[str], wanted: str | None) -> str:
    """Choose the one name that there is, or the one that is wanted.

    Raises:
        InputError: there are several and none is wanted, or none of that name.
    """
    if wanted in names:
        return wanted
    if wanted is not None:
        raise InputError(
            f"the file has no generator {wanted}; it has {_listed(names)}; {nearest(wanted, names)}"
        )
    if len(names) > 1:
        raise InputError(
            f"the file holds several generators, {_listed(names)}; choose one, such as with "
            f"--network {names[0]}, and the way back with --reverse-network (network= and "
            "reverse_network= in Python)"
        )
    return names[0]


def _listed(names: Sequence[str]) -> str:
    *others, last = (name or "one without a name" for name in names) if names else ("none",)
    return f"{', '.join(others)} and {last}" if others else last
