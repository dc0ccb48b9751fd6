"""What tests of several rooms share: the real pictures, where there are any."""

from pathlib import Path

import pytest

from artnb.data.dataset import Dataset, open_dataset
from artnb.platform.where import known_folder
from artnb.runs.run import Run


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real pictures that `ARTNB_DATA` names; without it the test is skipped."""
    folder = known_folder("ARTNB_DATA")
    if folder is None:
        pytest.skip("needs real pictures: set ARTNB_DATA to the folder that holds them")
    return folder


@pytest.fixture(scope="session")
def competition(real_data) -> Path:
    """Kaggle's gan-getting-started among the real pictures."""
    folder = real_data / "gan-getting-started"
    if not folder.is_dir():
        pytest.skip(f"needs the competition's pictures, and {folder} does not exist")
    return folder


@pytest.fixture(scope="session")
def competition_dataset(competition) -> Dataset:
    """The competition's pictures, opened for training; takes some seconds, once."""
    return open_dataset(competition)


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Run:
    """A Run of random networks with epochs 1 and 2, on embedded data; to be copied, not changed."""
    from tests.evaluation.stand_in import make_run  # loads Keras: only where it is asked for

    folder = tmp_path_factory.mktemp("made")
    return make_run(folder / "run", folder / "data")
