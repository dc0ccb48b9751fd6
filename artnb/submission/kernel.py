"""A notebook as Kaggle's client wants it: a folder with the notebook and its metadata."""

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artnb.errors import InputError
from artnb.files import write_whole
from artnb.submission.rules import SLUG

METADATA = "kernel-metadata.json"
# What the server does with longer ones is not documented; the client wants at least five.
_TITLE_LETTERS = (5, 50)


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
