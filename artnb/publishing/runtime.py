"""What networks run with in a browser: onnxruntime-web's files, found here or fetched."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from artnb.errors import InputError
from artnb.platform.where import cache_folder
from artnb.progress import Progress, silent
from artnb.web.published import PublishedFile, at_hand, fetch_published, published

_FILES: Mapping[str, tuple[PublishedFile, ...]] = published("runtime")
# What a page loads to compute on the processor; and, where a visitor wants it, on a graphics card.
_SETS = {"wasm": "ort-wasm-simd-threaded", "webgpu": "ort-wasm-simd-threaded.asyncify"}
_FOLDER = "runtime"


def runtime_version() -> str:
    """Give the version of onnxruntime-web."""
    return next(iter(_FILES.values()))[0].title.rpartition(" ")[2]


_BY_NPM = (
    f"npm install onnxruntime-web@{runtime_version()}, and name its folder: --runtime "
    "node_modules/onnxruntime-web/dist"
)


def find_runtime(
    folder: Path | None = None,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> list[Path]:
    """Find onnxruntime-web's files, or fetch them; either way they are verified.

    Args:
        folder: that holds them, such as `dist` of the npm package; None takes them from
            `$ARTNB_WEIGHTS` or the cache, or fetches them.
        progress: shows how far a download has got.
        say: gets a sentence before a download.

    Raises:
        InputError: one is missing and cannot be fetched, or is another.
    """
    cache = cache_folder() / _FOLDER / runtime_version()
    return [_find(file, folder, cache, progress, say) for (file,) in _FILES.values()]


def _find(
    file: PublishedFile,
    folder: Path | None,
    cache: Path,
    progress: Progress,
    say: Callable[[str], None],
) -> Path:
    if folder is not None:
        path = folder / file.name
        if not path.is_file():
            raise InputError(
                f"--runtime must be the folder dist of the npm package {file.title}, and {folder} "
                f"has no {file.name}; {_BY_NPM}"
            )
    else:
        path = at_hand([file], cache) or _fetch(file, cache, progress, say)
    if problem := file.problem(path, cache / "observed.json"):
        raise InputError(f"{path} {problem}; it must be that of {file.title}: {_BY_NPM}")
    return path


def _fetch(
    file: PublishedFile, cache: Path, progress: Progress, say: Callable[[str], None]
) -> Path:
    say(f"Fetching {file.name} of {file.title}: {file.size_bytes / 1e6:.1f} MB, {file.licence}.")
    try:
        return fetch_published(file, cache, progress, say, or_by_hand=False)
    except InputError as error:
        raise InputError(f"{error}; or {_BY_NPM}") from None


def copy_runtime(files: list[Path], site: Path) -> dict[str, dict[str, Any]]:
    """Copy the files into a site, and say which of them a page loads for what.

    The version is part of their names: browsers that have kept another one do not mix the two.
    """
    folder = f"{_FOLDER}/{runtime_version()}"
    (site / folder).mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, site / folder / file.name)
    return {kind: _set(kind, stem, site, folder) for kind, stem in _SETS.items()}


def _set(kind: str, stem: str, site: Path, folder: str) -> dict[str, Any]:
    return {
        "module": f"{folder}/ort.{kind}.min.mjs",
        "loader": f"{folder}/{stem}.mjs",
        "binary": f"{folder}/{stem}.wasm",
        "bytes": (site / folder / f"{stem}.wasm").stat().st_size,
    }
