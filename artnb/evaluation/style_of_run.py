"""The style classifier of a Run: its two domains, and further painters."""

from collections.abc import Mapping
from pathlib import Path

from artnb.errors import InputError
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.measure import Measured
from artnb.evaluation.pictures import EncodedPictures, pictures_of_folder
from artnb.evaluation.sets import RunSets
from artnb.evaluation.style import StyleClassifier, train_style_classifier

# Of each class at most; more teach the classifier little.
_MOST_PICTURES = 600


def classifier_of(
    evaluator: Evaluator, sets: RunSets, painters: Mapping[str, Path]
) -> StyleClassifier:
    """Train a classifier that tells a Run's photos, its paintings and further painters apart.

    Held-out photos are left out: their translations are what it will be asked about.

    Args:
        evaluator: measures the real pictures.
        sets: the Run's.
        painters: folders of further painters' pictures by name.

    Raises:
        InputError: the Run's data is not at hand, a folder cannot be used, or two classes have
            one name.
    """
    source, target = sets.source, sets.target
    if source is None or target is None:
        raise InputError(
            "the style classifier learns from the Run's own photos and paintings; leave out "
            "--real or --photos, or leave style out of --metrics"
        )
    classes = {
        source.name: sets.of_splits(source.name, source.train),
        target.name: sets.of_splits(target.name, target.train, target.test),
    }
    for name, folder in painters.items():
        if name in classes:
            raise InputError(f"there is a class {name} already; give the painter another name")
        classes[name] = pictures_of_folder(folder, sets.choice.resize_px, evaluator.progress)
    measured = {name: _measured(evaluator, pictures) for name, pictures in classes.items()}
    return train_style_classifier(
        {name: m.numbers[evaluator.extractor.key] for name, m in measured.items()},
        {name: [facts.pixels for facts in m.facts] for name, m in measured.items()},
        seed=evaluator.seed,
    )


def _measured(evaluator: Evaluator, pictures: EncodedPictures) -> Measured:
    return evaluator.measure(pictures.some(_MOST_PICTURES))
