"""What notebook 09 trains, and what it shows of it."""

from collections.abc import Callable
from pathlib import Path

from artnb.collection.clean import Cleaning, clean
from artnb.collection.pictures import Clustered, cluster_pictures, pictures_in_use
from artnb.collection.read import read_collection
from artnb.collection.table import Collection
from artnb.data.dataset import Dataset
from artnb.data.listing import list_images
from artnb.errors import InputError
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.extractor import Extractor
from artnb.evaluation.measure import Measure
from artnb.evaluation.nearest_samples import view_nearest_samples
from artnb.evaluation.runs import NearestView
from artnb.evaluation.scoring import Scoring
from artnb.method import preset_config
from artnb.methods.stylegan2.config import ALL_FOLDERS, StyleGAN2Config
from artnb.methods.stylegan2.model import StyleGAN2
from artnb.notebook.collections import draw_clusters, network_or_thumbnails
from artnb.notebook.display import read_rows
from artnb.platform.machine import resolve_preset
from artnb.progress import Progress, silent
from artnb.runs.run import Run
from artnb.sampling.choice import SampleChoice
from artnb.synthetic.collection import make_demo_collection
from artnb.training.ada import AdaptiveAugmentation

# Beside what is made for the notebook: classes whose code it shows, and what others show too.
__all__ = [
    "AdaptiveAugmentation",
    "StyleGAN2",
    "digits_config",
    "draw_clusters",
    "first_and_last_grid",
    "first_picture",
    "invented_paintings",
    "kimg_per_hour",
    "nearest_samples",
    "network_or_thumbnails",
    "paintings_config",
    "scoring_by",
    "shorter",
]

# What all notebooks offer, in this method's words.
_PRESETS = {"night": "preview", "paper": "paper256"}
_PAINTINGS_PX = 64
# Of digits there is nothing to be mixed, and 16 px need little of R1.
_PAINTINGS_BY_PREVIEW = {"style_mixing": 0.9, "r1_gamma": 1.0}
# On a CPU a step takes long at that size: else there would be few epochs, and curves of few points.
_STEPS_PER_EPOCH = {"preview": 50}
_INVENTED, _INVENTED_IN_SMOKE = 600, 24
_CLUSTERS, _CLUSTERS_IN_SMOKE = 6, 3
_CLEANING = Cleaning(smallest_px=_PAINTINGS_PX)
# Compiles in half of the time; paintings are trained with everything in any case.
_QUICK = {
    "epochs": 1,
    "r1_gamma": 0.0,
    "path_length_weight": 0.0,
    "augmentation_policies": "colour",
}


def digits_config(preset: str, minutes: float, seed: int = 0) -> StyleGAN2Config:
    """Give settings for digits, each of which is a class: `"smoke"`, and else `"preview"`."""
    quick = _QUICK if preset == "smoke" else {}
    preset = "smoke" if preset == "smoke" else "preview"
    return _config(preset, minutes, seed, classes=ALL_FOLDERS, **quick)


def paintings_config(preset: str, minutes: float, seed: int = 0) -> StyleGAN2Config:
    """Give settings for paintings.

    Args:
        preset: `"auto"` is what suits this machine, `"night"` is `"preview"`, and `"paper"` is
            `"paper256"`; what is smaller than 64 px comes with 64, and with shorter epochs.
        minutes: of training; `"smoke"` keeps its handful of steps.
        seed: of weights, data order and draws.
    """
    preset = resolve_preset(preset)
    config = _config(_PRESETS.get(preset, preset), minutes, seed, flip=True)
    if preset == "smoke":
        return config
    of_paintings = _PAINTINGS_BY_PREVIEW if config.preset == "preview" else {}
    return config.replace(
        **of_paintings,
        image_size_px=max(_PAINTINGS_PX, config.image_size_px),
        steps_per_epoch=_STEPS_PER_EPOCH.get(config.preset, config.steps_per_epoch),
    )


def _config(preset: str, minutes: float, seed: int, **changes: object) -> StyleGAN2Config:
    if preset != "smoke":
        changes["minutes"] = minutes
    return preset_config(preset, "stylegan2", seed=seed, **changes)


def shorter(config: StyleGAN2Config, share: float, **changes: object) -> StyleGAN2Config:
    """Give settings of a training that takes a share of the minutes; of `"smoke"` quick ones."""
    if config.minutes is None:
        return config.replace(**_QUICK, **changes)
    return config.replace(minutes=share * config.minutes, **changes)


def invented_paintings(
    folder: Path, preset: str, extractor: Measure, seed: int = 0, progress: Progress = silent
) -> tuple[Collection, Clustered]:
    """Invent a collection, clean it and sort it into clusters, as notebook 07 does step by step.

    Args:
        folder: a new one, for originals and table.
        preset: of `"smoke"` they are few.
        extractor: by which clusters are found.
        seed: another one invents other pictures.
        progress: shows how far it has got.

    Returns:
        The collection, whose table names each picture's cluster, and the clusters.
    """
    smoke = preset == "smoke"
    count = _INVENTED_IN_SMOKE if smoke else _INVENTED
    table = make_demo_collection(folder / "museum", count, seed, progress)
    read = read_collection([table], folder / "paintings").collection
    collection = clean(read, _CLEANING, progress).collection
    clusters = _CLUSTERS_IN_SMOKE if smoke else _CLUSTERS
    pictures = [pictures_in_use(collection)]
    found = cluster_pictures(pictures, extractor, clusters, seed=seed, progress=progress)
    collection = found.sets[0].write(collection)
    collection.save()
    return collection, found


def first_and_last_grid(run: Run) -> tuple[Path, Path]:
    """Give the files of what a training's seeds were before it, and after its last epoch."""
    grids = run.samples
    return min(grids.glob("step-*.png")), max(grids.glob("epoch-*.png"))


def first_picture(folder: Path) -> Path:
    """Give the first of a folder's picture files, by name.

    Raises:
        InputError: there is none.
    """
    files = list_images(folder)
    if not files:
        raise InputError(f"there must be pictures to take one of, and {folder} has none")
    return files[0]


def scoring_by(
    extractor: Measure, seed: int = 0, say: Callable[[str], None] = print
) -> Scoring | None:
    """Let every epoch be scored by the kernel distance, where a network is here to look.

    Args:
        extractor: as `network_or_thumbnails` gives it.
        seed: of what is drawn.
        say: gets a sentence where there will be no scores.
    """
    if not isinstance(extractor, Extractor):
        say("There are no scores: they need the weights of a network, and there are none.")
        return None
    return Scoring(1, Evaluator(extractor, ["kernel"], seed, skip_too_few=True))


def nearest_samples(
    run: Run, extractor: Measure, count: int, dataset: Dataset, progress: Progress = silent
) -> NearestView:
    """Show those of so many samples that lie nearest to real pictures; thumbnails will do."""
    choice = SampleChoice(count)
    return view_nearest_samples(run, extractor, choice, dataset=dataset, progress=progress)


def kimg_per_hour(run: Run) -> float:
    """Give how many thousand pictures a training has seen in an hour, as its log has it."""
    rows = read_rows(run.log_file)
    seconds = sum(float(row["seconds"]) for row in rows)
    return int(rows[-1]["step"]) * run.config().batch_size / 1000 / seconds * 3600
