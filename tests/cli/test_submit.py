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


def test_a_mifid_that_was_asked_for_and_cannot_be_had_is_said(tmp_path, few, capsys, monkeypatch):
    monkeypatch.setattr("artnb.submission.check.weights_at_hand", lambda _kind: None)
    right = write_zip(tmp_path / "images.zip", some_pictures(5))
    wrong = write_zip(tmp_path / "wrong.zip", some_pictures(2))
    real = write_pictures(tmp_path / "real", 9)
    assert main(["submit", "check", str(right), "--real", str(real)]) == 2
    assert "artnb: MiFID: not computed, since it is defined on Inc" in capsys.readouterr().err
    assert main(["submit", "check", str(wrong), "--real", str(real)]) == 2
    assert "artnb: MiFID: not computed, since the submission would be" in capsys.readouterr().err


def test_the_reference_of_a_mifid_is_looked_at_first(tmp_path, few, capsys):
    right = write_zip(tmp_path / "images.zip", some_pictures(5))
    assert main(["submit", "check", str(right), "--real", str(tmp_path / "nowhere")]) == 2
    shown = capsys.readouterr()
    assert "nowhere does not" in shown.err
    assert "checking" not in shown.out + shown.err


def test_what_the_leaderboard_said_is_kept(run, tmp_path, few, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    photos = write_pictures(tmp_path / "photos", 9)
    command = ["submit", "build", "--run", str(run.path), "--photos", str(photos), "--epoch", "1"]
    assert main(command) == 0
    assert main(["submit", "note", "--run", str(run.path), "--score", "40.66"]) == 0
    said = capsys.readouterr().out
    assert "epoch 1: 40.66 on the leaderboard" in said  # of the zip that lies here
    assert main(["submit", "note", "--run", str(run.path), "--score", "39", "--epoch", "2"]) == 0
    assert "epoch 2: 39 on the leaderboard" in capsys.readouterr().out
