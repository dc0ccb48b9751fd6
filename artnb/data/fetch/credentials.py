"""Kaggle's credentials: where its clients find them, and a notebook's secrets besides.

No value leaves this module but through the environment of this process, and from there it is
gone again when the block that needs it ends.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from artnb.platform.where import platform_name

TOKEN_PAGE = "https://www.kaggle.com/settings/api"
_TOKEN = "KAGGLE_API_TOKEN"
_PAIR = ("KAGGLE_USERNAME", "KAGGLE_KEY")
_TOKEN_FILES = (Path("~/.kaggle/access_token"), Path("~/.kaggle/access_token.txt"))


@contextmanager
def kaggle_credentials() -> Iterator[str]:
    """Let Kaggle's clients find credentials within this block: their own, else secrets.

    Where the clients would find none, a notebook's secrets `KAGGLE_API_TOKEN`, or
    `KAGGLE_USERNAME` and `KAGGLE_KEY`, of Colab or Kaggle, are put into this process's
    environment until the block ends. One of these two alone is taken out of it for as long:
    kaggle 2.2.4 would put a name from there beside the key of `kaggle.json`, and kagglehub 1.0.2
    would not.

    Yields:
        Where they come from, in words for people; empty where there are none.
    """
    place = place_of_credentials()
    found = _trimmed() if place else _secrets()
    half = [] if found.keys() >= set(_PAIR) else _half_a_pair()
    before = {name: os.environ.get(name) for name in (*found, *half)}
    os.environ.update(found)
    for name in half:
        os.environ.pop(name)
    try:
        yield place or (_secrets_place() if found else "")
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def place_of_credentials() -> str:
    """Say where Kaggle's clients will find credentials, looking in their order.

    Returns:
        A place, or nothing where they will find none.

    Source: `get_access_token_from_env` of kagglesdk 0.1.37, then `get_kaggle_credentials` of
        kagglehub 1.0.2.
    """
    notebooks_own = os.environ.get("KAGGLE_API_V1_TOKEN")
    if platform_name() == "kaggle" and notebooks_own and _holds_something(Path(notebooks_own)):
        return "this notebook's own token"
    if os.environ.get(_TOKEN):
        return _TOKEN
    for file in _TOKEN_FILES:
        if _holds_something(file.expanduser()):
            return str(file)
    if all(os.environ.get(name) for name in _PAIR):
        return " and ".join(_PAIR)
    key_file = Path(os.environ.get("KAGGLE_CONFIG_DIR") or "~/.kaggle") / "kaggle.json"
    return str(key_file) if _holds_something(key_file.expanduser()) else ""


def describe_credentials() -> str:
    """Say which credentials Kaggle's clients are given, and what is left aside; no value is told.

    A notebook's secrets are not asked for.
    """
    place = place_of_credentials() or "none found"
    left = [name for name in _half_a_pair() if os.environ.get(name)]
    if not left:
        return place
    (other,) = set(_PAIR) - set(left)
    return f"{place}; {left[0]} is left aside, since {other} is not set"


def _half_a_pair() -> list[str]:
    """Name those of user name and key that are in the environment where the pair is not whole."""
    if all(os.environ.get(name) for name in _PAIR):
        return []
    return [name for name in _PAIR if name in os.environ]


def how_to_get_credentials() -> str:
    """Say how to get a token, and where to put it on this machine."""
    looked = (
        f"looked for were {_TOKEN}, ~/.kaggle/access_token, {' with '.join(_PAIR)}, kaggle.json"
    )
    make = f"make a token at {TOKEN_PAGE}"
    if platform_name() == "local":
        return f"{make} and put it into {_TOKEN} or ~/.kaggle/access_token ({looked})"
    secrets = "the key on the left" if platform_name() == "colab" else "Add-ons, Secrets"
    return (
        f"{make}, add it as the secret {_TOKEN} ({secrets}) and grant this notebook access to it; "
        f"secrets are there for cells of Python, not for commands after a ! ({looked} and secrets)"
    )


def _holds_something(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size > 0
    except OSError:
        return False


def _trimmed() -> dict[str, str]:
    """Give what has white space around it without: it would be sent, and refused."""
    values = {name: os.environ.get(name, "") for name in (_TOKEN, *_PAIR)}
    return {name: value.strip() for name, value in values.items() if value != value.strip()}


def _secrets() -> dict[str, str]:
    for names in ((_TOKEN,), _PAIR):
        found = {name: _secret(name) for name in names}
        if all(found.values()):
            return found
    return {}


def _secrets_place() -> str:
    return "Colab's secrets" if platform_name() == "colab" else "this notebook's secrets"


def _secret(name: str) -> str:
    """Ask the notebook for a secret; one that is missing or not granted is none.

    Both services raise errors of kinds of their own, and Colab's waits for a page: each is asked
    on its own platform alone.
    """
    try:
        if platform_name() == "colab":
            from google.colab import userdata

            value = userdata.get(name)
        elif platform_name() == "kaggle":
            from kaggle_secrets import UserSecretsClient

            value = UserSecretsClient().get_secret(name)
        else:
            return ""
    except Exception:
        return ""
    return (value or "").strip()
