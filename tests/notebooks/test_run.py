"""Every notebook runs from top to bottom."""

import shutil

import pytest

from artnb.pretrained.weights import weights_at_hand
from notebooks import build
from tests.notebooks import test_kaggle_submission, test_quickstart
from tests.notebooks.executed import execute, shows_pictures
from tests.publishing.sites import PACKAGES

# They run there, and what they made is looked at as well.
ELSEWHERE = (test_quickstart.SOURCE, test_kaggle_submission.SOURCE)


# They look with a network's weights; these make do without them.
NEEDS_WEIGHTS, TAKES_WEIGHTS = "load_extractor", ("import style_transfer", "import stylegan")
# It makes a page where the npm package is here, and goes on where it is not.
MAKES_PAGE = "page_figures, web_page"
NO_PROXY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def source(request, tmp_path, monkeypatch):
    """A notebook's source, with the weights it looks with at hand: nothing is fetched here."""
    text = request.param.read_text(encoding="utf-8")
    if any(words in text for words in (NEEDS_WEIGHTS, *TAKES_WEIGHTS)):
        weights = weights_at_hand("squeezenet")
        if weights is None and NEEDS_WEIGHTS in text:
            pytest.skip("needs SqueezeNet's weights: let ARTNB_WEIGHTS name their folder")
        (tmp_path / "weights").mkdir()
        if weights is not None:
            shutil.copy(weights, tmp_path / "weights")
        monkeypatch.setenv("ARTNB_WEIGHTS", str(tmp_path / "weights"))
        _close_the_network(monkeypatch)
    if MAKES_PAGE in text:
        monkeypatch.setenv("ARTNB_WEIGHTS", str(PACKAGES / "onnxruntime-web" / "dist"))
        _close_the_network(monkeypatch)
    return request.param


def _close_the_network(monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, NO_PROXY_LISTENS)


@pytest.mark.notebook
@pytest.mark.parametrize(
    "source",
    [source for source in build.sources() if source not in ELSEWHERE],
    indirect=True,
    ids=lambda path: path.stem,
)
def test_runs_with_the_smoke_preset(source, tmp_path, monkeypatch, caplog):
    shows_pictures(execute(source, tmp_path, monkeypatch, caplog), tmp_path)
