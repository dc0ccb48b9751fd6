"""Runs that are made of others' generators."""

import pickle
import shutil

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.exchange.export import export_generator
from artnb.exchange.importing import _config, import_generator
from artnb.exchange.published import LICENCE
from artnb.exchange.trained import TrainedGenerator
from artnb.files import sha256_of
from artnb.platform.where import outputs_folder
from artnb.runs.snapshots import snapshot_networks
from artnb.translation import translate_image
from tests.state_dicts import MAGIC, called, named, plain, write_zip
from tests.web.server import whole


def entries(folder):
    return sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []


def test_the_run_says_what_it_has(torch_generators):
    said = []
    path = torch_generators / "plain.pth"
    run = import_generator(path, "monet", y="monet", say=said.append)
    assert run.path == outputs_folder() / "monet"
    assert said == ["photo → monet: ResNet, 6 blocks, 1 filters, instance norm"]
    assert entries(run.path) == ["config.json", "run.json", "snapshots"]
    assert (run.domains, run.is_imported) == (("photo", "monet"), True)
    assert dict(run.method.generators(run)) == {"y": "generator_g"}
    assert run.snapshot_epochs() == [1]
    assert snapshot_networks(run.snapshot(1)) == {"generator_g"}
    facts = run.facts()
    assert facts["status"] == "imported"
    assert facts["imported"] == [
        {
            "from": "plain.pth",
            "sha256": sha256_of(path),
            "recognised": "ResNet, 6 blocks, 1 filters, instance norm",
        }
    ]
    assert entries(outputs_folder()) == ["monet"]


def test_the_picture_is_the_originals(torch_generators, torch_golden):
    run = import_generator(torch_generators / "affine_legacy.pth", "one")
    painting = np.asarray(run.painter().load()(torch_golden["photos"]))
    np.testing.assert_allclose(painting, torch_golden["affine"], atol=1e-4)


def test_the_picture_of_another_network_is_the_originals(addons, addons_golden):
    run = import_generator(addons / "resnet_weights.h5", "one")
    assert run.config().generator == "imported"
    photos = np.random.default_rng(int(addons_golden["resnet/seed"])).uniform(-1, 1, (1, 32, 32, 3))
    painting = np.asarray(run.painter().load()(photos.astype(np.float32)))
    np.testing.assert_allclose(painting, addons_golden["resnet/painting"], atol=1e-4)


def test_a_large_picture_in_tiles(addons, monkeypatch):
    """Tiles share statistics with layers that came from elsewhere, too."""
    from artnb import translation

    painter = import_generator(addons / "resnet.h5", "one").painter().load()
    photo = np.random.default_rng(0).integers(0, 255, (160, 96, 3), np.uint8)
    monkeypatch.setattr(translation, "WHOLE_PIXELS", 1)
    monkeypatch.setattr(translation, "TILE_PX", 96)
    monkeypatch.setattr(translation, "OVERLAP_PX", 48)
    assert translate_image(painter, photo).shape == photo.shape


def test_a_pair(torch_generators):
    plain_pth, legacy = (torch_generators / f"plain{kind}.pth" for kind in ("", "_legacy"))
    said = []
    run = import_generator(plain_pth, "pair", legacy, x="horse", y="zebra", say=said.append)
    assert [line.split(":")[0] for line in said] == ["horse → zebra", "zebra → horse"]
    assert list(run.method.generators(run)) == ["y", "x"]
    assert snapshot_networks(run.snapshot(1)) == {"generator_g", "generator_f"}


def test_a_pair_of_keras_models(addons):
    run = import_generator(addons / "resnet.h5", "pair", addons / "resnet_weights.h5")
    assert entries(run.path)[1:3] == ["generator_f.json", "generator_g.json"]
    assert run.config().multiple_px == 4


@pytest.mark.parametrize("depths", [(2, 8), (8, 2)])
def test_sizes_suit_the_generator_that_halves_more_often(depths):
    pair = [
        TrainedGenerator("a network", {"generator": "imported", "generator_depth": depth}, [])
        for depth in depths
    ]
    assert _config(pair).multiple_px == 256


def test_generators_of_two_kinds_are_refused(torch_generators, addons):
    with pytest.raises(InputError, match="must be of the same kind, and these are a ResNet, 6"):
        import_generator(torch_generators / "plain.pth", "pair", addons / "resnet.h5")
    assert entries(outputs_folder()) == []


def test_a_published_name(server, torch_generators):
    server.answers = [whole((torch_generators / "plain.pth").read_bytes())]
    run = import_generator("monet2photo", "back", server=server.url, say=lambda line: None)
    assert run.domains == ("monet", "photo")
    (origin,) = run.facts()["imported"]
    assert (origin["from"], origin["licence"]) == ("monet2photo", LICENCE)
    assert origin["address"] == f"{server.url}/monet2photo.pth"


def test_an_existing_run_stays(torch_generators, tmp_path):
    run = import_generator(torch_generators / "plain.pth", tmp_path / "one")
    before = run.snapshot(1).read_bytes()
    with pytest.raises(InputError, match="exists already and nothing in it will be overwritten"):
        import_generator(torch_generators / "affine.pth", tmp_path / "one")
    assert run.snapshot(1).read_bytes() == before


def test_domains_need_names(torch_generators):
    with pytest.raises(InputError, match="need names of their own"):
        import_generator(torch_generators / "plain.pth", "one", x="photo", y="photo")


def test_what_is_no_source(tmp_path):
    with pytest.raises(InputError, match=r'no file style_mone, .* did you mean "style_monet"'):
        import_generator("style_mone", "one")
    with pytest.raises(InputError, match=r"it is a folder; a SavedModel .* saved as .h5"):
        import_generator(tmp_path, "one")
    (tmp_path / "photo.pth").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(InputError, match=r"must be a .pth of PyTorch, a .h5 .* none of them"):
        import_generator(tmp_path / "photo.pth", "one")
    assert entries(outputs_folder()) == []


@pytest.mark.parametrize("is_zip", [True, False])
def test_a_pickle_that_would_run_code_is_refused(is_zip, tmp_path):
    trace = tmp_path / "trace"
    code = called(named("os", "system"), plain(f"touch {trace}"))
    path = tmp_path / "evil.pth"
    if is_zip:
        write_zip(path, code, {})
    else:
        head = [MAGIC, 1001, {"little_endian": True}]
        path.write_bytes(b"".join(pickle.dumps(p, 2) for p in head) + b"\x80\x02" + code + b".")
    with pytest.raises(InputError, match=r"asks for os.system, which no state dict needs"):
        import_generator(path, "one")
    assert not trace.exists()
    assert entries(outputs_folder()) == []


def test_a_run_whose_network_was_changed_is_refused(addons):
    run = import_generator(addons / "resnet.h5", "one")
    file = run.architecture_file("generator_g")
    file.write_text(file.read_text().replace('"Conv2D"', '"Lambda"'))
    with pytest.raises(InputError, match="is a Lambda; nothing that a file defines is run"):
        run.painter().load()
    file.write_text("{")
    with pytest.raises(InputError, match="import the generator again"):
        run.painter().load()


@pytest.mark.parametrize("file_format", ["keras", "onnx", "pth"])
def test_what_was_exported_comes_back(file_format, torch_generators, torch_golden, tmp_path):
    if file_format == "onnx":
        pytest.importorskip("onnx")
    run = import_generator(torch_generators / "plain.pth", "one")
    out = export_generator(run, tmp_path / f"out.{file_format}", file_format)
    shutil.rmtree(run.path)
    again = import_generator(out, "again")
    painting = np.asarray(again.painter().load()(torch_golden["photos"]))
    np.testing.assert_allclose(painting, torch_golden["plain"], atol=1e-4)
