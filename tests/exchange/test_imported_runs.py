"""What the other commands do with an imported Run of one direction, and with one of a pair."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from artnb.cli import main
from artnb.errors import InputError
from artnb.exchange.importing import import_generator
from artnb.platform.where import outputs_folder
from artnb.runs.run import open_run
from tests.evaluation.stand_in import Colours, write_pictures

pytestmark = pytest.mark.backend


@pytest.fixture
def photos(tmp_path):
    return write_pictures(tmp_path / "photos", 6)


@pytest.fixture
def paintings(tmp_path):
    return write_pictures(tmp_path / "paintings", 6, seed=1, tint=60)


@pytest.fixture(scope="module")
def imported(torch_generators, tmp_path_factory):
    folder = tmp_path_factory.mktemp("imported")
    path, legacy = (torch_generators / f"plain{kind}.pth" for kind in ("", "_legacy"))
    quiet = {"say": lambda line: None}
    one = import_generator(path, folder / "one", y="monet", **quiet)
    pair = import_generator(path, folder / "pair", legacy, y="monet", **quiet)
    return {"one": one, "pair": pair}


@pytest.fixture(autouse=True)
def runs(imported):
    """Copies of both Runs among the outputs."""
    for name, run in imported.items():
        shutil.copytree(run.path, outputs_folder() / name)


def refused(capsys, *arguments):
    """Run a command that must be refused, and give its sentence."""
    assert main([str(argument) for argument in arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("artnb: ")
    assert "Traceback" not in error
    assert error.count("\n") == 1
    return error


def test_import_on_the_command_line(torch_generators, capsys):
    path = torch_generators / "affine.pth"
    assert main(["import", str(path), "--run", "mine", "--y", "cezanne"]) == 0
    said = capsys.readouterr().out
    assert "photo → cezanne: ResNet, 1 blocks, 2 filters, instance norm with scale" in said
    assert "Next:  artnb translate --run mine --photos FOLDER --out FOLDER" in said
    assert open_run("mine").domains == ("photo", "cezanne")
    assert "exists already" in refused(capsys, "import", path, "--run", "mine")


def test_nothing_is_loaded_before_the_source_is_found(capsys):
    assert 'did you mean "style_monet"' in refused(capsys, "import", "style_mone", "--run", "q")


@pytest.mark.parametrize("name", ["one", "pair"])
def test_translate(name, photos, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["translate", "--run", name, "--photos", str(photos), "--out", str(out)]) == 0
    assert len(list(out.iterdir())) == 6
    back = ["translate", "--run", name, "--photos", photos, "--out", out, "--to", "x"]
    if name == "pair":
        assert main([str(part) for part in back]) == 0
    else:
        assert "was imported with one generator, photo → monet" in refused(capsys, *back)


def test_the_best_epoch(photos, tmp_path, capsys):
    command = ["translate", "--run", "one", "--photos", photos, "--out", tmp_path / "out"]
    assert "no epoch of the Run one has been scored" in refused(capsys, *command, "--epoch", "best")


@pytest.mark.parametrize("name", ["one", "pair"])
def test_training_cannot_go_on(name, tmp_path, capsys):
    from artnb.synthetic.dataset import make_demo_data

    make_demo_data(tmp_path / "data", 32, images=4, pairs=2)
    command = ["train", "--data", tmp_path / "data", "--run", name, "--resume"]
    assert "was imported: it has neither discriminators" in refused(capsys, *command)


def test_imported_networks_cannot_be_trained(tmp_path, capsys):
    command = ["train", "--data", tmp_path, "--set", "generator=imported"]
    assert "must be resnet or unet for training" in refused(capsys, *command)


@pytest.mark.parametrize("name", ["one", "pair"])
def test_evaluate(name, photos, paintings, capsys):
    from artnb.evaluation.evaluator import Evaluator
    from artnb.evaluation.runs import default_metrics, evaluate
    from artnb.evaluation.sets import Choice

    run = open_run(name)
    assert "discriminator" not in default_metrics([run], "all")
    evaluator = Evaluator(Colours(), ("frechet", "ssim"), skip_too_few=True)
    choice = Choice(real=paintings, photos=photos)
    scores = evaluate(run, evaluator, choice=choice)
    assert {row.direction for row in scores.rows} == {"photo → monet"}
    assert len(scores.rows) == 2
    with pytest.raises(InputError, match="was imported and has no pictures of its own; name a Dat"):
        evaluate(run, evaluator, choice=Choice(photos=photos))
    if name == "one":
        with pytest.raises(InputError, match="was imported with one generator"):
            evaluate(run, evaluator, to="x", choice=choice)


def test_evaluate_with_a_dataset(tmp_path):
    from artnb.evaluation.evaluator import Evaluator
    from artnb.evaluation.runs import evaluate
    from artnb.evaluation.sets import Choice
    from artnb.synthetic.dataset import make_demo_data

    make_demo_data(tmp_path / "data", 32, images=12, pairs=8)
    evaluator = Evaluator(Colours(), ("frechet", "ssim"), skip_too_few=True)
    scores = evaluate(open_run("one"), evaluator, choice=Choice(data=tmp_path / "data"))
    assert {row.split for row in scores.rows} == {"test"}


@pytest.mark.parametrize("name", ["one", "pair"])
def test_gallery(name, photos, tmp_path, capsys):
    out = tmp_path / "gallery"
    command = ["gallery", "--run", name, "--out", out]
    assert "was imported and has no pictures of its own" in refused(capsys, *command)
    assert main([str(part) for part in (*command, "--photos", photos)]) == 0
    views = json.loads((out / "gallery.json").read_text())["exhibits"][0]["views"]
    kinds = {view["kind"] for view in views}
    both = {"reconstruction", "identity"}
    assert kinds == {"source", "painting"} | (both if name == "pair" else set())
    said = capsys.readouterr().out
    assert ("Reconstructions and identities are left out: one was" in said) == (name == "one")


@pytest.mark.parametrize("name", ["one", "pair"])
def test_explorer(name, photos, tmp_path):
    pytest.importorskip("ipywidgets")
    from artnb.explorer.choices import direction_choices, epoch_choices, usable_runs
    from artnb.explorer.paintings import paint_there_and_back
    from artnb.explorer.photos import Albums, read_photo
    from artnb.runs.painter import LoadedNetworks

    run = open_run(name)
    assert usable_runs([run]) == ([run], [])
    letters = [letter for _, letter in direction_choices(run)]
    assert letters == (["y", "x"] if name == "pair" else ["y"])
    assert epoch_choices(run) == [("latest (epoch 1)", "latest"), ("epoch 1", 1)]
    assert "was imported and has no pictures of its own; upload one" in Albums().of(run, "y").remark
    file = next(photos.iterdir())
    photo = read_photo(file.name, file.read_bytes(), 64)
    painted = paint_there_and_back(LoadedNetworks(), run.painter(1, "y"), photo)
    assert (painted.reconstruction is None) == (name == "one")


def test_explorer_panel_without_a_way_back(photos):
    pytest.importorskip("ipywidgets")
    from artnb.explorer.explore import explore

    panel = explore("one", photos=photos)
    assert panel.views["painting"].image.value
    assert not panel.views["back"].image.value
    assert "no generator for the way back" in panel.views["back"].caption.value


@pytest.mark.parametrize("name", ["one", "pair"])
def test_study(name, photos, capsys):
    command = ["study", "--run", name, "--photos", photos]
    assert "was imported and has no pictures of its own" in refused(capsys, *command)


@pytest.mark.parametrize("name", ["one", "pair"])
def test_submission(name, photos, tmp_path, capsys):
    from artnb.submission.build import build_submission
    from artnb.submission.rules import Rules

    out = tmp_path / "images.zip"
    made = build_submission(open_run(name), photos, out, rules=Rules(1, 9, 32), say=lambda line: 0)
    assert made.pictures == 6
    if name == "one":
        command = ["submit", "build", "--run", name, "--photos", photos, "--to", "x", "--out", out]
        assert "was imported with one generator" in refused(capsys, *command)


def test_runs_lists_them(capsys):
    assert main(["runs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["run", "one", "pair"]
    for line in lines[1:]:
        assert line.split()[1:6] == ["-", "photo", "→", "monet", "-"]
        assert line.endswith("imported")


def test_a_photo_of_an_odd_size(addons, tmp_path):
    photo = np.random.default_rng(0).integers(0, 255, (50, 37, 3), np.uint8)
    Image.fromarray(photo).save(tmp_path / "odd.png")
    run = import_generator(addons / "resnet.h5", "addons")
    command = ["translate", "--run", run.path, "--photos", tmp_path / "odd.png"]
    assert main([str(part) for part in (*command, "--out", tmp_path / "out")]) == 0
    assert Image.open(tmp_path / "out" / "odd.png").size == (37, 50)
