"""A folder for Hugging Face Spaces: an app of Gradio that paints by ONNX, without artnb."""

import json
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from artnb.files import write_whole
from artnb.publishing.folder import files_in
from artnb.publishing.networks import Network

FACTS = "space.json"
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


def write_space(
    space: Path, networks: Sequence[Network], title: str, licence: str = "other"
) -> None:
    """Write the files of a Space for networks in its folder: its app, what that needs, its README.

    Args:
        space: the folder.
        networks: of `write_networks`, in the order that they are offered in.
        title: of the app.
        licence: of the networks, by its identifier at Hugging Face.
    """
    texts = _texts(networks, title, licence)
    for name, text in texts.items():
        write_whole(space / name, text)
    facts = {
        "title": title,
        "painters": [network.as_json() for network in networks if not network.latent_size],
        "latents": [network.as_json() for network in networks if network.latent_size],
        "files": files_in(space),
    }
    write_whole(space / FACTS, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


def _texts(networks: Sequence[Network], title: str, licence: str) -> dict[str, str]:
    templates = resources.files("artnb.publishing") / "templates" / "space"
    readme = _README.format(
        title=json.dumps(title, ensure_ascii=False),  # which YAML reads too
        version=GRADIO_VERSION,
        licence=json.dumps(licence),
        heading=_as_markdown(title),
        networks="\n".join(f"- {_as_markdown(_about(network))}" for network in networks),
    )
    return {
        "app.py": (templates / "app.py").read_text(encoding="utf-8"),
        "painting.py": (templates / "painting.py").read_text(encoding="utf-8"),
        "requirements.txt": "\n".join(REQUIREMENTS) + "\n",
        "README.md": readme,
        ".gitattributes": _ATTRIBUTES,
    }


def _about(network: Network) -> str:
    return f"{network.source} → {network.title} by {network.maker}"


def _as_markdown(text: str) -> str:
    """Write a name so that Markdown shows it as it is, in one line."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&-])", r"\\\1", " ".join(text.split()))
