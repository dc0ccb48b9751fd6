"""Invented paintings with and without borders, and collections of them."""

from pathlib import Path

import numpy as np
import pandas
from PIL import Image
from scipy.ndimage import gaussian_filter

from artnb.collection.table import Collection, complete_table

TINTS = {"red": (90, -30, -30), "green": (-30, 90, -30), "blue": (-30, -30, 90)}


def painting(seed=0, width=200, height=160) -> Image.Image:
    """Coloured shapes with the grain of canvas."""
    random = np.random.default_rng(seed)
    shapes = random.normal(size=(height, width, 3))
    shapes = gaussian_filter(shapes, (height / 12, width / 12, 0))
    grain = random.normal(size=(height, width, 1))
    values = 125 + 45 * shapes / shapes.std() + 8 * grain
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def framed(image: Image.Image, *widths, colour=(245, 240, 230), noise=0.0, seed=0) -> Image.Image:
    """Lay a border around a picture: left, top, right, bottom."""
    left, top, right, bottom = widths
    size = (image.width + left + right, image.height + top + bottom)
    values = np.full((size[1], size[0], 3), colour, float)
    values += noise * np.random.default_rng(seed).normal(size=values.shape)
    sheet = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    sheet.paste(image, (left, top))
    return sheet


def wooden(image: Image.Image, width=20, seed=0) -> Image.Image:
    """Frame a picture in wood: grain along each side, a moulded profile across it."""
    random = np.random.default_rng(seed)
    outer = (image.width + 2 * width, image.height + 2 * width)
    y, x = np.mgrid[: outer[1], : outer[0]]
    depth = np.minimum.reduce([x, y, outer[0] - 1 - x, outer[1] - 1 - y])
    profile = 12 * np.sin(np.minimum(depth, width) / 3.0)
    grain = gaussian_filter(random.normal(size=depth.shape), 2)
    values = np.array([112, 70, 34]) + (profile + 8 * grain / grain.std())[..., None]
    sheet = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    sheet.paste(image, (width, width))
    return sheet


def collection_of(folder: Path, pictures: dict, **columns) -> Collection:
    """Save pictures, or the bytes of files, under names, and make a Collection of them."""
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        if isinstance(picture, bytes):
            (images / name).write_bytes(picture)
        else:
            picture.save(images / name)
    ids = [name.partition(".")[0] for name in pictures]
    table = complete_table(pandas.DataFrame({"id": ids, "file": list(pictures), **columns}))
    return Collection(folder, table, images)


def row(collection: Collection, row_id: str) -> dict:
    """Give a row of the table."""
    table = collection.table
    return table[table["id"] == row_id].iloc[0].to_dict()


def edited(collection: Collection, row_id: str, **values) -> Collection:
    """Edit a row as a person would."""
    table = collection.table.copy()
    for column, value in values.items():
        table.loc[table["id"] == row_id, column] = value
    return collection.with_table(table)


def tinted(tint, seed) -> Image.Image:
    """A painting that is mostly of one colour."""
    values = np.asarray(painting(seed, 64, 64), float) * 0.3 + 90 + np.array(TINTS[tint])
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def three_tints(folder: Path, counts=(8, 6, 4)) -> Collection:
    """Make a Collection of red, green and blue paintings; the colour is the genre."""
    pictures, genres = {}, []
    for tint, count in zip(TINTS, counts, strict=True):
        pictures |= {f"{tint}{number}.png": tinted(tint, number) for number in range(count)}
        genres += [tint] * count
    return collection_of(folder, pictures, genre=genres)
