"""The command that scores, with an extractor that needs no weights."""

import shutil

import pytest

from artnb.cli import main
from artnb.data.images import is_marked_as_painted
from artnb.evaluation.rows import read_scores
from tests.evaluation.stand_in import Colours, write_pictures
from tests.sampling.latent_run import make_latent_run


@pytest.fixture(autouse=True)
def stand_in(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("artnb.evaluation.extractor.load_extractor", lambda *_, **__: Colours())


@pytest.fixture
def run(made, tmp_path):
    shutil.copytree(made.path, tmp_path / "outputs" / "monet")
    return type(made)(tmp_path / "outputs" / "monet")


def fails(capsys, *arguments):
    assert main(list(map(str, arguments))) == 2
    return capsys.readouterr().err


@pytest.mark.backend
def test_two_folders(tmp_path, capsys):
    real = write_pictures(tmp_path / "real", 12, seed=1)
    fake = write_pictures(tmp_path / "fake", 12, seed=2)
    out = tmp_path / "scores.csv"
    arguments = ["evaluate", "--real", real, "--fake", fake, "--out", out]
    assert main(list(map(str, arguments))) == 0
    printed = capsys.readouterr().out
    assert "Fréchet distance (colours): " in printed
    assert printed.count("Warning: only 12 real and 12 generated pictures") == 1
    assert len(read_scores(out)) == 4


@pytest.mark.backend
def test_a_zip_beside_its_photos(tmp_path, capsys):
    real = write_pictures(tmp_path / "real", 12, seed=1)
    fake = write_pictures(tmp_path / "fake", 12, seed=2)
    photos = write_pictures(tmp_path / "photos", 12, seed=3)
    archive = shutil.make_archive(tmp_path / "images", "zip", fake)
    arguments = ["evaluate", "--real", real, "--fake", archive, "--photos", photos]
    assert main(list(map(str, arguments))) == 0
    printed = capsys.readouterr().out
    assert "SSIM to the photo: " in printed
    assert "the photos themselves: Fréchet distance (colours): " in printed


@pytest.mark.backend
def test_what_a_rule_forbids_has_no_score_and_exit_code_2(tmp_path, capsys):
    real = write_pictures(tmp_path / "real", 12, seed=1)
    copied = write_pictures(tmp_path / "copied", 12, seed=1)
    larger = write_pictures(tmp_path / "larger", 12, size_px=64, seed=2)
    out = tmp_path / "scores.csv"
    said = fails(capsys, "evaluate", "--real", real, "--fake", copied, "--out", out)
    assert "must share no picture" in said
    said = fails(capsys, "evaluate", "--real", real, "--fake", larger, "--out", out)
    assert "--resize 32" in said
    assert not out.exists()


def test_translations_are_refused_as_a_reference(run, tmp_path, capsys):
    photos = write_pictures(tmp_path / "photos", 4, seed=3)
    painted = tmp_path / "painted"
    arguments = ["translate", "--run", "monet", "--photos", photos, "--out", painted]
    assert main(list(map(str, arguments))) == 0
    assert is_marked_as_painted((painted / "000.png").read_bytes())
    said = fails(capsys, "evaluate", "--run", "monet", "--real", painted)
    assert "4 of the 4" in said
    assert "were painted by a generator" in said


def test_a_run_epoch_by_epoch(run, capsys):
    assert main(["evaluate", "--run", "monet", "--nearest", "--gap"]) == 0
    printed = capsys.readouterr().out
    assert "epoch 1: Fréchet distance (colours)" in printed
    assert "epoch 2: SSIM to the photo" in printed
    assert "discriminator accuracy" in printed
    assert "Best epoch: " in printed
    assert "Of 8 translations" in printed
    assert {row.split for row in read_scores(run.scores_file)} == {
        *("test", "gap", "gap test", "gap train")
    }
    assert list(run.path.glob("nearest-epoch-*.png"))


def test_the_best_epoch_paints(run, tmp_path, capsys):
    photos = write_pictures(tmp_path / "photos", 1, seed=3)
    best = ["translate", "--run", "monet", "--photos", photos, "--epoch", "best"]
    said = fails(capsys, *best, "--out", tmp_path / "a")
    assert "so none is best; run artnb evaluate --run monet" in said
    assert main(["evaluate", "--run", "monet", "--metrics", "frechet"]) == 0
    assert main([*map(str, best), "--out", str(tmp_path / "b")]) == 0
    number = str(run.best_epoch())
    by_number = ["--epoch", number, "--out", str(tmp_path / "c")]
    assert main([*map(str, best[:-2]), *by_number]) == 0
    assert (tmp_path / "b" / "000.png").read_bytes() == (tmp_path / "c" / "000.png").read_bytes()


def test_two_runs_side_by_side(run, made, tmp_path, capsys):
    shutil.copytree(made.path, tmp_path / "outputs" / "other")
    arguments = ["evaluate", "--run", "monet", "--run", "other", "--metrics", "ssim,frechet"]
    assert main([*arguments, "--gap"]) == 0
    table = capsys.readouterr().out.partition("metric  ")[2].splitlines()
    scored = [row for row in read_scores(run.scores_file) if row.split == "test"]
    own = {(row.metric, row.epoch): str(row.score) for row in scored}
    for line, (metric, epoch) in zip(table[1:5], own, strict=True):
        assert line.startswith(metric)
        assert line.count(own[metric, epoch]) == 2  # the other Run is a copy
    assert (tmp_path / "outputs" / "monet-other.png").is_file()


def test_further_painters_are_classes_of_the_style_classifier(run, tmp_path, capsys):
    red = write_pictures(tmp_path / "red", 12, seed=4, tint=150)
    arguments = ["evaluate", "--run", "monet", "--epochs", "latest", "--painter", f"red={red}"]
    assert main(arguments) == 0
    assert "taken for red (colours)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "evaluate needs either --run RUN"),
        (["--run", "monet", "--fake", "x"], "evaluate needs either --run RUN"),
        (["--fake", "x"], "name them with --real"),
        (["--run", "monte"], 'did you mean "monet"'),
        (["--run", "monet", "--epochs", "7"], "keeps epochs 1, 2, and 7 was asked for"),
        (["--run", "monet", "--metrics", "fid"], "FID is measured with Inception"),
        (["--run", "monet", "--metrics", "frechett"], 'did you mean "frechet"'),
        (["--run", "monet", "--to", "cezanne"], "choose photo or painting"),
        (["--run", "monet", "--painter", "red"], "a painter is written NAME=DIR, got 'red'"),
        (["--run", "monet", "--real", "nowhere"], "must exist, and nowhere does not"),
        (["--run", "monet", "--count", "0"], "photos to paint must be at least 2, got 0"),
        (["--run", "monet", "--resize", "0"], "squares of 16 to 4,096 px, got 0"),
        (["--run", "monet", "--metrics", "PPL"], "defined between two latents"),
        (["--run", "monet", "--seed", "-1"], "a seed must be from 0"),
    ],
)
def test_what_cannot_be_asked_is_explained(run, capsys, arguments, text):
    assert text in fails(capsys, "evaluate", *arguments)
    assert not run.scores_file.exists()


@pytest.fixture(scope="module")
def latent_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("latent")
    return make_latent_run(folder / "run", folder / "pictures", epochs=(1,))


@pytest.mark.backend
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--photos", "photos"], "paints no photos; leave out --photos"),
        (["--gap"], "paints no photos; leave out --gap"),
        (["--nearest"], "paints no photos; leave out --nearest (artnb sample --nearest shows"),
        (["--to", "x"], "paints no photos; leave out --to x"),
        (["--metrics", "ssim"], "pictures out of latents have none"),
        (["--metrics", "style"], "a Run that makes pictures out of latents"),
    ],
)
def test_what_needs_photos_is_refused_of_latents(latent_run, capsys, arguments, text):
    assert text in fails(capsys, "evaluate", "--run", latent_run.path, *arguments)
    assert not latent_run.scores_file.exists()
