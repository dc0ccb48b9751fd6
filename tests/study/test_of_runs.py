import csv
import shutil

import pytest

from artnb.cli import main
from artnb.errors import InputError
from artnb.evaluation.measure import Cache
from artnb.evaluation.sets import Choice
from artnb.study.of_runs import Clusters, Options, study_pictures, study_runs
from tests.evaluation.stand_in import Colours, make_run
from tests.study.made import hazy, scene, write


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    return make_run(folder / "first", folder / "data", discriminators=False)


@pytest.fixture
def runs(made, tmp_path):
    """Two Runs on the same data."""
    for name in ("first", "second"):
        shutil.copytree(made.path, tmp_path / name)
    return [type(made)(tmp_path / name) for name in ("first", "second")]


@pytest.fixture
def painter(tmp_path):
    return write(tmp_path / "hazy", [hazy(scene(seed, 40), 0.6) for seed in range(6)])


@pytest.fixture(scope="module")
def cache():
    """Most tests look at the same pictures."""
    return Cache(None)


@pytest.fixture
def options(cache):
    return Options(cache=cache, resamples=20)


def test_every_kept_epoch_of_a_run_is_studied(made, painter, cache):
    said = []
    study = study_runs(
        [made],
        painters={"hazy": painter},
        options=Options(cache=cache, resamples=20, say=said.append),
    )
    assert [t.label for t in study.sets.translations] == ["first, epoch 1", "first, epoch 2"]
    assert list(study.sets.paintings) == ["painting", "hazy"]
    assert {t.style for t in study.sets.translations} == {"painting"}
    assert len(study.sets.photos) == 8, "the held-out ones"
    assert study.sets.photos.size_px == "32×32"
    about_sets = [line for line in said if not line.startswith("Paints with ")]
    assert (len(about_sets), len(said)) == (5, 6)


def test_several_runs_on_the_same_photos(runs, options):
    study = study_runs(runs, "latest", options=options)
    assert [t.label for t in study.sets.translations] == ["first, epoch 2", "second, epoch 2"]
    assert list(study.sets.paintings) == ["painting"], "one reference for both"


def test_runs_on_other_photos_need_a_common_folder(runs, tmp_path, painter, options):
    other = make_run(
        tmp_path / "other", None, [2], discriminators=False, dataset=_other_data(tmp_path)
    )
    with pytest.raises(InputError, match="first, other have different ones; name one folder"):
        study_runs([runs[0], other], "latest", options=options)
    photos = write(tmp_path / "photos", [scene(seed, 48) for seed in range(4)])
    study = study_runs([runs[0], other], "latest", choice=Choice(photos=photos), options=options)
    assert list(study.sets.paintings) == ["painting", "painting of other"]
    assert study.sets.photos.size_px == "32×32", "the smaller of 32 and 64 px"
    assert study.sets.translations[1].style == "painting of other"


def _other_data(folder):
    from artnb.synthetic.dataset import make_demo_data

    return make_demo_data(folder / "other-data", 64, images=4, pairs=3, seed=7)


def test_clusters_of_an_extractor_are_subjects(made, painter, cache):
    clusters = Options(cache=cache, resamples=0, clusters=Clusters(2, Colours()))
    study = study_runs([made], "latest", {"hazy": painter}, options=clusters)
    assert study.subjects == ["cluster 1", "cluster 2"]


def test_names_that_are_taken(made, painter, options):
    for name in ("painting", "photo"):
        with pytest.raises(InputError, match=f"there is a set {name} already"):
            study_runs([made], "latest", {name: painter}, options=options)


def test_an_epoch_that_is_not_kept(made, options):
    with pytest.raises(InputError, match="keeps epochs 1, 2, and 9 was asked for"):
        study_runs([made], "9", options=options)


def test_real_pictures_alone(tmp_path, painter, options):
    photos = write(tmp_path / "photos", [scene(seed, 48) for seed in range(9)])
    study = study_pictures(photos, {"hazy": painter}, count=5, resize_px=32, options=options)
    assert len(study.sets.photos) == 5
    assert study.effects["hazy"]["dark channel"].value > 0.5
    assert study.sets.translations == []


# The command


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))


def test_the_command_prints_a_summary_and_writes_table_and_figures(runs, painter, capsys):
    run = runs[0]
    few = ["--epochs", "1,2", "--count", "3", "--painter", f"hazy={painter}"]
    assert main(["study", "--run", str(run.path), *few]) == 0
    said = capsys.readouterr().out
    assert "first, epoch 2: from photo (0 %) towards painting (100 %)" in said
    assert "Warning: only 6 pictures of hazy" in said
    files = {path.name for path in (run.path / "study").iterdir()}
    assert files >= {"study.csv", "overview.png", "effects.png", "distributions.png", "grain.png"}
    with (run.path / "study" / "study.csv").open(encoding="utf-8") as file:
        assert {row["epoch"] for row in csv.DictReader(file)} == {"", "1", "2"}


def test_the_command_without_a_run(tmp_path, painter, capsys):
    photos = write(tmp_path / "photos", [scene(seed, 48) for seed in range(6)])
    table = tmp_path / "subjects.csv"
    table.write_text("name,subject\n000.png,portrait\n001.png,portrait\n")
    out = tmp_path / "out"
    arguments = ["--photos", photos, "--painter", f"hazy={painter}", "--subjects", table]
    assert main(["study", *map(str, arguments), "--out", str(out)]) == 0
    assert "Cliff's delta against photos" in capsys.readouterr().out
    assert (out / "effects.png").exists()
    assert not (out / "overview.png").exists()
    assert "portrait" in (out / "study.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "study needs a Run, or real pictures alone: --photos DIR --painter NAME=DIR"),
        (["--run", "nothere"], "there is no Run at"),
        (["--photos", ".", "--painter", "monet"], "a painter is written NAME=DIR, got 'monet'"),
    ],
)
def test_what_the_command_cannot_do_is_explained(arguments, sentence, capsys):
    assert main(["study", *arguments]) == 2
    assert sentence in capsys.readouterr().err
