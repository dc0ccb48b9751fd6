"""Samples of a Run beside the real pictures they are nearest to: has it learnt them by heart?"""

import numpy as np

from artnb.data.dataset import Dataset
from artnb.drawing.nearest import draw_nearest_samples
from artnb.evaluation.extractor import Extractor
from artnb.evaluation.measure import measure, open_cache
from artnb.evaluation.metrics.neighbours import nearest_real, real_to_real, suspicious_distance
from artnb.evaluation.pictures import GivenPictures
from artnb.evaluation.runs import NearestView
from artnb.evaluation.sets import Choice, RunSets
from artnb.progress import Progress, silent
from artnb.runs.run import Run
from artnb.sampling.choice import SampleChoice


def view_nearest_samples(
    run: Run,
    extractor: Extractor,
    choice: SampleChoice | None = None,
    epoch: str | int = "latest",
    dataset: Dataset | None = None,
    most: int = 8,
    progress: Progress = silent,
    class_name: str | None = None,
) -> NearestView:
    """Show the samples that lie nearest to real pictures, the most suspicious first.

    Real pictures, all of the Run's, are compared at the size of the samples.

    Args:
        run: of a method that has latents.
        extractor: gives the features.
        choice: which samples; None takes the usual ones.
        epoch: a snapshot's number, `"latest"` or `"best"`.
        dataset: the Run's, where it is open already.
        most: how many are shown.
        progress: shows how far it has got.
        class_name: whose samples; None takes all classes in turn, where there are any.

    Raises:
        InputError: the Run has no latents, no such snapshot or class, or its data is gone or is
            other data.
    """
    from artnb.sampling.generating import generate

    choice, sampler = choice or SampleChoice(), run.sampler(epoch, class_name)
    generator = sampler.load()
    samples = list(generate(generator, choice.seeds, choice.truncation))
    sets = RunSets(
        run, Choice(resize_px=generator.sizes.size_px), dataset=dataset, progress=progress
    )
    reference = sets.reference()
    fakes = GivenPictures(f"{run.path.name}, epoch {sampler.epoch}", samples)
    real, fake = (measure(p, [extractor], open_cache(), progress) for p in (reference, fakes))
    of_real, of_fake = (measured.numbers[extractor.key] for measured in (real, fake))
    nearest, among_real = nearest_real(of_real, of_fake), real_to_real(of_real)
    shown = nearest.order()[:most]
    reals = reference.read([real.places[nearest.indices[number]] for number in shown])
    picture = draw_nearest_samples(
        [samples[number] for number in shown],
        [np.asarray(seen.picture) for seen in reals],
        nearest.distances[shown],
        [f"seed {choice.seeds[number]}" for number in shown],
        suspicious_distance(among_real),
        len(samples),
    )
    return NearestView(picture, nearest.describe(among_real, "samples"), nearest)
