"""Files whose publisher gives no hash: the first one seen is noted and compared from then on."""

import json
from contextlib import suppress
from pathlib import Path

from artnb.files import sha256_of, write_whole


def first_seen(path: Path, notes: Path) -> tuple[str, str]:
    """Look up which hash a file had when it was first seen, and note it if that is now.

    Args:
        path: the file; its name is what it is known by.
        notes: a JSON file of hashes by name. Where it cannot be written nothing is noted.

    Returns:
        The sha256 it had at first, and the one it has.
    """
    sha256 = sha256_of(path)
    try:
        observed = dict(json.loads(notes.read_bytes()))
    except (OSError, ValueError, TypeError):
        observed = {}
    if path.name not in observed:
        with suppress(OSError):
            notes.parent.mkdir(parents=True, exist_ok=True)
            write_whole(notes, json.dumps({**observed, path.name: sha256}, indent=2) + "\n")
    return observed.get(path.name, sha256), sha256
