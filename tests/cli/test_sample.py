"""`artnb sample` as a person meets it."""

import shutil

import numpy as np
import pytest
from PIL import Image

import artnb
from artnb.cli import main
from artnb.data.images import is_marked_as_painted
from tests.evaluation.stand_in import Colours
from tests.sampling.latent_run import make_latent_run

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("latent")
    return make_latent_run(folder / "run", folder / "pictures", epochs=(1,))


def complains(capsys, *arguments):
    """Run a command that must fail with code 2 and one sentence; give the sentence."""
    assert main([str(argument) for argument in arguments]) == 2
    sentence = capsys.readouterr().err.strip()
    assert sentence.startswith("artnb: ")
    assert "\n" not in sentence
    return sentence


def test_samples_go_into_the_run(run, capsys):
    assert main(["sample", "--run", str(run.path), "--count", "2", "--seed", "4"]) == 0
    out = run.path / "samples-epoch-0001-truncation-0.7"
    assert {path.name for path in out.iterdir()} == {"seed0004.png", "seed0005.png", "sheet.png"}
    said = capsys.readouterr().out
    assert f"2 pictures in {out}" in said
    assert str(out / "sheet.png") in said


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--count", 0], "at least one picture"),
        (["--seed", -1], "seeds must be from 0"),
        (["--truncation", 3], "a truncation must be from -2 to 2"),
        (["--truncations", "0,x"], "numbers with commas between"),
        (["--epoch", 7], "keeps epochs 1, and 7 was asked for"),
        (["--epoch", "best"], "has been scored yet"),
        (["--count", 1, "--interpolate"], "at least two pictures"),
    ],
)
def test_what_cannot_be_made_is_said_before_any_work(run, capsys, tmp_path, arguments, expected):
    out = tmp_path / "out"
    assert expected in complains(capsys, "sample", "--run", run.path, "--out", out, *arguments)
    assert not out.exists()


def test_the_nearest_real_pictures(run, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(artnb, "load_extractor", lambda *_, **__: Colours())
    out = tmp_path / "out"
    command = ["sample", "--run", str(run.path), "--count", "2", "--nearest", "--out", str(out)]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert str(out / "nearest.png") in said
    assert "Of 2 samples" in said
    assert is_marked_as_painted((out / "nearest.png").read_bytes())
    assert "that is not here" in complains(capsys, *command, "--data", tmp_path / "gone")


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "lily.png"
    Image.effect_noise((48, 40), 60).convert("RGB").save(path)
    return path


def project(run, picture, *arguments):
    out = picture.parent / "out"
    return ["project", "--run", run.path, "--picture", picture, "--out", out, *arguments]


def test_a_picture_is_projected(run, picture, capsys):
    command = project(run, picture, "--steps", 2, "--features", "pixels")
    for _ in range(2):  # what was found before is replaced
        assert main([str(argument) for argument in command]) == 0
    out = picture.parent / "out"
    assert {path.name for path in out.iterdir()} == {
        "lily-beside.png", "lily-projected.npz", "lily-projected.png"
    }  # fmt: skip
    assert str(out / "lily-beside.png") in capsys.readouterr().out
    with np.load(out / "lily-projected.npz") as found:
        assert found["w"].shape == (32,)
        assert found["noise_4"].shape == (16, 16, 1)
    (out / "lily-projected.png").unlink()
    assert "will not be overwritten" in complains(capsys, *command)


def test_an_interrupted_search_keeps_what_it_found(run, picture, capsys, monkeypatch):
    def bar(_title, _total):
        def advance():
            raise KeyboardInterrupt

        return advance

    monkeypatch.setattr(artnb, "bar", bar)
    command = project(run, picture, "--steps", 9, "--features", "pixels")
    assert main([str(argument) for argument in command]) == 130
    assert "interrupted after step 1 of 9" in capsys.readouterr().err
    assert (picture.parent / "out" / "lily-projected.npz").is_file()


def test_what_cannot_be_projected_is_said_before_any_work(run, made, picture, capsys):
    assert "at least one step, got 0" in complains(capsys, *project(run, picture, "--steps", 0))
    assert "seeds must be from 0" in complains(capsys, *project(run, picture, "--seed", -2))
    assert "has no latents" in complains(capsys, *project(made, picture))
    assert "there is none at" in complains(capsys, *project(run, picture.with_name("rose.png")))
    words = picture.with_name("words.png")
    words.write_text("no picture")
    assert "must be a picture" in complains(capsys, *project(run, words))
    assert not (picture.parent / "out").exists()


def test_a_run_without_snapshots(run, capsys, tmp_path):
    young = shutil.copytree(run.path, tmp_path / "young")
    shutil.rmtree(young / "snapshots")
    assert "has no generator snapshots yet" in complains(capsys, "sample", "--run", young)


def test_a_run_that_paints_photos_has_no_latents(made, capsys):
    assert "has no latents" in complains(capsys, "sample", "--run", made.path)


@pytest.mark.parametrize(
    "command",
    [
        ["translate", "--photos", ".", "--out", "out"],
        ["submit", "build", "--photos", "."],
        ["study"],
    ],
)
def test_a_run_of_latents_paints_no_photos(run, capsys, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    sentence = complains(capsys, *command, "--run", run.path)
    assert "makes pictures out of latents and paints no photos; use artnb sample" in sentence
