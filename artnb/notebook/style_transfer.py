"""What notebook 08 begins with: settings that suit a preset, a photo and paintings."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from artnb.data.images import fit_square
from artnb.data.listing import list_images
from artnb.errors import InputError
from artnb.method import preset_config
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.methods.fast_style.config import FastStyleConfig
from artnb.pretrained.weights import find_weights
from artnb.progress import Progress, silent
from artnb.runs.run import Run
from artnb.stylization.inputs import open_picture
from artnb.stylization.losses import STYLE_LOSSES
from artnb.stylization.settings import StylizeSettings
from artnb.stylization.textures import LAYERS
from artnb.synthetic.dataset import large_demo_pictures
from artnb.translation import translate_images

_SMOKE = {"largest_px": 64, "steps": 2}
_PREVIEW = {"largest_px": 256}
_PAINTINGS = 8
# Compile in a third of the time, and paint nothing worth seeing.
_SMOKE_CYCLEGAN = {
    "generator": "unet",
    "generator_depth": 2,
    "discriminator_downsamplings": 1,
    "norm": "none",
    "lambda_identity": 0.0,
    "epochs": 1,
}


def settings_for(
    preset: str,
    seed: int = 0,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> StylizeSettings:
    """Give settings of style transfer by a network that suit a preset, or by patches without one.

    Args:
        preset: `"smoke"` gets small pictures and few steps, every other 256 px.
        seed: of what is drawn.
        progress: shows how far a download has got.
        say: gets a sentence where SqueezeNet's weights cannot be had.
    """
    sizes = _SMOKE if preset == "smoke" else _PREVIEW
    features = "squeezenet"
    try:
        find_weights(features, progress=progress, say=say)
    except InputError as error:
        features = "patches"
        say(f"Takes patches, which need no weights: {error}")
    return StylizeSettings(features, seed=seed, **sizes)


def layers_and_losses(preset: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the layers that textures are made of, and the losses that paint; of `"smoke"` few."""
    few = preset == "smoke"
    return LAYERS[: 2 if few else None], tuple(STYLE_LOSSES)[: 1 if few else None]


def quick_in_smoke(config: CycleGANConfig) -> CycleGANConfig:
    """Give settings of `"smoke"` another network, which is quicker to make; others stay."""
    return config.replace(**_SMOKE_CYCLEGAN) if config.preset == "smoke" else config


def fast_style_config(preset: str, minutes: float, seed: int = 0) -> FastStyleConfig:
    """Give settings of `fast_style` that suit a preset and the minutes there are.

    Args:
        preset: `"smoke"` keeps its handful of steps whatever `minutes` says; what `fast_style`
            does not have, such as `"night"`, is `"preview"`.
        minutes: of training.
        seed: of weights, data order and augmentation.
    """
    if preset == "smoke":
        return preset_config(preset, "fast_style", seed=seed, epochs=1)
    preset = preset if preset in FastStyleConfig.PRESETS else "preview"
    return preset_config(preset, "fast_style", seed=seed, minutes=minutes)


def painted_by(run: Run, photos: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Paint photos, uint8 `(height, width, 3)` each, with a Run's last epoch."""
    painter = run.painter()
    return translate_images(painter.ready(), photos, painter.multiple_px)


def photo_and_paintings(
    size_px: int, photo_file: str = "", paintings_folder: str = "", seed: int = 0
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Open a photo and up to eight paintings, or invent what is not named.

    Args:
        size_px: edge of the squares that all of them are brought to.
        photo_file: a photo; empty invents one.
        paintings_folder: paintings, of which the first eight are taken; empty invents eight.
        seed: another seed invents other scenes.

    Returns:
        The photo and the paintings, uint8 `(size_px, size_px, 3)` each.

    Raises:
        InputError: a file cannot be read as a picture, or a folder holds none.
    """
    photos, paintings = large_demo_pictures(1, _PAINTINGS, size_px, seed)
    photo = photos[0]
    if photo_file:
        photo = np.asarray(fit_square(open_picture(photo_file, "a photo"), size_px))
    if paintings_folder:
        files = list_images(Path(paintings_folder))[:_PAINTINGS]
        if not files:
            raise InputError(
                f"a folder of paintings must hold pictures, and {paintings_folder} holds none; "
                "name another, or leave it out to invent some"
            )
        opened = [open_picture(file, "a painting") for file in files]
        paintings = [np.asarray(fit_square(painting, size_px)) for painting in opened]
    return photo, paintings
