"""A fork gets its own address everywhere, and nothing else changes."""

import shutil

import pytest

from notebooks import build
from tools.set_repository import ROOT, UNSET, badges, repository, set_repository


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


def test_badges_come_with_an_address_and_go_with_it(copy):
    shown = {path for path, text in texts(copy).items() if "[![Open in" in text}
    assert bool(shown) == (repository(copy) != UNSET), "badges to nowhere"
    set_repository("https://github.com/some-one/paint.nb", copy)
    readme = (copy / "README.md").read_text(encoding="utf-8")
    for source in build.sources():
        first, second = badges("some-one/paint.nb", source.stem)
        assert f"/some-one/paint.nb/blob/main/notebooks/{source.stem}.ipynb)" in first
        assert f"| {first} {second} |\n" in readme
        text = (copy / "notebooks" / "src" / source.name).read_text(encoding="utf-8")
        title = text.index("\n# # ")
        assert text[title:].split("\n")[2:6] == ["#", f"# {first}", f"# {second}", "#"]
    set_repository(f"https://github.com/{UNSET}", copy)
    assert not any("[![Open in" in text for text in texts(copy).values())


def test_notebooks_are_those_that_their_sources_make(copy, monkeypatch):
    set_repository("https://github.com/some-one/else", copy)
    monkeypatch.setattr(build, "NOTEBOOKS", copy / "notebooks")
    monkeypatch.setattr(build, "SOURCES", copy / "notebooks" / "src")
    assert build.differing() == []


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
