"""A folder for Hugging Face Spaces: an app of Gradio that paints by ONNX, without artnb."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path

from artnb.errors import InputError
from artnb.files import disk, write_whole

FACTS = "space.json"
_NETWORKS = "networks"
# What the Space was tried with; constraints/app.txt has the same.
GRADIO_VERSION = "6.31.0"
REQUIREMENTS = ("gradio==6.31.0", "numpy==2.4.6", "onnxruntime==1.31.1", "pillow==12.3.0")
# Git carries large files beside a repository of Spaces, not in it.
_ATTRIBUTES = "*.onnx filter=lfs diff=lfs merge=lfs -text\n"
_README = """\
---
title: {title}
emoji: 🎨
colorFrom: yellow
colorTo: red
sdk: gradio
sdk_version: {version}
python_version: "3.12"
app_file: app.py
license: {licence}
---

# {heading}

{networks}

A photo is painted at its own size, at most 1,536 pixels wide or high. Paintings are marked in their
files as painted by artnb. What visitors bring is deleted after an hour.

Here, or on a machine of one's own: `pip install -r requirements.txt`, then `python app.py`.
"""


@dataclass(frozen=True)
class SpaceNetwork:
    """A network that a Space paints with.

    Args:
        file: of `write_web_network`; it is copied, unless it lies in the Space's folder already.
        title: what visitors choose it by.
        source: the domain that is painted from.
        target: the domain or style that is painted.
        run: the name of its Run.
        epoch: of the Run.
    """

    file: Path
    title: str
    source: str
    target: str
    run: str
    epoch: int

    def describe(self) -> str:
        """Say what it is."""
        return f"{self.title}: {self.source} → {self.target}, Run {self.run}, epoch {self.epoch}"


@dataclass(frozen=True)
class SpacePainter(SpaceNetwork):
    """A network that turns photos into paintings.

    Args:
        multiple_px: what both sides of a picture must be a multiple of.
        statistics: how many numbers its input `statistics` has; 0 where there is no such input.
    """

    multiple_px: int
    statistics: int = 0


@dataclass(frozen=True)
class SpaceSampler(SpaceNetwork):
    """A network that makes pictures out of latents.

    Args:
        size_px: the edge of its pictures.
        latent_size: how many numbers a latent has.
        classes: the names of its classes, in order; empty where there are none.
    """

    size_px: int
    latent_size: int
    classes: tuple[str, ...] = ()


def write_space(
    folder: Path,
    networks: Sequence[SpacePainter | SpaceSampler],
    title: str,
    licence: str = "other",
) -> Path:
    """Write the folder of a Space: its app, what that needs, its README, and the networks.

    Args:
        folder: it is made; one that was written before is written anew.
        networks: at least one, in the order that they are offered in.
        title: of the page.
        licence: of the networks, by its identifier at Hugging Face.

    Returns:
        The folder.

    Raises:
        InputError: the folder holds something else, two networks' files have one name, or the disk
            is full.
    """
    _refuse_others(folder)
    names = [network.file.name for network in networks]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise InputError(f"each network needs a file of its own name, and {sorted(repeated)} are "
                         "named alike; name them anew")  # fmt: skip
    facts: dict = {"title": title, "painters": [], "latents": []}
    with disk(folder):
        for network in networks:
            kind = "painters" if isinstance(network, SpacePainter) else "latents"
            facts[kind].append(asdict(network) | {"file": _bring(network.file, folder)})
        for name, text in _texts(facts, networks, title, licence).items():
            write_whole(folder / name, text)
    return folder


def _refuse_others(folder: Path) -> None:
    """Protect what is no Space of ours; networks alone may be there already."""
    if folder.is_file():
        raise InputError(f"{folder} must be a folder, and it is a file; name another one")
    found = {path.name for path in folder.glob("*")} - {_NETWORKS}
    if found and FACTS not in found:
        raise InputError(
            f"{folder} must be new or a Space that was written before, and it holds "
            f"{', '.join(sorted(found)[:3])}; name another folder"
        )


def _bring(file: Path, folder: Path) -> str:
    """Give a network's place in the folder, and copy it there where it is not."""
    if file.resolve().is_relative_to(folder.resolve()):
        return file.resolve().relative_to(folder.resolve()).as_posix()
    place = Path(_NETWORKS, file.name)
    (folder / _NETWORKS).mkdir(parents=True, exist_ok=True)
    write_whole(folder / place, file.read_bytes())
    return place.as_posix()


def _texts(
    facts: dict, networks: Sequence[SpaceNetwork], title: str, licence: str
) -> dict[str, str]:
    templates = resources.files("artnb.publishing") / "templates" / "space"
    readme = _README.format(
        title=json.dumps(title, ensure_ascii=False),  # which YAML reads too
        version=GRADIO_VERSION,
        licence=json.dumps(licence),
        heading=_as_markdown(title),
        networks="\n".join(f"- {_as_markdown(network.describe())}" for network in networks),
    )
    return {
        "app.py": (templates / "app.py").read_text(encoding="utf-8"),
        "painting.py": (templates / "painting.py").read_text(encoding="utf-8"),
        "requirements.txt": "\n".join(REQUIREMENTS) + "\n",
        "README.md": readme,
        ".gitattributes": _ATTRIBUTES,
        FACTS: json.dumps(facts, indent=2, ensure_ascii=False) + "\n",
    }


def _as_markdown(text: str) -> str:
    """Write a name so that Markdown shows it as it is, in one line."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&-])", r"\\\1", " ".join(text.split()))
