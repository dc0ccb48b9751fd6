"""Losses and gradients of Gatys et al. equal PyTorch's."""

import numpy as np
import pytest

from tests.golden.style_draws import FILE, POOLINGS, STYLE, draw_pictures, draw_vgg19

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def golden():
    with np.load(FILE) as arrays:
        return dict(arrays)


def drawn_features(pooling):
    from artnb.pretrained.h5_networks import build_vgg19
    from artnb.stylization.features import KINDS, FeatureNetwork

    network = build_vgg19(pooling)
    for name, (kernel, bias) in draw_vgg19().items():
        block, number = name.removeprefix("relu").split("_")
        network.get_layer(f"block{block}_conv{number}").set_weights([kernel, bias])
    return FeatureNetwork("vgg19", network, (*STYLE, KINDS["vgg19"].content))


# The other pooling runs on TensorFlow: what JAX could get wrong is the same network.
@pytest.mark.parametrize(
    "pooling", [pytest.param(p, marks=pytest.mark.long) if p == "max" else p for p in POOLINGS]
)
def test_losses_and_gradients_are_pytorchs(golden, pooling):
    from artnb.stylization.objective import Objective
    from artnb.stylization.regions import Region

    pictures, features = draw_pictures(), drawn_features(pooling)
    # So strong that content does not count, and so weak that style does not.
    found = {}
    for name, strength in (("style", 1e12), ("content", 1e-9)):
        objective = Objective(features, "gram", strength, smoothness=0.0)
        targets = objective.targets(pictures["photo"], [Region(pictures["painting"])])
        found[name] = [np.array(x) for x in objective.gradient(pictures["picture"], targets)]
    style, style_gradient = found["style"]
    content, content_gradient = (x / 1e9 for x in found["content"])
    assert style == pytest.approx(golden[f"{pooling}/style"].sum(), rel=1e-5)
    assert content == pytest.approx(golden[f"{pooling}/content"], rel=1e-5)
    for mine, name in ((style_gradient, "style"), (content_gradient, "content")):
        theirs = golden[f"{pooling}/{name}_gradient"]
        assert np.linalg.norm(mine - theirs) < 1e-5 * np.linalg.norm(theirs)
