"""Handwritten digits as pictures: the smallest set on which one sees that a generator works.

Scikit-learn brings 1,797 of 8×8 pixels with it, and needs no network (Alpaydin and Kaynak 1998).
MNIST (LeCun et al. 1998) has 60,000 of 28×28 and is downloaded.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from artnb.data.prepare import new_folder
from artnb.errors import InputError
from artnb.platform.where import cache_folder
from artnb.progress import Progress, silent
from artnb.settings import one_of
from artnb.web.published import at_hand, fetch_published, published

EDGE_PX = 32
SOURCES = ("auto", "scikit-learn", "mnist")
DEFAULT_COUNT = 5000
(_MNIST,) = published("digits")["mnist"]


def write_digits(
    out: Path,
    source: str = "auto",
    count: int = DEFAULT_COUNT,
    server: str = _MNIST.server,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> int:
    """Write digits as PNG files of 32×32 pixels, white on black, into a folder for each digit.

    Args:
        out: the folder to make; it must not exist or be empty.
        source: `"mnist"`, `"scikit-learn"`, or `"auto"`: MNIST where it is at hand or can be
            fetched.
        count: at most so many, the first ones.
        server: address of the folder that holds MNIST, for copies of it.
        progress: shows how far it has got.
        say: gets a sentence about what was chosen.

    Returns:
        How many were written.

    Raises:
        InputError: MNIST is asked for and cannot be had, `out` is not empty, or no digit is asked
            for.
    """
    one_of("source", source, SOURCES)
    if count < 1:
        raise InputError(f"digits to write must be 1 or more, got {count}; the usual is 5,000")
    pictures, digits = _load(source, server, progress, say)
    pictures, digits = pictures[:count], digits[:count]
    advance = progress("writing digits", len(pictures))
    with new_folder(out) as folder:
        for digit in range(10):
            (folder / str(digit)).mkdir()
        for number, (picture, digit) in enumerate(zip(pictures, digits, strict=True)):
            image = Image.fromarray(picture).convert("RGB")
            image.save(folder / str(digit) / f"{number:05d}.png")
            advance()
    return len(pictures)


def _load(
    source: str, server: str, progress: Progress, say: Callable[[str], None]
) -> tuple[np.ndarray, np.ndarray]:
    """Give digits, uint8 `(n, 32, 32)`, and which they are."""
    if source == "scikit-learn":
        return _of_scikit_learn()
    try:
        return _of_mnist(server, progress, say)
    except InputError as error:
        if source == "mnist":
            raise
        say(f"Digits: scikit-learn's, since MNIST is not to be had ({error}).")
        return _of_scikit_learn()


def _of_scikit_learn() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    small = np.rint(digits.images * (255 / 16)).astype(np.uint8)
    return np.stack([_scaled(picture) for picture in small]), digits.target


def _scaled(picture: np.ndarray) -> np.ndarray:
    size = (EDGE_PX, EDGE_PX)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))


def _of_mnist(
    server: str, progress: Progress, say: Callable[[str], None]
) -> tuple[np.ndarray, np.ndarray]:
    folder = cache_folder() / "digits"
    file = replace(_MNIST, server=server)
    path = at_hand([file], folder) or fetch_published(file, folder, progress, say)
    if problem := file.problem(path, folder / "observed.json"):
        raise InputError(f"{path} {problem}; delete it, and it is fetched again from {file.url}")
    with np.load(path, allow_pickle=False) as arrays:
        margin = (EDGE_PX - arrays["x_train"].shape[1]) // 2
        sides = ((0, 0), (margin, margin), (margin, margin))
        return np.pad(arrays["x_train"], sides), arrays["y_train"]
