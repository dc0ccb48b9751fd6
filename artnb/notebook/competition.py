"""The competition within one session: its files, the Run to paint with, the time that is left."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from artnb.data.dataset import Dataset
from artnb.data.fetch.competition import fetch_competition
from artnb.data.listing import list_images
from artnb.errors import InputError
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.platform.deadline import Deadline
from artnb.platform.where import kaggle_inputs, known_folder, platform_name
from artnb.progress import Progress, silent
from artnb.runs.run import Run
from artnb.submission.rules import ZIP_NAME, Rules
from artnb.synthetic.dataset import make_demo_data
from artnb.training.mirror import restore
from artnb.training.train import train

KAGGLE_INPUT = Path("/kaggle/input")
_SLUG = "gan-getting-started"


def find_competition(kaggle_input: Path = KAGGLE_INPUT) -> Path | None:
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


_KAGGLE_WORKING = Path("/kaggle/working")
# A submission that only shows that everything runs.
SMOKE_RULES = Rules(fewest=10)
SMOKE_PHOTOS = 40

Say = Callable[[str], None]


def competition_data(
    preset: str,
    out: Path,
    attached: Path = KAGGLE_INPUT,
    progress: Progress = silent,
    say: Say = print,
) -> Path:
    """Give the competition's files; for the preset smoke invented ones will do.

    Args:
        preset: with `"smoke"` nothing is fetched.
        out: where invented pictures go.
        attached: where Kaggle attaches files.
        progress: shows how far fetching has got.
        say: gets a sentence for each thing that is done.

    Raises:
        InputError: the files are not here and cannot be fetched; the message says why.
    """
    if preset != "smoke" or find_competition(attached):
        return fetch_competition(progress=progress, say=say, attached=attached)
    folder = out / "competition"
    if not folder.exists():
        say("The competition's files are not here: a few pictures are invented in their place.")
        pictures = Path(make_demo_data(out / "embedded", 256, images=16, pairs=2).path) / "pictures"
        stand_in_for_competition(pictures / "photos", pictures / "paintings", folder)
    return folder


def zip_place(out: Path) -> Path:
    """Say where the zip belongs: on Kaggle the competition looks at the top of the output."""
    return (_KAGGLE_WORKING if platform_name() == "kaggle" else out) / ZIP_NAME


def runs_below(folder: Path) -> list[Run]:
    """List all Runs in a folder and its subfolders, the one that ended last at the end.

    The output of a notebook's previous version, or a data set with a Run in it, is attached
    somewhere below `/kaggle/input`.
    """
    runs = [Run(file.parent) for file in folder.rglob("run.json")]
    runs = [run for run in runs if run.config_file.is_file() and run.snapshots.is_dir()]
    return sorted(runs, key=lambda run: (_ended(run), str(run.path)))


def _ended(run: Run) -> str:
    try:
        return str(run.facts().get("ended") or "")
    except (InputError, OSError):
        return ""


def trained_run(folder: Path) -> Run:
    """Find the Run that a folder is, or holds.

    Args:
        folder: a Run, or a folder with Runs somewhere below it, of which the last is taken.

    Raises:
        InputError: there is none.
    """
    runs = [run for run in runs_below(folder) if run.snapshot_epochs()]
    if not runs:
        raise InputError(
            f"there is no trained Run in {folder}; attach the output of the notebook that trained "
            "one, or a data set with the Run's folder in it, or name its folder"
        )
    return runs[-1]


def train_in_session(
    dataset: Dataset,
    config: CycleGANConfig,
    path: Path,
    deadline: Deadline,
    sessions: int = 1,
    attached: Path = KAGGLE_INPUT,
    watch: Callable[[Path], None] | None = None,
    say: Say = print,
) -> Run:
    """Train until the deadline; go on with the Run of the session before, where there is one.

    Args:
        dataset: what to train on.
        config: all settings; with `minutes`, they become what the sessions give together, so that
            the learning rate falls towards the last one's end.
        path: of the Run.
        deadline: of this session.
        sessions: how many the training is spread over.
        attached: a Run of the same name below this folder is fetched and gone on with.
        watch: gets the path of every sample grid.
        say: gets the few lines about what happens.

    Returns:
        The Run.

    Raises:
        InputError: as for `train`; or no time is left.
    """
    run = Run(path)
    for earlier in runs_below(attached) if attached.is_dir() else []:
        if earlier.path.name == path.name:
            restore(earlier.path.parent, run, say)
    minutes = deadline.left_s() / 60
    if minutes <= 0:
        raise InputError(
            f"no time is left for training: {deadline.describe()}; take a smaller preset, or paint "
            "with a Run that is trained already"
        )
    is_new = not (run.config_file.is_file() and run.facts_file.is_file())
    if is_new and config.minutes is not None:
        config = config.replace(minutes=sessions * minutes)
    settings = config if is_new else None
    options = {"resume": "auto", "deadline": deadline, "keep_alive_minutes": 5}
    return train(dataset, settings, path, say=say, watch=watch, **options)


def make_wrong_submission(path: Path, right: Path, photos: Path) -> Path:
    """Make a zip with the usual mistakes, to see what a check says of it.

    Args:
        path: the zip to make.
        right: a submission, some of whose pictures are taken.
        photos: a folder of pictures, two of which are put in as they are, in a folder.
    """
    with zipfile.ZipFile(right) as source, zipfile.ZipFile(path, "w") as wrong:
        names = source.namelist()[:4]
        for name in names:
            wrong.writestr(name, source.read(name))
        wrong.writestr("again.jpg", source.read(names[0]))
        wrong.writestr("cut-off.jpg", source.read(names[1])[:-2000])
        wrong.writestr("list.json", json.dumps(names))
        for photo in list_images(photos)[:2]:
            wrong.write(photo, f"photos/{photo.name}")
    return path
