"""A fork gets its own address everywhere, and nothing else changes."""

import shutil

import pytest

from notebooks import build
from tools.set_repository import ROOT, repository, set_repository


@pytest.fixture
def copy(tmp_path):
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    return tmp_path


def texts(folder):
    files = [path for path in folder.rglob("*") if path.suffix in (".md", ".toml", ".py", ".ipynb")]
    return {path.relative_to(folder): path.read_text(encoding="utf-8") for path in files}


@pytest.mark.parametrize("ending", ["", "/", ".git"])
def test_every_address_becomes_the_forks(copy, ending):
    old = repository(copy)
    changed = set_repository(f"https://github.com/some-one/paint.nb{ending}", copy)
    assert repository(copy) == "some-one/paint.nb"
    assert {path.stem for path in changed} >= {"pyproject", "README", "00_quickstart"}
    assert len(changed) == 2 + 2 * len(build.sources())
    for path, text in texts(copy).items():
        assert f"github.com/{old}" not in text, path
        assert f"github/{old}" not in text, path


def test_there_and_back_again_changes_nothing(copy):
    before, old = texts(copy), repository(copy)
    set_repository("https://github.com/some-one/else", copy)
    assert texts(copy) != before
    set_repository(f"https://github.com/{old}", copy)
    assert texts(copy) == before


def test_an_address_that_only_begins_alike_stays(copy):
    readme = copy / "README.md"
    stranger = f"https://github.com/{repository(copy)}-extras"
    readme.write_text(f"{readme.read_text(encoding='utf-8')}\n{stranger}\n", encoding="utf-8")
    set_repository("https://github.com/some-one/else", copy)
    assert readme.read_text(encoding="utf-8").endswith(f"\n{stranger}\n")


@pytest.mark.parametrize(
    "url", ["github.com/a/b", "https://github.com/a", "https://github.com/a/b/c"]
)
def test_what_is_no_repository_is_refused(copy, url):
    before = texts(copy)
    with pytest.raises(ValueError, match=r"must look like https://github.com/OWNER/NAME, got '"):
        set_repository(url, copy)
    assert texts(copy) == before
