"""The commands: what they print and which code they end with."""

import pytest

from artnb.cli import main
from artnb.submission.rules import Rules
from tests.evaluation.stand_in import make_run, write_pictures
from tests.submission.made import SIZE_PX, encoded, some_pictures, write_zip

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return make_run(folder / "run", folder / "data")


@pytest.fixture
def few(monkeypatch):
    """Let few small pictures be enough."""
    rules = Rules(fewest=3, most=40, size_px=SIZE_PX)
    for module, name in (("build", "build_submission"), ("check", "check_submission")):
        function = __import__(f"artnb.submission.{module}", fromlist=[name])
        original = getattr(function, name)
        monkeypatch.setattr(
            function, name, lambda *a, original=original, **k: original(*a, **{**k, "rules": rules})
        )
    return rules


def test_build_and_check(run, tmp_path, few, capsys):
    photos = write_pictures(tmp_path / "photos", 9)
    out = tmp_path / "images.zip"
    command = ["submit", "build", "--run", str(run.path), "--photos", str(photos)]
    assert main([*command, "--out", str(out), "--epoch", "1"]) == 0
    said = capsys.readouterr().out
    assert "images.zip: 9 pictures, 0 MB: 9 painted at" in said
    assert main(["submit", "check", str(out)]) == 0
    said = capsys.readouterr().out
    assert "is right by the rules given here (3 to 40 pictures): 9 pictures" in said
    assert "MiFID: not computed" in said


def test_a_wrong_submission_ends_with_2(tmp_path, few, capsys):
    path = write_zip(tmp_path / "images.zip", some_pictures(5), ("grey.jpg", encoded(9, mode="L")))
    assert main(["submit", "check", str(path)]) == 2
    said = capsys.readouterr().out
    assert "would be turned down:\n  wrong: pictures must have three colours" in said


def test_too_few_photos_end_with_2(run, tmp_path, capsys):
    photos = write_pictures(tmp_path / "photos", 9)
    command = ["submit", "build", "--run", str(run.path), "--photos", str(photos)]
    assert main([*command, "--out", str(tmp_path / "images.zip")]) == 2
    assert "holds 7,000 to 10,000 pictures, and" in capsys.readouterr().err


def test_ctrl_c_ends_with_130(run, tmp_path, few, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("artnb.submission.build.painted_jpegs", interrupted)
    photos = write_pictures(tmp_path / "photos", 9)
    command = ["submit", "build", "--run", str(run.path), "--photos", str(photos)]
    assert main([*command, "--out", str(tmp_path / "images.zip")]) == 130
    assert "interrupted; what was written stays" in capsys.readouterr().err
