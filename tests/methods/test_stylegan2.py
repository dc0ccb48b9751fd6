"""StyleGAN2-ADA: a step's parts by themselves, its Runs, and what it refuses."""

import csv
import shutil

import numpy as np
import pytest
from keras import ops
from PIL import Image

from artnb.cli import main
from artnb.data.dataset import open_dataset
from artnb.errors import InputError
from artnb.files import PART
from artnb.method import preset_config
from artnb.methods.stylegan2.collapse import signs_of_collapse
from artnb.methods.stylegan2.model import StyleGAN2
from artnb.methods.stylegan2.transfer import begin_from, find_begun_from, take_what_fits
from artnb.models.stylegan2.networks import draw_z
from artnb.runs.run import Run
from artnb.sampling import generate
from artnb.stylization.differentiation import compiled
from artnb.training.state import is_finite, read_state
from artnb.training.train import train
from tools.everything_kept import differences

_EDGE = 32


def config(**changes):
    return preset_config("smoke", "stylegan2", checkpoint_minutes=0, deterministic=True,
                         **changes)  # fmt: skip


# With these, everything that a step may do happens within four of them.
OFTEN = {"r1_every": 3, "path_length_every": 2, "ada_every": 1, "ada_kimg": 0.1, "ada_target": 0.0}


def picture(seed):
    small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
    return Image.fromarray(small).resize((_EDGE, _EDGE), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two kinds of pictures, in a folder each."""
    folder = tmp_path_factory.mktemp("data") / "pictures"
    for number in range(12):
        kind = folder / ("reds", "blues")[number % 2]
        kind.mkdir(parents=True, exist_ok=True)
        picture(number).save(kind / f"{number:02d}.png")
    return folder


@pytest.fixture(scope="module")
def model():
    return StyleGAN2(config(), _EDGE)


@pytest.fixture(scope="module")
def reals():
    return np.stack([np.asarray(picture(seed)) for seed in range(4)])


def train_or_go_on(path, data, watch=None):
    dataset = open_dataset(data, domains=1)
    settings = config(classes="folders", log_every_steps=1, **OFTEN)
    return train(dataset, settings, path, resume="auto", say=lambda _line: None, watch=watch)


@pytest.fixture(scope="module")
def halves(tmp_path_factory, data):
    """A Run with classes, and a copy of it as it was in its midst: what a kill would have left."""
    folder = tmp_path_factory.mktemp("runs")
    alone, left = folder / "alone" / "run", folder / "left" / "run"

    def copy(grid):
        if grid.stem.endswith("3"):
            shutil.copytree(alone, left, ignore=shutil.ignore_patterns(f"*{PART}"))

    return train_or_go_on(alone, data, copy), Run(left)


@pytest.fixture(scope="module")
def run(halves):
    return halves[0]


def losses_by_step(run):
    with run.losses_file.open() as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def test_left_in_its_midst_it_goes_on_bit_for_bit(halves, data):
    run, left = halves
    assert left.snapshot_epochs() == []
    train_or_go_on(left.path, data)
    assert differences(run.path, left.path) == []


def test_regularisers_come_every_so_many_steps(run):
    rows = losses_by_step(run)
    assert len(rows) == 8
    assert [row["step"] for row in rows if abs(row["r1"]) > 1e-5] == [1, 4, 7]
    assert [row["step"] for row in rows if abs(row["path_length"]) > 1e-5] == [1, 3, 5, 7]


def test_p_moves_after_each_step_by_the_sign(run):
    """Four pictures of a hundred: 0.04 up or down, and never below 0."""
    p = [0.0, *(row["augmentation"] for row in losses_by_step(run))]
    moves = np.diff(p)
    assert np.isclose(moves[:, None], [-0.04, 0, 0.04], atol=1e-4).any(axis=1).all()
    assert np.abs(moves).max() > 0.03


def test_both_losses_in_one_pass_have_the_gradients_of_each_alone(model, reals):
    real = ops.convert_to_tensor(reals.astype(np.float32) / 127.5 - 1)
    draw, changes = model.draws.draw(4), model.augment.draw(4)

    def losses():
        return model.losses(real, None, draw, changes, changes)

    def alone(name):
        return model.differentiate(lambda: (losses()[0][name], ()), model.players[name])[0]

    together = compiled(lambda: model.differentiate_together(losses)[0])()
    for name in model.players:
        of_one = compiled(lambda n=name: alone(n))()
        for pair in zip(together[name], of_one, strict=True):
            ours, theirs = map(ops.convert_to_numpy, pair)
            assert np.linalg.norm(ours - theirs) <= 1e-4 * np.linalg.norm(theirs) + 1e-7


def test_gradients_are_added_only_where_they_are_due(model):
    weights = model.players["generator"].trainable_variables
    nothing = [ops.zeros(weight.shape) for weight in weights]

    def added(due):
        def loss():
            return sum(ops.sum(w) for w in weights), ops.ones(())

        return model.with_gradients_if(due, loss, "generator", nothing, otherwise=ops.zeros(()))

    for due in (True, False):
        gradients, said = compiled(added)(ops.convert_to_tensor(due))
        assert all((ops.convert_to_numpy(g) == due).all() for g in gradients)
        assert float(said) == due


def test_places_from_one_on_take_the_second_latent(model):
    z = np.random.default_rng(0).normal(size=(3, 2, model.sizes.z_size)).astype(np.float32)
    first, second = (ops.convert_to_numpy(model.generator.w(z[:, number])) for number in (0, 1))
    w, ws = (ops.convert_to_numpy(x) for x in model.latents(z, None, np.int32(2)))
    assert ws.shape == (3, model.sizes.w_count, model.sizes.w_size)
    np.testing.assert_allclose(w, first, atol=1e-6)
    np.testing.assert_allclose(ws[:, :2], np.repeat(first[:, None], 2, axis=1), atol=1e-6)
    np.testing.assert_allclose(ws[:, 2:], np.repeat(second[:, None], ws.shape[1] - 2, axis=1),
                               atol=1e-6)  # fmt: skip


def test_where_styles_mix_is_drawn_as_often_as_asked():
    never, always = (StyleGAN2(config(style_mixing=share), _EDGE) for share in (0.0, 1.0))
    places = never.sizes.w_count
    assert all(int(never.draws.draw(4).mixed_from) == places for _ in range(5))
    drawn = {int(always.draws.draw(4).mixed_from) for _ in range(60)}
    assert drawn == set(range(1, places))


def test_the_average_moves_by_its_half_life():
    """After a step of 4 pictures the half-life is 0.05 · 4 pictures: it all but jumps."""
    model = StyleGAN2(config(ema_kimg=1.0, ema_ramp=None), _EDGE)
    place = next(n for n, w in enumerate(model.generator.weights) if "conv_4/kernel" in w.path)
    model.generator.weights[place].assign(model.generator.weights[place] + 1.0)
    before = model.average.weights[place].numpy().copy()
    model.move_average()
    moved = model.average.weights[place].numpy() - before
    np.testing.assert_allclose(moved, 1 - 0.5 ** (4 / 1000), rtol=1e-3)


def _moved_by_infinite_gradients(precision):
    """Give a model after such a step, and whether one of its weights moved."""
    model = StyleGAN2(config(precision=precision), _EDGE)
    weights = model.players["generator"].trainable_variables
    before = weights[0].numpy().copy()
    infinite = [ops.full(weight.shape, np.float32("inf")) for weight in weights]
    model.move("generator", infinite)
    return model, (weights[0].numpy() != before).any(), np.isfinite(weights[0].numpy()).all()


def test_infinite_gradients_move_a_network_a_little():
    _, moved, finite = _moved_by_infinite_gradients("float32")
    assert moved
    assert finite


def test_in_float16_infinite_gradients_lower_the_loss_scale():
    """Else it would only ever rise, until no gradient was a number."""
    model, moved, finite = _moved_by_infinite_gradients("mixed_float16")
    optimizer = model.players["generator"].optimizer
    assert float(optimizer.dynamic_scale) == optimizer.initial_scale / 2
    assert not moved
    assert finite


def test_r1_is_by_size_and_batch_unless_it_is_set():
    assert config(image_size_px=64, batch_size=32).gamma == pytest.approx(0.0256)
    assert config(r1_gamma=3.0).gamma == 3.0
    assert "R1 weighs 0.0512 (0.0002 · 32² / 4" in StyleGAN2(config(), _EDGE).describe()


@pytest.mark.long
@pytest.mark.parametrize(
    "changes",
    [
        {"loss": "relativistic", "r1_every": 1},
        {"precision": "mixed_bfloat16"},
        {"precision": "mixed_float16"},
        {"augmentation": "none", "path_length_weight": 0.0, "r1_gamma": 0.0},
        {"augmentation": "fixed", "augmentation_p": 0.5, "flip": True},
    ],
)
def test_other_settings_train(data, tmp_path, changes):
    settings = config(epochs=1, steps_per_epoch=2, **changes)
    made = train(open_dataset(data, domains=1), settings, tmp_path / "run", say=lambda _line: None)
    assert made.facts()["status"] == "finished"
    weights = made.sampler().load().get_weights()
    assert is_finite(dict(enumerate(weights)))


def test_classes_are_the_folders_and_each_has_pictures_of_its_own(run):
    assert run.config().class_names == ("blues", "reds")
    blues, reds, both = (
        np.stack(list(generate(run.sampler(class_name=name).load(), range(4))))
        for name in ("blues", "reds", None)
    )
    assert both.shape == (4, _EDGE, _EDGE, 3)
    assert (both[::2] == blues[::2]).all()
    assert (both[1::2] == reds[1::2]).all()
    assert (blues != reds).any()
    with pytest.raises(InputError, match=r"no class .greens.; did you mean"):
        run.sampler(class_name="greens")


def test_without_a_class_there_is_no_verdict(run):
    assert run.judge(run.sampler()) is None


def test_a_seed_is_always_the_same_picture(run):
    generator = run.sampler().load()
    several = list(generate(generator, [5, 9]))
    assert (next(generate(generator, [9])) == several[1]).all()
    assert np.isclose(draw_z([0], 3)[0], [1.7640524, 0.4001572, 0.978738]).all()


def test_another_size_takes_what_fits(model):
    larger = StyleGAN2(config(image_size_px=64, seed=7), 64)
    taken, left = take_what_fits(larger.generator, model.generator)
    assert {"dense_0", "constant_4", "conv_32", "rgb_32"} <= set(taken)
    assert {"up_64", "conv_64", "rgb_64"} <= set(left)
    ours, theirs = ({w.path: w.numpy() for w in m.generator.weights} for m in (larger, model))
    assert (ours["conv_32/kernel"] == theirs["conv_32/kernel"]).all()


def test_a_training_begins_from_another_run(run):
    fresh = StyleGAN2(config(classes="blues,reds", seed=5), _EDGE)
    said = begin_from(fresh, f"{run.path}@1")
    assert said.startswith("Begins from epoch 1 of run: ")
    assert "new is" not in said
    kept = run.sampler(1).load().get_weights()
    assert all((a == b).all() for a, b in zip(fresh.average.get_weights(), kept, strict=True))
    with pytest.raises(InputError, match="keeps epochs 1, 2, and 9 was asked for"):
        begin_from(fresh, f"{run.path}@9")


def test_a_runs_folder_may_have_an_at_in_its_name(run, tmp_path):
    copied = shutil.copytree(run.path, tmp_path / "me@home" / "run")
    assert find_begun_from(str(copied)) == (Run(copied), 2)
    assert find_begun_from(f"{copied}@1") == (Run(copied), 1)


def test_of_one_kind_of_pictures_there_is_no_other(data):
    with pytest.raises(InputError, match="--swap-domains takes the other of two kinds"):
        open_dataset(data, domains=1, swap_domains=True)


def test_everything_that_a_step_changes_is_kept(model):
    names = read_state(model).keys()
    parts = {name.partition("/")[0] for name in names}
    assert {"generator", "average", "discriminator", "augmentation", "path_length_mean"} <= {
        *parts, *(name.replace("augment", "augmentation") for name in parts)
    }  # fmt: skip


GOOD = {"augmentation": 0.1, "real_sign": 0.6}


@pytest.mark.parametrize(
    ("losses", "distances", "changes", "found"),
    [
        ({}, [], {}, set()),
        ({"augmentation": 0.81}, [], {}, {"p"}),
        ({"augmentation": 0.81}, [], {"augmentation": "fixed", "augmentation_p": 0.81}, set()),
        ({"real_sign": 0.99}, [], {}, set()),  # ADA still has something to do about it
        ({"real_sign": 0.99}, [], {"augmentation": "none"}, {"sign"}),
        ({"real_sign": 0.99, "augmentation": 0.9}, [], {}, {"p", "sign"}),
        ({}, [9, 5, 6, 7, 8], {}, {"distance"}),
        ({}, [9, 5, 6, 7], {}, set()),
        ({}, [9, 5, 7, 6, 8], {}, set()),
    ],
)
def test_signs_of_a_collapse(losses, distances, changes, found):
    signs = signs_of_collapse({**GOOD, **losses}, distances, config(**changes))
    assert signs.keys() == found
    assert all("best epoch" in s or "augmentation=ada" in s for s in signs.values())


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"image_size_px": 48}, "must be a power of two, .* got 48; use 32 or 64"),
        ({"augmentation_policies": "blit,hue"}, "augmentation_policies"),
        ({"augmentation_policies": ""}, "must name at least one of blit, geometry, colour"),
        ({"path_length_every": 0}, "path_length_every must be at least 1, got 0"),
    ],
)
def test_settings_that_cannot_be_are_explained(changes, text):
    with pytest.raises(InputError, match=text):
        config(**changes)


def fails(capsys, *arguments):
    assert main([str(argument) for argument in arguments]) == 2
    return capsys.readouterr().err


def test_what_cannot_be_asked_is_one_sentence(run, data, tmp_path, capsys):
    photos = ("--photos", data, "--out", tmp_path / "out")
    said = fails(capsys, "translate", "--run", run.path, *photos)
    assert "makes pictures out of latents" in said
    assert "artnb sample --run run" in said
    begin = ("train", "--method", "stylegan2", "--preset", "smoke", "--run", tmp_path / "new")
    assert "two folders or more" in fails(
        capsys, *begin, "--data", data / "reds", "--set", "classes=folders"
    )
    (tmp_path / "one").mkdir()
    picture(0).save(tmp_path / "one" / "a.png")
    assert "at least 2 usable" in fails(capsys, *begin, "--data", tmp_path / "one")
    assert "--from is for stylegan2" in fails(
        capsys, "train", "--data", data, "--from", run.path, "--run", tmp_path / "new"
    )
    assert "did you mean" in fails(
        capsys, *begin, "--data", data, "--from", run.path.with_name("rum")
    )
    assert not (tmp_path / "new").exists()


def upright_and_in_colour(pictures):
    """Say which pictures are red above and blue below, as all real ones are."""
    pictures = np.float32(pictures)
    above, below = pictures[:, 2:6].mean(axis=(1, 2)), pictures[:, 10:14].mean(axis=(1, 2))
    is_red = (above[:, 0] > above[:, 2] + 40) & (above[:, 1] < 100)
    return is_red & (below[:, 2] > below[:, 0] + 40) & (below[:, 1] < 100)


@pytest.mark.slow
def test_augmentation_does_not_leak_below_its_limit(tmp_path):
    """What all real pictures have in common stays theirs: Karras et al. 2020, section 3.1.

    At p = 1 any mixture of turned and tinted pictures would do as well.
    """
    random = np.random.default_rng(0)
    for number in range(64):
        pixels = np.full((16, 16, 3), 40.0)
        pixels[:8, :, 0], pixels[8:, :, 2] = random.uniform(150, 250, 2)
        pixels += random.normal(0, 8, pixels.shape)
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(tmp_path / f"{number}.png")
    settings = preset_config(
        "preview", "stylegan2", augmentation="fixed", augmentation_p=0.6, batch_size=16,
        channel_max=16, latent_size=32, epochs=1, steps_per_epoch=400, sample_count=16,
    )  # fmt: skip
    data = open_dataset(tmp_path, domains=1)
    made = train(data, settings, tmp_path / "run", say=lambda _line: None)
    pictures = list(generate(made.sampler().load(), range(64)))
    assert upright_and_in_colour(pictures).mean() > 0.9
