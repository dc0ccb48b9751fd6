"""A notebook on Kaggle: its folder with metadata, pushed with Kaggle's own client.

Versions of the client before 2.2 end the interpreter that imports it without credentials, so it
runs in a process of its own.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from artnb.data.fetch.credentials import (
    describe_credentials,
    how_to_get_credentials,
    kaggle_credentials,
    place_of_credentials,
)
from artnb.errors import InputError
from artnb.files import write_whole
from artnb.submission.rules import SLUG
from artnb.web.client import meaning_of

METADATA = "kernel-metadata.json"
# What the server does with longer ones is not documented; the client wants at least five.
_TITLE_LETTERS = (5, 50)
# The client's entry point; not every version can be run as `python -m kaggle`.
CLIENT = (sys.executable, "-c", "from kaggle.cli import main; main()")
_TIMEOUT_S = 300
_PUSHED = re.compile(r"successfully pushed.*?(https?://\S+)", re.DOTALL)
_INVALID = re.compile(r"not valid (\w+) sources and could\s*not\s*be added to the kernel: (.*)")
_STATUS = re.compile(r"\b(4\d\d|5\d\d) (?:Client|Server) Error")
# The words of versions 2.2, and 2.0 with a token and without.
_UNKNOWN = re.compile(r"Authentication required|Unauthorized|to authenticate at")
_REMEDIES = {
    "403": (
        "Kaggle does not allow this account to push {id} (403): the name after --user must be the "
        "account's own, and the competition's rules accepted on its page"
    ),
    "404": "Kaggle finds no account or source of {id} (404); check --user and --dataset",
    "429": "Kaggle has had too many requests from this account (429); wait some minutes",
}


@dataclass(frozen=True)
class Kernel:
    """A notebook on Kaggle, and what is attached to it.

    Args:
        user: the account's name, as in its profile's address.
        title: of the notebook; its address is made of it.
        competitions: whose data is attached.
        datasets: `owner/name` of data sets to attach, such as one with a wheel of this package.
        continues: attach the output of its own previous version, which is where a Run is
            continued from.
        public: everybody may see it.
        gpu: run on a GPU.
        internet: it may fetch packages.

    Raises:
        InputError: a name is not one that Kaggle knows.
    """

    user: str
    title: str
    competitions: Sequence[str] = (SLUG,)
    datasets: Sequence[str] = ()
    continues: bool = True
    public: bool = False
    gpu: bool = True
    internet: bool = True

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", self.user):
            raise InputError(
                f"--user is the name in your profile's address, kaggle.com/NAME, got {self.user!r}"
            )
        fewest, most = _TITLE_LETTERS
        if not fewest <= len(self.title) <= most or len(slug_of(self.title)) < fewest:
            raise InputError(
                f"a notebook's title has {fewest} to {most} letters, got {self.title!r}; "
                "choose another --title"
            )
        for name in self.datasets:
            if not re.fullmatch(r"[\w-]+/[\w-]+(/\d+)?", name):
                raise InputError(
                    f"a data set is written OWNER/NAME, as in its address, got {name!r}"
                )

    @property
    def id(self) -> str:
        """The account and the notebook's address in it."""
        return f"{self.user}/{slug_of(self.title)}"

    def metadata(self, code_file: str) -> dict[str, Any]:
        """Give what the client reads; the names are those of kaggle 2.2's `kernels init`."""
        return {
            "id": self.id,
            "title": self.title,
            "code_file": code_file,
            "language": "python",
            "kernel_type": "notebook",
            "is_private": not self.public,
            "enable_gpu": self.gpu,
            "enable_tpu": False,
            "enable_internet": self.internet,
            "dataset_sources": list(self.datasets),
            "competition_sources": list(self.competitions),
            "kernel_sources": [self.id] if self.continues else [],
            "model_sources": [],
        }


def slug_of(title: str) -> str:
    """Give the address that Kaggle makes of a title: lower case, dashes between words."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def title_of(notebook: Path) -> str:
    """Make a title of a notebook's file name: `06_kaggle_submission` is "Kaggle submission"."""
    words = re.sub(r"^\d+[_-]", "", notebook.stem).replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def write_kernel(notebook: Path, kernel: Kernel, folder: Path) -> Path:
    """Make the folder that the client pushes.

    Args:
        notebook: an `.ipynb` file.
        kernel: what to say of it.
        folder: is made; an earlier one is replaced file by file.

    Returns:
        The metadata's file.

    Raises:
        InputError: the notebook is not there, or is none.
    """
    check_notebook(notebook)
    folder.mkdir(parents=True, exist_ok=True)
    if notebook.resolve() != (folder / notebook.name).resolve():
        shutil.copyfile(notebook, folder / notebook.name)
    metadata = folder / METADATA
    write_whole(metadata, as_json(kernel, notebook))
    return metadata


def as_json(kernel: Kernel, notebook: Path) -> str:
    """Give the metadata as the text of its file."""
    return json.dumps(kernel.metadata(notebook.name), indent=2) + "\n"


def check_notebook(notebook: Path) -> None:
    """Check that a file is a notebook.

    Raises:
        InputError: it is not there, or is none.
    """
    try:
        is_notebook = "cells" in json.loads(notebook.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"there is no notebook {notebook}; check the path") from error
    except (ValueError, OSError, TypeError):
        is_notebook = False
    if not is_notebook:
        raise InputError(f"{notebook} is no notebook; name an .ipynb file")


def push(folder: Path, kernel_id: str) -> list[str]:
    """Push a folder that `write_kernel` made; Kaggle runs the notebook at once.

    Args:
        folder: with the notebook and its metadata.
        kernel_id: account and address of the notebook.

    Returns:
        Lines to print: where to watch it, and what could not be attached.

    Raises:
        InputError: the client is not installed, or Kaggle turns the push down; the message says
            why and what to do.
    """
    if find_spec("kaggle") is None:
        raise InputError(
            "pushing needs Kaggle's client; install it with: pip install 'artnb[kaggle]'"
        )
    told = describe_credentials()
    with kaggle_credentials() as place:
        said, returncode = _run_client(folder)
    pushed = _PUSHED.search(said)
    if not pushed:
        raise InputError(_remedy(said, returncode, kernel_id))
    used = told if place_of_credentials() else place
    credentials = [f"Credentials: {used}"] if place else []
    return [*credentials, f"Pushed and running: {pushed[1]}", *_not_attached(said, kernel_id)]


def _run_client(folder: Path) -> tuple[str, int]:
    command = [*CLIENT, "--no-warn", "kernels", "push", "-p", str(folder)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"Kaggle did not answer within {_TIMEOUT_S // 60} minutes; look whether the notebook "
            "is there before pushing again"
        ) from error
    return done.stdout + done.stderr, done.returncode


def _not_attached(said: str, kernel_id: str) -> list[str]:
    lines = []
    for kind, names in _INVALID.findall(said):
        own = kind == "kernel" and kernel_id in names
        why = ": there is no previous version yet, which is right for a first push" if own else ""
        lines.append(f"Not attached: {kind} {names.strip()}{why}")
    return lines


def _remedy(said: str, returncode: int, kernel_id: str) -> str:
    """Turn what the client said into a sentence with a remedy; its own words may hold a token."""
    found = _STATUS.search(said)
    status = found[1] if found else ""
    if status == "401" or _UNKNOWN.search(said):
        return f"Kaggle finds no valid credentials; {how_to_get_credentials()}"
    if status in _REMEDIES:
        return _REMEDIES[status].format(id=kernel_id)
    if status.startswith("5"):
        return f"Kaggle {meaning_of(int(status)).clause}; try again in some minutes"
    if re.search(r"ConnectionError|Max retries|NameResolution|ProxyError|timed out", said):
        return "Kaggle cannot be reached; look at the connection and try again"
    missing = re.search(r"No module named '([\w.]+)'", said)
    if missing:
        return f"Kaggle's client needs {missing[1]}, which is missing: pip install {missing[1]}"
    told = re.search(r"Kernel push error: (.*)", said)
    reason = told[1] if told else _last_line(said) or f"its client ended with {returncode}"
    return f"Kaggle turned the push down: {reason}"


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return re.sub(r"(?i)(bearer|token|key)\S*\s*\S+", r"\1 …", lines[-1])[:300] if lines else ""
