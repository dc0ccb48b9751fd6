"""A web page that paints in the visitor's browser: a folder for any web server, or none at all."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import artnb
from artnb.data.images import PAINTED_MARK
from artnb.errors import InputError
from artnb.files import disk, write_whole
from artnb.locks import locked
from artnb.pages import page_environment
from artnb.progress import Progress, silent
from artnb.publishing.examples import write_examples
from artnb.publishing.headers import HEADERS, MANIFEST, POLICY
from artnb.publishing.networks import Network, find_makers, write_networks
from artnb.publishing.runtime import copy_runtime, find_runtime, runtime_version
from artnb.runs.run import Run

_FORMAT = 1
_SCRIPTS = Path(__file__).with_name("scripts")
_TEMPLATES = ("index.html", "page.css", "service-worker.js")
# English comes first: the page is written in it.
_LANGUAGES = ("en", "de")
_SIZES_PX = (256, 512, 1024)
# Chromium takes 4 bytes for each while it decodes, and some for the picture that is shown.
_MOST_PIXELS = 100_000_000
_SAMPLES = 12
# A quarter of the memory that a megapixel takes at once: the paper's network needs 1.5 GB for it.
_TILES_OF_PHONES = {"whole_pixels": 512 * 512, "tiles_for_statistics": 4}


def publish(
    runs: Sequence[Run],
    out: str | Path,
    epoch: str | int = "latest",
    to: str | None = None,
    title: str | None = None,
    licence: str = "",
    examples: Path | None = None,
    runtime: Path | None = None,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> Path:
    """Make a web page in a folder: visitors choose a photo, and their browser paints it.

    Nothing runs on a server, and the photo leaves nobody's machine. What a Run that makes pictures
    out of latents can do is there too: a seed and a truncation.

    Args:
        runs: that can paint or sample; one photo is painted in all styles that are chosen.
        out: the folder; a page that was made there before is replaced, other files in it stay.
        epoch: of each Run: counted from 1, `"latest"` or `"best"`.
        to: what is painted; None takes each Run's usual domain, in all its styles.
        title: of the page.
        licence: of the networks, in words; empty takes what is known of their data.
        examples: a file or folder of photos to try it with; None takes sample photos with their
            credit, and an invented one.
        runtime: `dist` of the npm package onnxruntime-web; None takes its files from
            `$ARTNB_WEIGHTS` or the cache, or fetches them.
        progress: a step for each network.
        say: gets a sentence about what is fetched or made otherwise than usual.

    Returns:
        The page, `index.html`.

    Raises:
        InputError: a Run cannot paint so, other files of the same names lie in `out`, a file of
            onnxruntime-web is missing, or the disk is full.
    """
    out = Path(out)
    makers = find_makers(runs, epoch, to)
    earlier = _files_made_before(out)
    files = find_runtime(runtime, progress, say)
    with disk(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with locked(out, f"the page {out}", say), disk(out), _folder_beside(out) as unfinished:
        site = Path(unfinished)
        manifest = {
            "networks": write_networks(makers, site, licence, progress, say),
            "examples": write_examples(site, examples),
            "runtime": copy_runtime(files, site),
        }
        _write_page(site, title, **manifest)
        _replace(out, site, earlier)
    return out / "index.html"


def _folder_beside(out: Path) -> "tempfile.TemporaryDirectory[str]":
    """Give a folder on the same disk, so that finished files need only get their names."""
    return tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent)


def _files_made_before(out: Path) -> list[str]:
    """List what an earlier page has in a folder.

    Raises:
        InputError: it is a file, or its list is damaged.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} must be a folder, and it is a file; name another --out")
    if not (out / MANIFEST).exists():
        return []
    try:
        return [MANIFEST, *map(str, json.loads((out / MANIFEST).read_bytes())["files"])]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{out / MANIFEST} must be the list of a page that artnb made, and it is damaged or "
            "another's; choose another --out, or remove it"
        ) from error


def _replace(out: Path, site: Path, earlier: Sequence[str]) -> None:
    """Move what was made to its place, then remove what an earlier page had beside it."""
    files = _files_in(site)
    for file in files:
        if (out / file).exists() and file not in earlier:
            raise InputError(
                f"{out / file} is there and no part of a page that artnb made, and will not be "
                "overwritten; choose another --out"
            )
    # The list first: whatever is there then is known to be a page's.
    known = {"files": sorted({*files, *earlier} - {MANIFEST})}
    out.mkdir(exist_ok=True)
    write_whole(out / MANIFEST, json.dumps(known))
    for file in sorted(files, key=lambda file: file == MANIFEST):
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).replace(out / file)
    for file in set(earlier) - set(files):
        if _is_within(out, file):
            (out / file).unlink(missing_ok=True)


def _is_within(folder: Path, file: str) -> bool:
    """Say whether a file of a list lies in its folder, whatever the list says."""
    return (folder / file).resolve().is_relative_to(folder.resolve())


def _files_in(site: Path) -> list[str]:
    found = (path for path in site.rglob("*") if path.is_file())
    return sorted(path.relative_to(site).as_posix() for path in found)


def _write_page(
    site: Path,
    title: str | None,
    networks: Sequence[Network],
    examples: Sequence[dict[str, Any]],
    runtime: dict[str, Any],
) -> None:
    painters = [network for network in networks if not network.latent_size]
    samplers = [network for network in networks if network.latent_size]
    shutil.copytree(_SCRIPTS, site, dirs_exist_ok=True)
    write_whole(site / ".nojekyll", "")
    facts = {
        "title": title or _default_title(painters, samplers),
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


def _default_title(painters: Sequence[Network], samplers: Sequence[Network]) -> str:
    if not painters:
        return f"Pictures like {', '.join(network.title for network in samplers)}"
    return f"Paint like {', '.join(network.title for network in painters)}"


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
        "tiles": {
            "whole_pixels": translation.WHOLE_PIXELS,
            "tile_px": translation.TILE_PX,
            "overlap_px": translation.OVERLAP_PX,
            "tiles_for_statistics": translation.TILES_FOR_STATISTICS,
            "smallest_px": translation.SMALLEST_PX,
        },
        "tiles_of_phones": _TILES_OF_PHONES,
        "files": sorted({*_files_in(site), "service-worker.js"}),
    }
    write_whole(site / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def _write_service_worker(site: Path, runtime: dict[str, Any], networks: Sequence[Network]) -> None:
    """Write what keeps the page for times without a network.

    At the first visit it keeps all but what is large: of that, networks and what runs them on a
    processor follow when the page has them loaded.
    """
    large = {file for kind in runtime.values() for file in (kind["binary"], kind["module"])}
    large |= {network.file for network in networks}
    large |= {kind["loader"] for kind in runtime.values()}
    small = [file for file in _files_in(site) if file not in large and file != ".nojekyll"]
    digest = hashlib.sha256()
    for file in small:
        digest.update(file.encode() + (site / file).read_bytes())
    text = _render(
        "service-worker.js",
        version=digest.hexdigest()[:16],
        shell=small,
        kept=sorted(large),
        headers=HEADERS,
    )
    write_whole(site / "service-worker.js", text)
