"""README and docs: links lead somewhere, and the way in Python can be gone as it stands there."""

import re
from functools import partial
from pathlib import Path

import pytest

import artnb

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not (page.parent / t).exists()]
    assert missing == []


def test_readme_leads_to_every_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES[2:] if f"(docs/{page.name})" not in readme] == []


@pytest.mark.backend
def test_the_way_in_python(tmp_path, monkeypatch):
    from artnb.data.prepare import prepare
    from tests.evaluation.stand_in import Colours, write_pictures

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", readme, re.S)
    assert len([line for line in block.splitlines() if line]) == 6
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
    monkeypatch.setattr("artnb.evaluation.runs.load_extractor", lambda _kind: Colours())
    monkeypatch.setattr("artnb.data.prepare.prepare", partial(prepare, size_px=32))
    write_pictures(tmp_path / "holiday", 12)
    write_pictures(tmp_path / "monet", 12)
    exec(block.replace("preview", "smoke"), {})
    run = artnb.open_run("monet")
    assert run.scores_file.is_file()
    assert len(list((tmp_path / "painted").iterdir())) == 12
    assert (tmp_path / "gallery" / "index.html").is_file()
