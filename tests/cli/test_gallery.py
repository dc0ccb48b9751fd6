import pytest

from artnb.cli import build_parser, main
from artnb.gallery.manifest import read_gallery
from tests.evaluation.stand_in import make_run, write_pictures

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    return make_run(folder / "run", folder / "data"), make_run(
        folder / "other", folder / "data-of-other", epochs=(1,)
    )


@pytest.fixture(autouse=True)
def outputs(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
    monkeypatch.setattr("artnb.gallery.nearest.weights_at_hand", lambda _: None)
    return tmp_path / "outputs"


def complains(capsys, *arguments):
    """Run a command that must fail with code 2 and one sentence; give the sentence."""
    assert main(["gallery", *map(str, arguments)]) == 2
    sentence = capsys.readouterr().err.strip()
    assert sentence.startswith("artnb: ")
    assert "\n" not in sentence
    return sentence


def test_a_gallery_goes_into_its_run(made, capsys):
    run, _ = made
    assert main(["gallery", "--run", str(run.path), "--count", "2"]) == 0
    said = capsys.readouterr().out
    folder = run.path / "gallery"
    assert (folder / "index.html").is_file()
    for line in (
        f"Gallery:    {folder / 'index.html'}",
        f"Animation:  {folder / 'animation.webp'}",
    ):
        assert line in said
    for name in ("epochs", "kinds", "before-and-after"):
        assert f"Sheet:      {folder / 'sheets' / name}.webp" in said
    assert "The nearest real pictures are left out" in said


def test_several_runs_go_beside_them(made, outputs, tmp_path, capsys):
    run, other = made
    photos = write_pictures(tmp_path / "photos", 3)
    arguments = ["--photos", photos, "--epochs", "1", "--kinds", "painting", "--no-page"]
    assert (
        main(["gallery", "--run", str(run.path), "--run", str(other.path), *map(str, arguments)])
        == 0
    )
    folder = outputs / "gallery-run-other"
    assert f"Sheet:      {folder / 'sheets' / 'styles.webp'}" in capsys.readouterr().out
    assert not (folder / "index.html").exists()
    assert [run.name for run in read_gallery(folder).runs] == ["run", "other"]
    assert len(read_gallery(folder).exhibits) == 3


def test_what_a_person_can_get_wrong(made, tmp_path, capsys):
    run, _ = made
    given = ("--run", run.path, "--out", tmp_path / "out")
    assert "there is no Run at" in complains(capsys, "--run", "nothere")
    assert "keeps epochs 1, 2, and 9" in complains(capsys, *given, "--epochs", "9")
    assert "--to is 'cezanne'" in complains(capsys, *given, "--to", "cezanne")
    assert "there is no kind of picture 'x'" in complains(capsys, *given, "--kinds", "x")
    assert "check the path" in complains(capsys, *given, "--photos", tmp_path / "nothere")
    assert "at least one photo" in complains(capsys, *given, "--count", "0")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    sentence = complains(capsys, "--run", run.path, "--out", tmp_path / "mine")
    assert "is no gallery" in sentence


def test_help_says_what_it_is_for(capsys):
    with pytest.raises(SystemExit, match="0"):
        build_parser().parse_args(["gallery", "--help"])
    assert "epoch by epoch" in capsys.readouterr().out
