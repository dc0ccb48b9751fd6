import warnings

import numpy as np
import pytest

from artnb.data.images import decode_rgb
from artnb.data.listing import list_images
from artnb.errors import InputError
from artnb.evaluation.extractor import Extractor
from artnb.evaluation.metrics.score import Score
from artnb.evaluation.metrics.style import _accuracy, _assign_folds, train_style_classifier
from artnb.pretrained.weights import weights_at_hand


def painter(centre, count=60, dimension=20, seed=0):
    """Features that are about `centre` in their first place."""
    draw = np.random.default_rng([seed, count, round(abs(centre) * 10), centre < 0])
    features = draw.normal(size=(count, dimension))
    features[:, 0] += centre
    return features


@pytest.fixture(scope="module")
def trained():
    return train_style_classifier({"photo": painter(-4), "monet": painter(4, count=90)})


def test_what_is_far_apart_is_told_apart(trained):
    assert trained.classes == ("photo", "monet")
    assert trained.accuracy.value > 0.95
    assert trained.confusion.sum(axis=1).tolist() == [60, 90]
    assert np.trace(trained.confusion) >= 0.95 * 150


def test_the_baseline_is_saying_the_same_always(trained):
    assert trained.baseline == 0.5


def test_noise_is_told_apart_by_chance():
    classifier = train_style_classifier({"a": painter(0, 100), "b": painter(0, 101, seed=1)})
    assert classifier.accuracy.low < 0.5 < classifier.accuracy.high
    share = classifier.shares(painter(0, 10))["a"]
    assert "hardly better than chance" in share.warnings[0]


def test_shares_of_translations_add_up_and_have_an_interval(trained):
    shares = trained.shares(np.concatenate([painter(4, 30), painter(-4, 10)]))
    assert shares["monet"].value == pytest.approx(0.75)
    assert sum(map(float, shares.values())) == pytest.approx(1)
    # Wilson's interval of 30 of 40, by hand: (0.75 + 1.92/40 ± 1.96·√(0.75·0.25/40 + 0.96/1600))
    # over 1 + 3.84/40.
    assert shares["monet"].low == pytest.approx(0.5981, abs=1e-4)
    assert shares["monet"].high == pytest.approx(0.8581, abs=1e-4)
    assert "Wilson" in shares["monet"].interval
    assert shares["monet"].warnings == ()


def test_more_than_two_painters_in_any_order():
    features = {"z": painter(8), "m": painter(0, 40), "a": painter(-8)}
    classifier = train_style_classifier(features, folds=4)
    assert classifier.classes == ("z", "m", "a")
    assert classifier.baseline == pytest.approx(1 / 3)
    assert float(classifier.shares(painter(8, 50))["z"]) > 0.8
    assert "4 folds" in classifier.accuracy.interval


def test_a_rare_class_counts_as_much_as_a_frequent_one():
    """With one of ten pictures a rare class would otherwise never be said."""
    features = {"rare": painter(0.7, 30), "frequent": painter(-0.7, 270)}
    classifier = train_style_classifier(features)
    recognised = np.diagonal(classifier.confusion) / classifier.confusion.sum(axis=1)
    assert recognised.min() > 0.6


def test_accuracy_is_the_mean_over_classes_and_folds():
    folds = np.array([[[8, 2], [0, 90]], [[6, 4], [9, 81]]])
    accuracy = _accuracy(folds)
    assert accuracy.value == pytest.approx((0.8 + 1 + 0.6 + 0.9) / 4)
    assert accuracy.low < accuracy.value < accuracy.high


def test_being_always_right_about_few_pictures_is_not_certain():
    accuracy = _accuracy(np.array([[[5, 0], [0, 5]]]))
    assert accuracy.value == accuracy.high == 1
    assert accuracy.low < 0.85


def test_equal_pictures_are_held_back_together_and_classes_evenly():
    labels = np.repeat([0, 1], [40, 20])
    ids = np.arange(60)
    ids[[1, 2, 3]] = 0
    fold_of = _assign_folds(("a", "b"), labels, ids, folds=5, seed=3)
    assert len(set(fold_of[:4])) == 1
    assert np.bincount(fold_of[labels == 1]).tolist() == [4] * 5
    different = np.bincount(fold_of[(labels == 0) & ~np.isin(np.arange(60), [1, 2, 3])])
    assert sorted(different) == [7, 7, 7, 8, 8]


def test_repeats_do_not_flatter():
    """Noise that is there three times would be recognised if folds tore it apart."""
    rng = np.random.default_rng(0)
    features = {name: np.repeat(rng.normal(size=(30, 200)), 3, axis=0) for name in "ab"}
    honest = train_style_classifier(features)
    ids = {name: [f"{name}{place}" for place in range(90)] for name in features}
    flattered = train_style_classifier(features, groups=ids)
    assert honest.accuracy.value < 0.7
    assert flattered.accuracy.value > 0.9


def test_the_seed_decides():
    features = {"a": painter(0.5), "b": painter(-0.5)}
    first, again, other = (train_style_classifier(features, seed=seed) for seed in (1, 1, 2))
    assert first.accuracy == again.accuracy
    assert first.accuracy != other.accuracy


def test_training_never_warns():
    features = {"a": painter(3, 40, 600) * 1e4, "b": painter(-3, 40, 600) * 1e4}
    features["a"][:, 5] = features["b"][:, 5] = 7.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # What libraries say to each other; nobody but a test sees it.
        warnings.simplefilter("ignore", DeprecationWarning)
        train_style_classifier(features)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ({"a": painter(0)}, r"at least two classes to tell apart, got \['a'\]; add another"),
        ({"a": painter(0), "b": painter(1, 4)}, 'got 5 with 4 of "b"; add pictures'),
        (
            {"a": painter(0), "b": np.repeat(painter(1, 4), 9, axis=0)},
            'number of different pictures of a class, got 5 with 4 of "b"',
        ),
        ({"a": painter(0), "b": painter(1, dimension=21)}, r"\{'a': 20, 'b': 21\} features"),
        ({"a": painter(0), "b": np.full((9, 20), np.nan)}, '9 of 9 rows of "b" are not'),
        ({"a": painter(0), "b": np.zeros((0, 20))}, 'there is none for "b"'),
        ({"a": painter(0), "b": np.zeros(20)}, r'got the shape \(20,\) of "b"'),
    ],
)
def test_what_cannot_be_learnt_is_explained(features, message):
    with pytest.raises(InputError, match=message):
        train_style_classifier(features)


def test_groups_must_fit():
    features = {"a": painter(0), "b": painter(1)}
    with pytest.raises(InputError, match='got 0 for 60 of "b"; leave groups away'):
        train_style_classifier(features, groups={"a": ["x"] * 60})


def test_what_cannot_be_judged_is_explained(trained):
    with pytest.raises(InputError, match="has learnt 20 features a picture, got 19"):
        trained.shares(np.zeros((3, 19)))
    with pytest.raises(InputError, match="there is none for the pictures to judge"):
        trained.shares(np.zeros((0, 20)))
    with pytest.raises(InputError, match="1 of 2 rows of the pictures to judge"):
        trained.shares(np.array([np.zeros(20), np.full(20, np.inf)]))


def test_a_trusted_classifier_does_not_warn(trained):
    assert isinstance(trained.accuracy, Score)
    assert all(not share.warnings for share in trained.shares(painter(4, 5)).values())


def features_of(folder, extractor, count):
    """Features of so many different pictures, spread evenly over a folder."""
    files = list_images(folder)
    places = np.linspace(0, len(files) - 1, count + 5).astype(int)
    pictures = [decode_rgb(files[place].read_bytes()) for place in dict.fromkeys(places)]
    different = list({picture.tobytes(): picture for picture in pictures}.values())[:count]
    return np.concatenate(
        [extractor(np.stack(different[start : start + 30])) for start in range(0, count, 30)]
    )


@pytest.mark.slow
@pytest.mark.backend
def test_monets_are_told_from_photos(competition):
    path = weights_at_hand("squeezenet")
    if path is None:
        pytest.skip("needs SqueezeNet's weights: set ARTNB_WEIGHTS to the folder that holds them")
    extractor = Extractor("squeezenet", path)
    features = {
        name: features_of(competition / f"{name}_jpg", extractor, 300)
        for name in ("photo", "monet")
    }
    classifier = train_style_classifier(features)
    assert classifier.confusion.sum(axis=1).tolist() == [300, 300]
    assert classifier.accuracy.value >= 0.93
    assert classifier.accuracy.low > 0.9
