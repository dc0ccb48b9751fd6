"""The notebooks equal their sources and keep to the house style."""

import ast
import json
import re
import statistics
import tomllib
from pathlib import Path

import jupytext
import pytest

from notebooks import build
from tools.set_repository import badges, repository

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REPOSITORY = PYPROJECT["project"]["urls"]["Repository"]
BADGE = r"\[!\[Open in[^\]]*\]\([^)]*\)\]\([^)]*\)"
PRESET_LINE = 'preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]'

every_notebook = pytest.mark.parametrize(
    "notebook", build.sources(), indirect=True, ids=lambda path: path.stem
)


class Notebook:
    """A committed notebook with what the rules are about."""

    def __init__(self, source):
        self.name = source.stem
        text = build.notebook_path(source).read_text(encoding="utf-8")
        self.json = json.loads(text)
        self.cells = jupytext.reads(text, fmt="ipynb").cells

    def of_type(self, cell_type):
        return [cell for cell in self.cells if cell.cell_type == cell_type]

    @property
    def prose(self):
        return "\n\n".join(cell.source for cell in self.of_type("markdown"))

    def titled(self, title):
        (cell,) = [c for c in self.of_type("code") if c.source.startswith(f"# @title {title}\n")]
        return cell

    @property
    def after_install(self):
        return [cell for cell in self.of_type("code") if cell != self.titled("Install")]


@pytest.fixture
def notebook(request):
    return Notebook(request.param)


def words(markdown):
    """The words a reader reads: no addresses, no table rules, no marks."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return re.findall(r"\w[\w'’-]*", text)


def test_there_are_notebooks_and_they_are_numbered_in_a_row():
    numbers = [int(source.stem[:2]) for source in build.sources()]
    assert numbers == list(range(len(numbers)))
    assert numbers


def test_every_notebook_equals_its_source():
    assert build.differing() == []


@every_notebook
def test_size(notebook):
    lines = [len(cell.source.splitlines()) for cell in notebook.of_type("code")]
    assert 25 <= len(notebook.cells) <= 45
    assert statistics.median(lines) <= 8
    assert max(lines) <= 25
    assert 600 <= len(words(notebook.prose)) <= 1200


@every_notebook
def test_opening(notebook):
    first, second = notebook.cells[:2]
    title, below = first.source.split("\n\n")[:2]
    assert title.startswith("# ")
    assert re.findall(BADGE, below) == badges(repository(ROOT), notebook.name)
    for part in ("**What you get:**", "**What it needs:**", "T4", "CPU", "estimate", "measured"):
        assert part in first.source
    assert second == notebook.titled("Install")
    assert re.findall(r"^# ", notebook.prose, re.M) == ["# "], "one H1"


def test_the_install_cell_is_the_same_everywhere():
    cells = {Notebook(source).titled("Install").source for source in build.sources()}
    assert len(cells) == 1


@every_notebook
def test_parameters(notebook):
    (cell,) = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    title, first, *others = cell.source.splitlines()
    assert title == "# @title Parameters"
    assert first == PRESET_LINE
    assert all(re.fullmatch(r"\w+ = .+  # @param .+", line) for line in others)


@every_notebook
def test_plumbing_is_folded_into_forms(notebook):
    for title in ("Install", "Parameters"):
        assert notebook.titled(title).metadata["cellView"] == "form"


@every_notebook
def test_close(notebook):
    last = notebook.cells[-1].source
    parts = [last.index(part) for part in ("**Limits.**", "**Next.**", "**Sources.**")]
    assert parts == sorted(parts)
    assert "## What came out, and where it lies" in notebook.prose


@every_notebook
def test_addresses_are_those_of_pyproject(notebook):
    assert re.findall(BADGE, notebook.prose) == badges(repository(ROOT), notebook.name)
    assert f'"git+{REPOSITORY}"' in notebook.titled("Install").source


def test_readme_lists_every_notebook_with_its_badges():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if re.match(r"\| \[\d\d_", line)]
    assert len(rows) == len(build.sources())
    for row, source in zip(rows, build.sources(), strict=True):
        assert f"[{source.stem}](notebooks/{source.stem}.ipynb)" in row
        assert re.findall(BADGE, row) == badges(repository(ROOT), source.stem)


@every_notebook
def test_links_to_other_notebooks_lead_somewhere(notebook):
    for target in re.findall(r"\]\(([\w./-]+\.ipynb)\)", notebook.prose):
        assert (build.NOTEBOOKS / target).is_file(), target


@every_notebook
def test_nothing_of_a_run_is_left_in_the_file(notebook):
    for cell in notebook.json["cells"]:
        assert set(cell["metadata"]) <= {"tags", "cellView"}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
    assert set(notebook.json["metadata"]) <= {"kernelspec", "accelerator"}


@every_notebook
def test_notebooks_hold_no_logic(notebook):
    for cell in notebook.after_install:
        for node in ast.walk(ast.parse(cell.source)):
            kinds = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try)
            assert not isinstance(node, kinds), cell.source


def imported(notebook):
    """What a notebook takes from artnb, as (module, name); a room is a module itself."""
    for cell in notebook.after_install:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                yield from ((n.name, n.name) for n in node.names if n.name.split(".")[0] == "artnb")
            elif isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "artnb":
                for name in (alias.name for alias in node.names):
                    below = ROOT.joinpath(*node.module.split("."), name)
                    is_module = below.is_dir() or below.with_suffix(".py").is_file()
                    yield f"{node.module}.{name}" if is_module else node.module, name


@every_notebook
def test_a_notebook_takes_few_names_from_few_modules(notebook):
    taken = set(imported(notebook))
    assert len(taken) <= 12
    assert len({module for module, _ in taken}) <= 4


@every_notebook
def test_nothing_private_is_used(notebook):
    for cell in notebook.of_type("code"):
        for node in ast.walk(ast.parse(cell.source)):
            names = [getattr(node, "attr", "")]
            if isinstance(node, ast.ImportFrom):
                names += [*node.module.split("."), *(alias.name for alias in node.names)]
            assert not any(re.match("_[^_]", name) for name in names), cell.source


@pytest.mark.backend
def test_the_quickstart_trains_as_long_as_the_demo():
    from artnb.demo import DEMO_MINUTES  # loads Keras: not while tests are collected

    (source,) = [source for source in build.sources() if source.stem == "00_quickstart"]
    assert f"\nminutes = {DEMO_MINUTES}  # @param" in Notebook(source).titled("Parameters").source


# The build


SOURCE = """# %% [markdown]
# # A title

# %% tags=["parameters"] collapsed=true cellView="form"
value = 1

# %%
value

# %%
value
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(build, "SOURCES", tmp_path / "src")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "00_title.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def test_building_twice_gives_the_same_bytes(folder):
    assert build.main([]) == 0
    first = (folder / "00_title.ipynb").read_bytes()
    assert build.main([]) == 0
    assert (folder / "00_title.ipynb").read_bytes() == first
    assert b"\r" not in first


def test_line_ends_of_another_system_change_nothing(folder):
    build.main([])
    first = (folder / "00_title.ipynb").read_bytes()
    (folder / "src" / "00_title.py").write_bytes(SOURCE.replace("\n", "\r\n").encode())
    build.main([])
    assert (folder / "00_title.ipynb").read_bytes() == first


def test_cells_have_ids_of_their_own_that_outlive_an_insertion(folder):
    def ids():
        build.main([])
        cells = json.loads((folder / "00_title.ipynb").read_text(encoding="utf-8"))["cells"]
        return [cell["id"] for cell in cells]

    before = ids()
    (folder / "src" / "00_title.py").write_text("# %%\n0\n\n" + SOURCE, encoding="utf-8")
    assert len(set(before)) == len(before) == 4
    assert ids()[1:] == before


def test_only_tags_and_forms_are_kept(folder):
    build.main([])
    cells = json.loads((folder / "00_title.ipynb").read_text(encoding="utf-8"))["cells"]
    assert cells[1]["metadata"] == {"cellView": "form", "tags": ["parameters"]}


def test_check_names_what_differs_and_changes_nothing(folder, capsys):
    build.main([])
    assert build.main(["--check"]) == 0
    built = (folder / "00_title.ipynb").read_bytes()
    (folder / "00_title.ipynb").write_bytes(built.replace(b"value", b"other"))
    (folder / "01_lost.ipynb").write_bytes(b"{}")
    (folder / "src" / "02_new.py").write_text(SOURCE, encoding="utf-8")
    capsys.readouterr()
    assert build.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines()] == [
        "00_title.ipynb",
        "01_lost.ipynb",
        "02_new.ipynb",
    ]
    assert b"other" in (folder / "00_title.ipynb").read_bytes()


def test_editors_keep_the_same_metadata_as_the_build():
    settings = PYPROJECT["tool"]["jupytext"]
    assert settings["cell_metadata_filter"].split(",") == [*build.CELL_METADATA, "-all"]
    assert settings["notebook_metadata_filter"].split(",") == [*build.NOTEBOOK_METADATA, "-all"]
