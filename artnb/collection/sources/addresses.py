"""Addresses of pictures, however many a field holds and however they are separated."""

import ast
import json
import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from artnb.data.images import IMAGE_SUFFIXES

_START = r"(?:https?:)?//(?=[\w\[])"
_BETWEEN = re.compile(rf"[\s,;|]+['\"(\[]*(?={_START})", re.IGNORECASE)
_ADDRESS = re.compile(_START, re.IGNORECASE)


def find_addresses(text: str) -> list[str]:
    """Find the addresses in a field.

    Args:
        text: one address, or several: a list of Python or JSON, or separated by white space,
            commas, semicolons or "|".

    Returns:
        The addresses in their order, each once; white space within one is written %20.
    """
    found = [address for part in _parts(text.strip()) for address in _split(part)]
    return list(dict.fromkeys(found))


def is_picture_address(address: str) -> bool:
    """Say whether an address ends as a picture's does (`…/dog.jpg`, `…/dog.jpg!Large.jpg`)."""
    return PurePosixPath(urlsplit(address).path).suffix.lower() in IMAGE_SUFFIXES


def _parts(text: str) -> list[str]:
    """Take a list of Python or JSON apart; anything else stays as it is."""
    if text[:1] not in ("[", "(", "{", '"', "'"):
        return [text]
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        values = value if isinstance(value, list | tuple | set) else [value]
        values = value.values() if isinstance(value, dict) else values
        return [item for item in values if isinstance(item, str)]
    return [text]


def _split(text: str) -> list[str]:
    start = _ADDRESS.search(text)
    if not start:
        return []
    return [_tidy(part) for part in _BETWEEN.split(text[start.start() :])]


def _tidy(address: str) -> str:
    address = address.strip().rstrip(",;|'\"")
    for opening, closing in ("()", "[]"):
        while address.endswith(closing) and address.count(closing) > address.count(opening):
            address = address[:-1].rstrip("'\"")
    address = "%20".join(address.split())
    return f"https:{address}" if address.startswith("//") else address
