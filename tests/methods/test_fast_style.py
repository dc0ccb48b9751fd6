"""A network that paints in styles: its losses, its styles, its Runs."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from keras import ops
from PIL import Image

from artnb.cli import main
from artnb.data.dataset import open_dataset
from artnb.data.images import to_float
from artnb.errors import InputError
from artnb.exchange.export import export_generator
from artnb.exchange.importing import import_generator
from artnb.methods.cyclegan.model import build_generator
from artnb.methods.fast_style.model import FastStyle, build_trained, weights_of_style
from artnb.methods.fast_style.styles import mean_statistics
from artnb.models.painting import paints_with_ncnn
from artnb.runs.run import Run
from artnb.stylization.objective import Region
from artnb.stylization.stylize import scaled
from artnb.synthetic.dataset import make_demo_data
from artnb.training.state import named_variables
from artnb.training.train import train
from artnb.translation import translate
from tests.golden.draws import draw_weights
from tests.methods.drawn_style import (
    drawn_objective,
    short_config,
    train_or_go_on,
    with_drawn_weights,
)
from tools.everything_kept import differences


def painting(seed, width=32, height=32):
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (4, 5, 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def pixels(picture):
    return to_float(np.asarray(picture))[None]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "demo"
    make_demo_data(folder, 32, images=6, pairs=4)
    return folder


@pytest.fixture(scope="module")
def styles(tmp_path_factory):
    """Two styles: a painting, and a painter of two."""
    folder = tmp_path_factory.mktemp("styles")
    (folder / "two").mkdir()
    painting(1, 40, 32).save(folder / "one.png")
    painting(2).save(folder / "two" / "a.png")
    painting(3, 48, 40).save(folder / "two" / "b.png")
    return f"{folder / 'one.png'},{folder / 'two'}"


@pytest.fixture(scope="module")
def model(data, styles):
    """Built and begun, not yet trained."""
    config = short_config(styles)
    model = FastStyle(config, 32, drawn_objective(config))
    model.begin(open_dataset(data))
    return model


@pytest.fixture(scope="module")
def run(tmp_path_factory, data, styles):
    return train_or_go_on(tmp_path_factory.mktemp("alone") / "run", data, styles)


def test_a_step_has_the_objectives_losses(model):
    draw_weights(model.generator_g, 7)
    photos = np.concatenate([pixels(painting(seed)) for seed in (4, 5)])
    losses = model.losses(ops.convert_to_tensor(photos), ops.convert_to_tensor([1, 0]))[1]
    paintings = ops.convert_to_numpy(model.generator_g([photos, np.array([1, 0])]))
    shown_by = [[painting(2), painting(3, 48, 40)], [painting(1, 40, 32)]]
    objective, expected = model.objective, np.zeros(3)
    for photo, painted, pictures in zip(photos, paintings, shown_by, strict=True):
        shown = [pixels(scaled(picture, 32)) for picture in pictures]
        targets = objective.targets(photo[None], [Region(shown[0])])
        measured = [objective.targets(photo[None], [Region(p)])["wanted"][0] for p in shown]
        targets["wanted"] = [{t: sum(m[t] for m in measured) / len(measured) for t in measured[0]}]
        parts = objective.parts(objective.features(painted[None]), painted[None], targets)
        expected += [float(parts[name]) / 2 for name in ("style", "content", "smoothness")]
    down, across = np.diff(paintings, axis=1), np.diff(paintings, axis=2)
    assert expected[2] == pytest.approx((down**2).mean() + (across**2).mean(), rel=1e-5)
    found = [float(losses[name]) for name in ("style", "content", "smoothness")]
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    assert min(found) > 0


def test_statistics_are_the_mean_over_paintings(model):
    objective, shown = model.objective, [pixels(painting(seed)) for seed in (2, 8)]
    each = [objective.features(picture)["fire2"] for picture in shown]
    means = [np.mean(ops.convert_to_numpy(features), axis=(0, 1, 2)) for features in each]
    squares = [np.mean(ops.convert_to_numpy(f) ** 2, axis=(0, 1, 2)) for f in each]
    found = mean_statistics(objective, iter(shown), model.shapes)
    np.testing.assert_allclose(found["fire2"][0], np.mean(means, axis=0), rtol=1e-4)
    np.testing.assert_allclose(found["fire2"][1], np.mean(squares, axis=0), rtol=1e-4)


def test_of_sorted_values_as_many_are_kept_as_a_crop_has(data):
    config = short_config(loss="sliced")
    model = FastStyle(config, 32, drawn_objective(config))
    model.begin(open_dataset(data))
    assert model.shapes["conv1"] == (15 * 15, 64)
    rows = ops.convert_to_numpy(model.statistics.rows["conv1"])[0]
    assert (np.diff(rows, axis=0) >= 0).all()
    assert np.ptp(rows) > 0


def test_each_photo_gets_the_style_that_is_chosen_for_it():
    config = short_config("a.jpg,b.jpg,c.jpg")
    several, one = build_trained(config), build_generator(config, "painter")
    draw_weights(several, 3)
    photos = np.concatenate([pixels(painting(seed)) for seed in (4, 4, 4)])
    together = ops.convert_to_numpy(several([photos, np.array([2, 0, 1])]))
    assert np.abs(together[0] - together[1]).max() > 0.01
    for place, style in enumerate((2, 0, 1)):
        one.set_weights(weights_of_style(several.get_weights(), style))
        alone = ops.convert_to_numpy(one(photos[:1]))
        np.testing.assert_allclose(together[place], alone[0], atol=1e-5)


def test_styles_come_in_turn(model):
    seen = []
    iterations = model.players["generator"].optimizer.iterations
    for step in range(3):
        iterations.assign(step)
        seen += ops.convert_to_numpy(model.styles_of_step()).tolist()
    iterations.assign(0)
    assert seen == [0, 1, 0, 1, 0, 1]


def test_what_is_looked_at_with_is_no_part_of_the_state(model):
    looking = {id(variable) for variable in model.objective.features.network.variables}
    assert looking
    assert not looking & {id(variable) for variable in model.state_variables()}
    names = set(named_variables(model))
    assert {name for name in names if name.startswith("style_statistics/")}
    rows = map(ops.convert_to_numpy, model.statistics.rows.values())
    assert all(row.max() > 0 for one in rows for row in one)


def test_killed_and_resumed_without_its_paintings_every_bit_is_the_same(
    run, data, styles, tmp_path
):
    killed = tmp_path / "run"
    command = [sys.executable, "-m", "tests.methods.drawn_style", killed, data, styles]
    ended = subprocess.run(
        [*command, "step-00000003:1"], cwd=Path(__file__).parents[2], check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    folder = Path(styles.partition(",")[0]).parent
    folder.rename(away := folder.with_name("away"))
    try:
        train_or_go_on(killed, data, styles)
    finally:
        away.rename(folder)
    assert Run(killed).snapshot_epochs() == [1, 2]
    assert differences(run.path, killed) == []


def test_other_paintings_under_the_same_name_are_refused(run, data, styles):
    file = Path(styles.partition(",")[0])
    before = file.read_bytes()
    painting(9).save(file)
    try:
        with with_drawn_weights(), pytest.raises(InputError, match="the style one is not what it"):
            train(open_dataset(data), None, run.path, resume=True, say=lambda _line: None)
    finally:
        file.write_bytes(before)


def test_each_style_is_a_target(run, data, tmp_path, capsys):
    photos = data / "pictures" / "pairs" / "photos"
    painted = []
    for style in ("one", "two"):
        translate(run, photos, tmp_path / style, to=style)
        first = min((tmp_path / style).iterdir())
        painted.append(np.asarray(Image.open(first), np.int16))
    assert np.abs(painted[0] - painted[1]).max() > 2
    assert run.painter(to="y").target == "one"
    assert run.painter(to="two").target == "two"
    assert run.painter(to="two").key != run.painter(to="one").key
    with pytest.raises(InputError, match=r"paints one, two, and --to is 'tow'; .*two"):
        run.painter(to="tow")
    with pytest.raises(InputError, match="has no generator for x"):
        run.painter(to="x")
    out = tmp_path / "gallery"
    assert main(["gallery", "--run", str(run.path), "--photos", str(photos), "--to", "two",
                 "--out", str(out), "--epochs", "latest"]) == 0  # fmt: skip
    assert "has no generator for the way back" in capsys.readouterr().out


@pytest.mark.parametrize("format", ["keras", "onnx"])
def test_exported_and_imported_it_paints_the_same(run, format, tmp_path):
    pytest.importorskip("onnxruntime" if format == "onnx" else "keras")
    out = export_generator(run, tmp_path / f"painter.{format}", format, to="two")
    back = import_generator(out, tmp_path / "back", say=lambda _line: None)
    photo = pixels(painting(4))
    there, again = (ops.convert_to_numpy(r.painter(to=to).load()(photo))
                    for r, to in ((run, "two"), (back, "y")))  # fmt: skip
    np.testing.assert_allclose(there, again, atol=1e-5)


def test_it_is_painted_with_what_is_fastest(run):
    painter = run.painter(to="two")
    ready, photo = painter.ready(), pixels(painting(4))
    assert ready.engine.startswith("ncnn" if paints_with_ncnn() else "Keras")
    there = ops.convert_to_numpy(painter.load()(photo))
    np.testing.assert_allclose(ready.predict_on_batch(photo), there, atol=1 / 255)


def test_without_weights_it_is_said_and_no_run_is_made(data, tmp_path, monkeypatch, capsys):
    def missing(kind):
        raise InputError("the weights of SqueezeNet are not here; put them there")

    monkeypatch.setattr("artnb.methods.fast_style.model.find_weights", missing)
    command = ["train", "--method", "fast_style", "--preset", "smoke", "--data", str(data)]
    assert main([*command, "--run", str(tmp_path / "run")]) == 2
    assert "the weights of SqueezeNet are not here" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_style_that_is_not_there_is_said_and_no_run_is_made(data, tmp_path):
    with with_drawn_weights(), pytest.raises(InputError, match=r"there is none at .*nothing.jpg"):
        train(open_dataset(data), short_config("nothing.jpg"), tmp_path / "run")
    assert not (tmp_path / "run").exists()
