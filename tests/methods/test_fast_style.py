"""A network that paints in styles: its losses, its styles, its Runs."""

import shutil
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
from artnb.data.images import fit_square, to_float
from artnb.errors import InputError
from artnb.exchange.export import export_generator
from artnb.exchange.importing import import_generator
from artnb.files import PART
from artnb.gallery.manifest import read_gallery
from artnb.method import preset_config
from artnb.methods.cyclegan.model import build_generator
from artnb.methods.fast_style.model import FastStyle, build_trained, weights_of_style
from artnb.methods.fast_style.styles import PALETTE, mean_palette, mean_statistics, softened
from artnb.models.painting import paints_with_ncnn
from artnb.runs.run import Run
from artnb.stylization.differentiation import compiled
from artnb.stylization.features import load_features
from artnb.stylization.losses import total_variation
from artnb.stylization.objective import Objective
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
def halves(tmp_path_factory, data, styles):
    """A Run, and a copy of it as it was in its midst: what a kill would have left."""
    folder = tmp_path_factory.mktemp("runs")
    alone, left = folder / "alone" / "run", folder / "left" / "run"

    def copy(grid):
        if grid.stem.endswith("3"):
            shutil.copytree(alone, left, ignore=shutil.ignore_patterns(f"*{PART}"))

    return train_or_go_on(alone, data, styles, copy), Run(left)


@pytest.fixture(scope="module")
def run(halves):
    return halves[0]


def means_of_four(pictures):
    """Means of 2×2 pixels, in NumPy."""
    rows = (pictures[:, 1:] + pictures[:, :-1]) / 2
    return (rows[:, :, 1:] + rows[:, :, :-1]) / 2


def test_a_weave_of_single_pixels_is_seen_by_smoothness_alone():
    weave = np.where(np.indices((1, 8, 8, 1)).sum(axis=0) % 2, 1, -1) * np.ones(3, np.float32)
    assert not ops.convert_to_numpy(softened(weave.astype(np.float32))).any()
    assert float(total_variation(weave)) > 1


@pytest.mark.parametrize(("photos", "paintings"), [(1, 4), (4, 1)])
def test_a_grid_is_drawn_of_unequal_numbers(model, data, monkeypatch, photos, paintings):
    from artnb.methods.fast_style import samples

    counts = iter([photos, paintings])
    monkeypatch.setattr(
        samples,
        "fixed_pictures",
        lambda _from, _count, size_px: np.zeros((next(counts), size_px, size_px, 3), np.uint8),
    )
    config = short_config("", features=model.config.features)
    grid = samples.SampleGrid(open_dataset(data), config)
    grid.styles, grid.painter = range(1), samples.build_generator(model.config, "painter")
    assert grid(model, "grid").width > 4 * 32


def test_a_step_has_the_objectives_losses(model):
    draw_weights(model.generator_g, 7)
    photos = np.concatenate([pixels(painting(seed)) for seed in (4, 5)])
    names, chosen = ("style", "content", "smoothness"), np.int32([1, 0])
    losses = compiled(lambda *given: model.losses(*given)[1])(
        *map(ops.convert_to_tensor, (photos, chosen))
    )
    painted = model.generator_g.predict_on_batch([photos, chosen])
    objective, expected = model.objective, np.zeros(3)
    parts_of = compiled(lambda s, p, t: objective.parts(objective.features(s), p, t))
    # The first of the shifts: at the right and below 3 px are not looked at.
    for photo, made, style in zip(photos[:, :29, :29], painted[:, :29, :29], chosen, strict=True):
        shown, softer = means_of_four(photo[None]), means_of_four(made[None])
        where = objective.where(shown, None)
        wanted = {tap: ops.convert_to_numpy(r)[style] for tap, r in model.statistics.rows.items()}
        targets = {"content": objective.content_of(shown), "where": [where],
                   "wanted": [wanted], "shares": [np.float32(1)]}  # fmt: skip
        parts = parts_of(*map(ops.convert_to_tensor, (softer, made[None])), targets)
        expected += [float(parts[name]) / 2 for name in names]
    down, across = np.diff(painted[:, :29, :29], axis=1), np.diff(painted[:, :29, :29], axis=2)
    assert expected[2] == pytest.approx((down**2).mean() + (across**2).mean(), rel=1e-5)
    np.testing.assert_allclose([float(losses[name]) for name in names], expected, rtol=1e-4)
    assert min(expected) > 0


def test_smoke_is_large_enough_for_all_layers_and_what_is_not_is_said():
    smoke = preset_config("smoke", "fast_style")
    objective = Objective(load_features(smoke.features, None), smoke.loss)
    assert len(FastStyle(smoke, 64, objective).shapes) == 9
    with pytest.raises(InputError, match=r"image_size_px must leave .* and 32 does not; take 48"):
        FastStyle(smoke.replace(image_size_px=32), 64, objective)


def test_a_step_compares_the_colours_with_the_styles(model):
    draw_weights(model.generator_g, 7)
    photos = np.concatenate([pixels(painting(seed)) for seed in (4, 5)])
    given = map(ops.convert_to_tensor, (photos, np.int32([1, 0])))
    loss = float(compiled(lambda *given: model.losses(*given)[1]["palette"])(*given))
    painted = model.generator_g.predict_on_batch([photos, np.int32([1, 0])])[:, :28, :28]
    small, expected = painted.reshape(2, 7, 4, 7, 4, 3).mean(axis=(2, 4)).reshape(2, 49, 3), 0.0
    rows = ops.convert_to_numpy(model.statistics.rows[PALETTE])
    for colours, style in zip(small, (1, 0), strict=True):
        red, green, blue = colours.T
        found = np.sort([red, green, blue, red - green, green - blue, blue - red]).T
        places = (np.arange(49) + 0.5) * 1024 / 49 - 0.5
        wanted = np.stack([np.interp(places, range(1024), row) for row in rows[style].T], axis=1)
        expected += np.square(found - wanted).mean() / np.square(rows[style]).mean()
    assert model.config.palette == 2
    assert loss == pytest.approx(2 * expected / 2, rel=1e-3)


def test_statistics_are_the_mean_over_paintings(model):
    objective, shown = model.objective, [pixels(painting(seed)) for seed in (2, 8)]
    each = [ops.convert_to_numpy(objective.features(means_of_four(p))["fire2"]) for p in shown]
    mean = np.mean([features.mean(axis=(0, 1, 2)) for features in each], axis=0)
    deviation = np.mean([features.std(axis=(0, 1, 2)) for features in each], axis=0)
    found = mean_statistics(objective, shown, model.shapes)["fire2"]
    np.testing.assert_allclose(found[0], mean, rtol=1e-4)
    np.testing.assert_allclose(found[1] - found[0] ** 2, deviation**2, rtol=1e-3, atol=1e-6)


def test_a_style_has_the_statistics_of_its_paintings(model):
    square = fit_square(painting(3, 48, 40), 40)
    one, two = [painting(1, 40, 32)], [painting(2), square]
    shown = [[pixels(scaled(picture, 32)) for picture in pictures] for pictures in (one, two)]
    for style, paintings in enumerate(shown):
        expected = mean_statistics(model.objective, paintings, model.shapes)
        expected[PALETTE] = mean_palette(paintings)
        for tap, rows in model.statistics.rows.items():
            found = ops.convert_to_numpy(rows)[style]
            np.testing.assert_allclose(found, expected[tap], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("loss", "shape"),
    [("gram", (64, 64)), pytest.param("sliced", (9, 64), marks=pytest.mark.long)],
)
def test_other_statistics_are_averaged_as_they_are(model, loss, shape):
    objective = Objective(model.objective.features, loss)
    shown = [pixels(painting(seed)) for seed in (2, 8)]
    found = mean_statistics(objective, shown, {"conv1": shape})["conv1"]
    each = [mean_statistics(objective, [picture], {"conv1": shape})["conv1"] for picture in shown]
    assert found.shape == shape
    np.testing.assert_allclose(found, (each[0] + each[1]) / 2, rtol=1e-5)
    assert np.ptp(found) > 0


def test_each_photo_gets_the_style_that_is_chosen_for_it():
    config = short_config("a.jpg,b.jpg,c.jpg")
    several, one = build_trained(config), build_generator(config, "painter")
    draw_weights(several, 3)
    photos = np.concatenate([pixels(painting(seed)) for seed in (4, 4, 4)])
    together = several.predict_on_batch([photos, np.int32([2, 0, 1])])
    assert np.abs(together[0] - together[1]).max() > 0.01
    for place, style in enumerate((2, 0, 1)):
        one.set_weights(weights_of_style(several.get_weights(), style))
        alone = one.predict_on_batch(photos[:1])
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


def test_left_in_its_midst_it_goes_on_without_its_paintings_bit_for_bit(halves, data, styles):
    alone, left = halves
    assert (alone.snapshot_epochs(), left.snapshot_epochs()) == ([1, 2], [])
    folder = Path(styles.partition(",")[0]).parent
    folder.rename(away := folder.with_name("away"))
    try:
        train_or_go_on(left.path, data, styles)
    finally:
        away.rename(folder)
    assert differences(alone.path, left.path) == []


@pytest.mark.slow
def test_killed_and_resumed_every_bit_is_the_same(run, data, styles, tmp_path):
    command = [sys.executable, "-m", "tests.methods.drawn_style", tmp_path / "run", data, styles]
    ended = subprocess.run(
        [*command, "step-00000006:1"], cwd=Path(__file__).parents[2], check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    train_or_go_on(tmp_path / "run", data, styles)
    assert differences(run.path, tmp_path / "run") == []


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


@pytest.mark.long
def test_a_gallery_shows_a_style(run, data, tmp_path, capsys):
    photo = min((data / "pictures" / "pairs" / "photos").iterdir())
    out = tmp_path / "gallery"
    command = ["gallery", "--run", str(run.path), "--photos", str(photo), "--out", str(out)]
    assert main([*command, "--to", "two", "--epochs", "latest"]) == 0
    assert "has no generator for the way back" in capsys.readouterr().out
    assert read_gallery(out).exhibits[0].target_domain == "two"


def test_exported_and_imported_it_paints_the_same(run, tmp_path):
    pytest.importorskip("onnx")
    out = export_generator(run, tmp_path / "painter.onnx", "onnx", to="two")
    back = import_generator(out, tmp_path / "back", say=lambda _line: None)
    photo = pixels(painting(4))
    there, again = (r.painter(to=to).load().predict_on_batch(photo)
                    for r, to in ((run, "two"), (back, "y")))  # fmt: skip
    np.testing.assert_allclose(there, again, atol=1e-5)


def test_it_is_painted_with_what_is_fastest(run):
    painter = run.painter(to="two")
    ready, photo = painter.ready(), pixels(painting(4))
    assert ready.engine.startswith("ncnn" if paints_with_ncnn() else "Keras")
    there = painter.load().predict_on_batch(photo)
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
