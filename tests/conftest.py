"""What tests of several rooms share: the real pictures, and which tests need a backend."""

import os
import signal
import sys
from pathlib import Path

import pytest

from artnb.data.dataset import Dataset, open_dataset
from artnb.method import METHODS
from artnb.platform.where import known_folder
from artnb.runs.run import Run
from tests.backend import hide_backends, loads_keras

TESTS = Path(__file__).parent
# What reads notebooks imports it where it is installed, and is content without: seconds in each
# process, for grammars of addresses.
sys.modules["rfc3987_syntax"] = None


def pytest_addoption(parser):
    parser.addoption(
        "--without-backend",
        action="store_true",
        help="only the tests that need none, where none can be imported",
    )


def pytest_configure(config):
    # A shell that starts tests in the background lets them ignore Ctrl-C, which some of them send.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--without-backend"):
        hide_backends()
        os.environ["KERAS_BACKEND"] = "none of them"  # for other processes


def pytest_ignore_collect(collection_path, config):
    own = collection_path / "conftest.py" if collection_path.is_dir() else collection_path
    if config.getoption("--without-backend") and own.suffix == ".py" and own.exists():
        return loads_keras(own) or None
    return None


def pytest_collection_modifyitems(config, items):
    for item in items:
        own = [item.path, *(folder / "conftest.py" for folder in item.path.parents)]
        loading = any(loads_keras(path) for path in own if TESTS in path.parents and path.exists())
        if loading or "made" in item.fixturenames:
            item.add_marker("backend")
    if config.getoption("--without-backend"):
        dependent = [item for item in items if item.get_closest_marker("backend")]
        config.hook.pytest_deselected(items=dependent)
        items[:] = [item for item in items if item not in set(dependent)]


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


@pytest.fixture(scope="module")
def toy_method():
    """Let `train` find the Method of one layer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(METHODS, "toy", "tests.toy_method:TOY")
        yield


@pytest.fixture(scope="module")
def curves_as_numbers():
    """Write figures as their lines and words: drawing one takes longer than an epoch of a toy."""
    from matplotlib.text import Text

    def savefig(figure, path, **_):
        lines = [line.get_xydata().tolist() for axes in figure.axes for line in axes.lines]
        words = [text.get_text() for text in figure.findobj(Text)]
        Path(path).write_text(f"{lines} {words}", encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("artnb.drawing.figures.PlainFigure.savefig", savefig)
        yield
