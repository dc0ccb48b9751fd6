import pytest

import artnb.training.tensorboard as module
from artnb.errors import InputError
from artnb.synthetic.dataset import make_demo_data
from artnb.training.train import train
from tests.toy_method import TOY

pytestmark = pytest.mark.usefixtures("toy_method")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_demo_data(tmp_path_factory.mktemp("data") / "demo", 32, images=4, pairs=2)


def test_losses_and_grids_are_written(dataset, tmp_path):
    tf = pytest.importorskip("tensorflow", reason="event files are written with TensorFlow")
    pytest.importorskip("tensorboard", reason="and with TensorBoard")
    config = TOY.config("smoke", epochs=2)
    run = train(dataset, config, tmp_path / "run", say=lambda _: None, tensorboard=True)
    tags = set()
    for file in run.path.glob("tensorboard/**/events.*"):
        for event in tf.compat.v1.train.summary_iterator(str(file)):
            tags |= {value.tag for value in event.summary.value}
    assert "epoch_distance" in tags
    assert {"grids by epoch", "grids by step"} <= {tag.rsplit("/", 1)[0] for tag in tags} | tags


def test_without_it_nothing_is_made(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "is_installed", lambda _: False)
    with pytest.raises(InputError, match="have the same numbers"):
        train(dataset, TOY.config("smoke"), tmp_path / "run", tensorboard=True)
    assert not (tmp_path / "run").exists()
