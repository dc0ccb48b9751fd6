"""Which machine this is, and where its folders are."""

import os
import sys
from itertools import chain, count
from pathlib import Path

_DRIVE = Path("/content/drive")


def platform_name() -> str:
    """Name the platform: `"kaggle"`, `"colab"` or `"local"`.

    Kaggle's image is built from Colab's and carries Colab's variables too, so Kaggle's own
    variable is tested first.
    """
    if "KAGGLE_KERNEL_RUN_TYPE" in os.environ:
        return "kaggle"
    if "COLAB_RELEASE_TAG" in os.environ or "google.colab" in sys.modules:
        return "colab"
    return "local"


def outputs_folder() -> Path:
    """Give the folder that Runs are written to: `$ARTNB_OUTPUTS`, else the platform's own."""
    if os.environ.get("ARTNB_OUTPUTS"):
        return Path(os.environ["ARTNB_OUTPUTS"]).expanduser()
    if platform_name() == "kaggle":
        return Path("/kaggle/working/outputs")
    return Path("outputs")


def cache_folder() -> Path:
    """Give the folder for what can be fetched again: `$ARTNB_CACHE`, else the system's own."""
    if os.environ.get("ARTNB_CACHE"):
        return Path(os.environ["ARTNB_CACHE"]).expanduser()
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "artnb"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "artnb"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "artnb"


def mounted(folder: str) -> Path | None:
    """Give the folder for a second copy of Runs, with Colab's Drive mounted where it lies there.

    Args:
        folder: such as `"/content/drive/MyDrive/artnb"`; an empty one means none.

    Returns:
        The folder, or None.
    """
    if not folder:
        return None
    path = Path(folder).expanduser()
    if platform_name() == "colab" and path.is_relative_to(_DRIVE):
        from google.colab import drive

        drive.mount(str(_DRIVE))
    return path


def unused_folder(path: Path) -> Path:
    """Give `path`, or the first of `path-2`, `path-3` … that is not there yet."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(folder for folder in chain([path], numbered) if not folder.exists())


def kaggle_inputs(slug: str, attached: Path = Path("/kaggle/input")) -> list[Path]:
    """Name the two places that Kaggle attaches a competition's files at, the newer first."""
    return [attached / "competitions" / slug, attached / slug]


def known_folder(variable: str) -> Path | None:
    """Give the folder that an environment variable names, if it is set and exists."""
    value = os.environ.get(variable)
    folder = Path(value).expanduser() if value else None
    return folder if folder and folder.is_dir() else None
