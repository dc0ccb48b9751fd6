"""A web page that paints in the visitor's browser: a folder for any web server, or none at all."""

import base64
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import artnb
from artnb.data.images import PAINTED_MARK
from artnb.files import write_whole
from artnb.pages import page_environment
from artnb.publishing.folder import files_in
from artnb.publishing.headers import HEADERS, MANIFEST, POLICY
from artnb.publishing.networks import Network
from artnb.publishing.runtime import runtime_version

_FORMAT = 1
_SCRIPTS = Path(__file__).with_name("scripts")
# English comes first: the page is written in it.
_LANGUAGES = ("en", "de")
_SIZES_PX = (256, 512, 1024)
# Chromium takes 4 bytes for each while it decodes, and some for the picture that is shown.
_MOST_PIXELS = 100_000_000
_SAMPLES = 12
# Of networks, kept for offline times at the first visit; of more, those that are used.
_MOST_KEPT_BYTES = 50_000_000
# A quarter of the memory that a megapixel takes at once: the paper's network needs 1.5 GB for it.
_TILES_OF_PHONES = {"whole_pixels": 512 * 512, "tiles_for_statistics": 4}


def write_page(
    site: Path,
    networks: Sequence[Network],
    title: str,
    examples: Sequence[dict[str, Any]],
    runtime: dict[str, Any],
) -> None:
    """Write a page for networks whose files are in its folder.

    Args:
        site: the folder.
        networks: of `write_networks`.
        title: of the page.
        examples: of `write_examples`.
        runtime: of `copy_runtime`.
    """
    painters = [network for network in networks if not network.latent_size]
    samplers = [network for network in networks if network.latent_size]
    shutil.copytree(_SCRIPTS, site, dirs_exist_ok=True)
    write_whole(site / ".nojekyll", "")  # GitHub Pages would look for pages to be made of files
    facts = {
        "title": title,
        "painters": [network.as_json() for network in painters],
        "samplers": [network.as_json() for network in samplers],
        "examples": examples if painters else [],
        "runtime": runtime,
    }
    page = {**facts, "version": artnb.__version__, "words": _words(), "policy": POLICY}
    page |= {"lead": "lead" if painters else "lead_latents", "sizes": _SIZES_PX}
    page |= {"runtime_version": runtime_version()}
    for template in ("index.html", "page.css"):
        write_whole(site / template, _render(template, **page))
    _write_manifest(site, facts)
    _write_service_worker(site, runtime, networks)


def _words() -> dict[str, str]:
    return json.loads((_SCRIPTS / "words" / f"{_LANGUAGES[0]}.json").read_text(encoding="utf-8"))


def _render(template: str, **values: Any) -> str:
    return page_environment("artnb.publishing").get_template(template).render(**values)


def _write_manifest(site: Path, facts: dict[str, Any]) -> None:
    """Write what the page's scripts know: networks, numbers, and which files are a page's."""
    from artnb import translation

    manifest = {
        "format": _FORMAT,
        "artnb": artnb.__version__,
        **facts,
        "mark": PAINTED_MARK,
        "languages": _LANGUAGES,
        "most_pixels": _MOST_PIXELS,
        "samples": _SAMPLES,
        "most_kept_bytes": _MOST_KEPT_BYTES,
        "tiles": {
            "whole_pixels": translation.WHOLE_PIXELS,
            "tile_px": translation.TILE_PX,
            "overlap_px": translation.OVERLAP_PX,
            "tiles_for_statistics": translation.TILES_FOR_STATISTICS,
            "smallest_px": translation.SMALLEST_PX,
        },
        "tiles_of_phones": _TILES_OF_PHONES,
        "files": sorted({*files_in(site), "service-worker.js"}),
    }
    write_whole(site / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def _write_service_worker(site: Path, runtime: dict[str, Any], networks: Sequence[Network]) -> None:
    """Write what keeps the page for times without a network.

    At the first visit it keeps all but what is large: of that, networks and what runs them on a
    processor follow when the page has them loaded.
    """
    parts = ("module", "loader", "binary")
    large = {kind[part] for kind in runtime.values() for part in parts}
    large |= {network.file for network in networks}
    small = [file for file in files_in(site) if file not in large and file != ".nojekyll"]
    shell = {file: integrity(site / file) for file in small}
    text = _render(
        "service-worker.js",
        version=hashlib.sha256(json.dumps(shell).encode()).hexdigest()[:16],
        shell=shell,
        kept={file: (site / file).stat().st_size for file in sorted(large)},
        headers=HEADERS,
    )
    write_whole(site / "service-worker.js", text)


def integrity(file: Path) -> str:
    """Give a file's hash as browsers check it (W3C Subresource Integrity, section 3.1)."""
    digest = hashlib.sha256(file.read_bytes()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
