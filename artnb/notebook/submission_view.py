"""A submission to look at: photos beside what was made of them, straight from the zip."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from artnb.data.images import JPEG_QUALITY, decode_image, decode_rgb, encode_jpeg, fit_square
from artnb.drawing.grids import titled_grid
from artnb.evaluation.pictures import EncodedPictures
from artnb.submission.photos import names_in_zip

_CROP_PX, _ENLARGED_PX = 64, 256


def draw_submission(path: Path, photos: EncodedPictures, count: int = 8) -> Image.Image:
    """Show some of a submission's pictures below the photos they were painted from.

    Args:
        path: the zip.
        photos: the set that was painted; see `find_photos`.
        count: how many, spread evenly.

    Returns:
        An RGB image of two rows.
    """
    names = names_in_zip(photos.names)
    with zipfile.ZipFile(path) as archive:
        there = set(archive.namelist())
        places = [place for place, name in enumerate(names) if name in there]
        chosen = np.linspace(0, len(places) - 1, min(count, len(places))).round().astype(int)
        places = [places[number] for number in chosen]
        paintings = [decode_rgb(archive.read(names[place])) for place in places]
    edge = paintings[0].shape[0]
    originals = [
        np.asarray(fit_square(decode_image(photos.read_bytes(place)), edge)) for place in places
    ]
    return titled_grid([originals, paintings], edge_px=140)


def draw_compression(painting: np.ndarray, others: Sequence[int] = (75, 40)) -> Image.Image:
    """Show the middle of a painting, enlarged, as it is and as JPEGs.

    Args:
        painting: uint8 `(height, width, 3)`.
        others: qualities beside the submission's own, with colours at half resolution as most
            programs write them.

    Returns:
        An RGB image of one row.
    """
    jpegs = {JPEG_QUALITY: encode_jpeg(painting)}
    jpegs |= {quality: _usual_jpeg(painting, quality) for quality in others}
    titles = [f"quality {quality}, {len(jpeg) / 1000:.0f} KB" for quality, jpeg in jpegs.items()]
    pictures = [painting, *(decode_rgb(jpeg) for jpeg in jpegs.values())]
    title = f"as painted, {painting.nbytes / 1000:.0f} KB"
    return titled_grid([[_enlarged(picture) for picture in pictures]], [title, *titles])


def _usual_jpeg(painting: np.ndarray, quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(painting).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _enlarged(picture: np.ndarray) -> np.ndarray:
    """Cut out the middle and show every pixel as a square."""
    top, left = ((edge - _CROP_PX) // 2 for edge in picture.shape[:2])
    crop = Image.fromarray(picture[top : top + _CROP_PX, left : left + _CROP_PX])
    return np.asarray(crop.resize((_ENLARGED_PX, _ENLARGED_PX), Image.Resampling.NEAREST))
