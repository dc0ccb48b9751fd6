"""What a notebook works on where nobody names a folder."""

import shutil
from pathlib import Path

from artnb.platform.where import kaggle_inputs, known_folder

_SLUG = "gan-getting-started"
_KAGGLE_INPUT = Path("/kaggle/input")


def find_competition(kaggle_input: Path = _KAGGLE_INPUT) -> Path | None:
    """Look for the competition's files.

    Args:
        kaggle_input: where Kaggle attaches them, in the newer or the older place.

    Returns:
        The folder below `$ARTNB_DATA` or on Kaggle, or None.
    """
    own = known_folder("ARTNB_DATA")
    places = [own / _SLUG] if own else []
    places += kaggle_inputs(_SLUG, kaggle_input)
    return next((place for place in places if place.is_dir()), None)


def stand_in_for_competition(photos: Path, paintings: Path, out: Path) -> Path:
    """Copy two folders of pictures into the competition's layout.

    Args:
        photos: a folder of pictures.
        paintings: another.
        out: the folder to make; `photo_jpg` and `painting_jpg` will be in it.

    Returns:
        `out`.
    """
    shutil.copytree(photos, out / "photo_jpg")
    shutil.copytree(paintings, out / "painting_jpg")
    return out
