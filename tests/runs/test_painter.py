"""A Run's networks: what paints, what judges, what samples."""

import keras
import numpy as np
import pytest

from artnb.errors import InputError
from artnb.method import METHODS, Method, preset_config
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.methods.cyclegan.model import build_generator
from artnb.runs.painter import Judge, LoadedNetworks
from artnb.runs.run import new_run
from artnb.runs.snapshots import save_snapshot
from artnb.translation import paint

CONFIG = preset_config("smoke")
NAMES = ("generator_g", "generator_f")


@pytest.fixture
def run(tmp_path):
    """Two epochs of generators that paint differently."""
    run = new_run(tmp_path / "run", CONFIG)
    run.note(data={"x": "photo", "y": "monet"})
    for epoch in (1, 2):
        keras.utils.set_random_seed(epoch)
        networks = {name: build_generator(CONFIG, name) for name in NAMES}
        save_snapshot(run.snapshot(epoch), networks, {"epoch": epoch})
    return run


def test_a_painter_says_what_it_is(run):
    painter = run.painter(1)
    assert (painter.source, painter.target, painter.multiple_px) == ("photo", "monet", 4)
    assert painter.back.back == painter
    assert [p.epoch for p in run.painters("1,2", "photo")] == [1, 2]
    keys = {p.key for p in (*run.painters(), *run.painters(to="x"))}
    assert len(keys) == 4
    assert painter.key.endswith(f" on {keras.backend.backend()}")


def test_another_epochs_weights_go_into_the_network_that_is_there(run):
    loaded = LoadedNetworks()
    first = loaded.load(run.painter(1))
    before = first.get_weights()
    assert loaded.load(run.painter(2)) is first
    expected = run.painter(2).load().get_weights()
    for was, now, wanted in zip(before, first.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(now, wanted)
        assert (was != now).any() or not was.any()
    assert loaded.load(run.painter(2).back) is not first


def test_what_paints_is_said_once_and_painted_with_anew_for_another_epoch(run):
    lines = []
    loaded = LoadedNetworks(say=lines.append)
    photo = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3), np.uint8)
    first = loaded.ready(run.painter(1))
    assert loaded.ready(run.painter(1)) is first
    assert lines == [f"Paints with {first.engine}."]
    before = paint(first, photo)
    second = loaded.ready(run.painter(2))
    assert second is not first
    assert second.generator is loaded.load(run.painter(2)), "built once"
    after = paint(second, photo)
    assert np.abs(after.astype(int) - before).max() > 1
    assert np.abs(after.astype(int) - paint(run.painter(2).load(), photo)).max() <= 1
    assert len(lines) == 1


def test_a_painters_key_names_what_paints_and_a_judges_what_judges(run, monkeypatch):
    backend = keras.backend.backend()
    painter, judge = run.painter(1), Judge(run, 1, "generator_g")
    monkeypatch.setattr("artnb.models.painting.paints_with_ncnn", lambda: True)
    assert painter.key.endswith(f" with ncnn on {backend}")
    assert judge.key == painter.key.replace(" with ncnn", "")


def test_the_network_that_was_not_asked_for_longest_goes(run):
    loaded = LoadedNetworks(most=1)
    first = loaded.load(run.painter(1))
    loaded.load(run.painter(1).back)
    assert loaded.load(run.painter(1)) is not first


def test_a_network_that_is_of_no_use_is_not_remembered(run):
    loaded = LoadedNetworks()
    first = loaded.load(run.painter(1))
    run.snapshot(2).write_bytes(b"")
    with pytest.raises(InputError, match=r"epoch-0002\.safetensors is damaged"):
        loaded.load(run.painter(2))
    assert loaded.load(run.painter(1)) is not first, "what it holds now is not known"


def test_a_cyclegan_has_no_latents(run):
    with pytest.raises(InputError, match="is a CycleGAN, which paints photos and has no latents"):
        run.sampler()


class LatentMethod(Method):
    name = "latent"
    title = "a layer"
    config_class = CycleGANConfig

    def latent_generator(self, run):
        return "generator"

    def latent_size(self, config):
        return 3

    def build_network(self, run, name):
        latent = keras.Input((3,))
        return keras.Model(latent, keras.layers.Dense(2)(latent), name=name)


LATENT = LatentMethod()


def test_a_method_with_latents_gives_a_sampler(run, monkeypatch):
    monkeypatch.setitem(METHODS, "latent", "tests.runs.test_painter:LATENT")
    text = run.config_file.read_text(encoding="utf-8")
    run.config_file.write_text(text.replace('"cyclegan"', '"latent"'), encoding="utf-8")
    network = LATENT.build_network(run, "generator")
    save_snapshot(run.snapshot(3), {"generator": network}, {"epoch": 3})
    sampler = run.sampler()
    assert (sampler.epoch, sampler.latent_size) == (3, 3)
    latents = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    expected, got = (keras.ops.convert_to_numpy(n(latents)) for n in (network, sampler.load()))
    np.testing.assert_allclose(got, expected, atol=5e-3)


def test_a_run_that_names_no_method_is_a_cyclegan(run):
    lines = run.config_file.read_text(encoding="utf-8").splitlines()
    older = [line for line in lines if '"method"' not in line]
    assert len(older) == len(lines) - 1
    run.config_file.write_text("\n".join(older), encoding="utf-8")
    assert run.method.name == "cyclegan"
    assert run.config() == CONFIG
    run.note(imported=[{"from": "a file"}])
    assert run.method.name == "imported"
