"""Painters for everybody, as a folder: a web page, or the app of a Space."""

from collections.abc import Callable, Sequence
from pathlib import Path

from artnb.exchange.optional import check_onnx
from artnb.progress import Progress, silent
from artnb.publishing.examples import write_examples
from artnb.publishing.folder import published_folder
from artnb.publishing.headers import MANIFEST
from artnb.publishing.networks import default_title, find_makers, write_networks
from artnb.publishing.runtime import copy_runtime, find_runtime
from artnb.publishing.site import write_page
from artnb.publishing.space import FACTS, write_space
from artnb.runs.run import Run


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
        InputError: a Run cannot paint so, onnx is not installed, other files of the same names lie
            in `out`, a file of onnxruntime-web is missing, or the disk is full.
    """
    check_onnx()
    makers = find_makers(runs, epoch, to)
    files = find_runtime(runtime, progress, say)
    with published_folder(Path(out), MANIFEST, say) as site:
        networks = write_networks(makers, site, licence, progress, say)
        shown = write_examples(site, examples)
        write_page(
            site, networks, title or default_title(networks), shown, copy_runtime(files, site)
        )
    return Path(out) / "index.html"


def publish_space(
    runs: Sequence[Run],
    out: str | Path,
    epoch: str | int = "latest",
    to: str | None = None,
    title: str | None = None,
    licence: str = "other",
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> Path:
    """Make the folder of a Space at Hugging Face: an app of Gradio that paints by onnxruntime.

    Args:
        runs: as for `publish`, like all that follow but one.
        out: the folder.
        epoch: of each Run.
        to: what is painted.
        title: of the app.
        licence: of the networks, by its identifier at Hugging Face, such as `"cc0-1.0"`.
        progress: a step for each network.
        say: gets a sentence where something is made otherwise than usual.

    Returns:
        The app, `app.py`.

    Raises:
        InputError: a Run cannot paint so, onnx is not installed, other files of the same names lie
            in `out`, or the disk is full.
    """
    check_onnx()
    makers = find_makers(runs, epoch, to)
    with published_folder(Path(out), FACTS, say) as space:
        networks = write_networks(makers, space, licence, progress, say)
        write_space(space, networks, title or default_title(networks), licence)
    return Path(out) / "app.py"
