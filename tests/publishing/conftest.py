"""A page of two painters and one that makes pictures out of latents, made once."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artnb.publishing.publish import publish
from artnb.runs.run import Run
from tests.exchange.generators import make_run
from tests.publishing.sites import runtime
from tests.sampling.latent_run import make_latent_run

HOSTILE = "<img src=x onerror=alert(1)> \"q\" {braces} 'n' & Gärten 🌻"


@pytest.fixture(scope="session")
def photos(tmp_path_factory) -> Path:
    """Two small photos."""
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(3)
    for number, (height, width) in enumerate([(40, 60), (64, 48)]):
        coarse = random.integers(0, 255, (4, 6, 3), np.uint8)
        small = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        small.save(folder / f"{number}.png")
    return folder


@pytest.fixture(scope="session")
def runs(tmp_path_factory) -> list[Run]:
    """A CycleGAN with instance norms, one with group norms, and a StyleGAN2 with classes."""
    folder = tmp_path_factory.mktemp("runs")
    painters = [make_run(folder / kind, kind) for kind in ("preview", "affine group")]
    of_latents = make_latent_run(folder / "digits", folder / "data", (1,), classes="one,two")
    return [*painters, of_latents]


@pytest.fixture(scope="session")
def site(runs, photos, tmp_path_factory) -> Path:
    """Their page, in a folder whose name no address holds as it is."""
    out = tmp_path_factory.mktemp("pages") / "a page, 100% #1"
    publish(runs, out, title=HOSTILE, examples=photos, runtime=runtime())
    return out
