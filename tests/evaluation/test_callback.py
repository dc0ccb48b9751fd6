import numpy as np
import pytest

from artnb.errors import InputError
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.measure import Cache
from artnb.evaluation.rows import LEADERBOARD, Row, read_scores, write_scores
from artnb.evaluation.scoring import Scoring
from artnb.method import preset_config
from artnb.runs.run import new_run
from artnb.runs.snapshots import read_snapshot
from artnb.synthetic.dataset import make_demo_data
from artnb.training.train import train
from tests.evaluation.stand_in import Colours
from tests.quick import QUICK
from tests.toy_method import TOY

METRICS = ["frechet", "ssim", "discriminator"]

pytestmark = pytest.mark.usefixtures("toy_method", "curves_as_numbers")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_demo_data(tmp_path_factory.mktemp("data") / "demo", 32, images=12, pairs=4)


def scoring(every=1, metrics=("frechet",)):
    return Scoring(every, Evaluator(Colours(), metrics, cache=Cache(None)))


@pytest.fixture(scope="module")
def config():
    return preset_config("smoke", epochs=3, steps_per_epoch=2, **QUICK)


@pytest.fixture
def toy():
    """Settings of a training that is there to be scored, whatever it learns."""
    return TOY.config("smoke", epochs=3, steps_per_epoch=2)


@pytest.fixture(scope="module")
def scored(dataset, config, tmp_path_factory):
    said = []
    folder = tmp_path_factory.mktemp("scored") / "run"
    return train(dataset, config, folder, say=said.append, scoring=scoring(metrics=METRICS)), said


def test_every_epoch_is_scored_as_it_ends(scored):
    run, said = scored
    rows = read_scores(run.scores_file)
    assert {row.epoch for row in rows} == {"1", "2", "3"}
    assert {row.split for row in rows} == {"test"}
    assert run.scores_picture.is_file()
    assert run.best_epoch() in (1, 2, 3)
    assert any(line.startswith("epoch 2: Fréchet distance (colours)") for line in said)


def test_scoring_changes_nothing_of_what_is_trained(scored, dataset, config, tmp_path):
    plain = train(dataset, config, tmp_path / "plain", say=lambda _: None)
    for name in ("generator_g", "generator_f", "discriminator_y"):
        pairs = zip(
            read_snapshot(scored[0].snapshot(3), name),
            read_snapshot(plain.snapshot(3), name),
            strict=True,
        )
        for with_scores, without in pairs:
            np.testing.assert_array_equal(with_scores, without)


def test_a_score_that_cannot_be_had_ends_no_training(dataset, toy, tmp_path):
    class Broken(Colours):
        def __call__(self, pictures, sources=None):
            return super().__call__(pictures) * np.float32("nan")

    said = []
    broken = Scoring(3, Evaluator(Broken(), ["frechet"], cache=Cache(None)))
    run = train(dataset, toy, tmp_path / "run", say=said.append, scoring=broken)
    assert run.snapshot(3).is_file()
    assert any(line.startswith("epoch 3 is not scored: features must be finite") for line in said)


def test_the_last_epoch_is_scored_whatever_the_interval(dataset, toy, tmp_path):
    run = train(dataset, toy, tmp_path / "run", say=lambda _: None, scoring=scoring(2))
    assert {row.epoch for row in read_scores(run.scores_file)} == {"2", "3"}


def test_a_training_that_goes_on_scores_on(dataset, toy, tmp_path):
    first = toy.replace(epochs=2)
    train(dataset, first, tmp_path / "run", say=lambda _: None, scoring=scoring())
    run = train(
        dataset,
        toy,
        tmp_path / "run",
        say=lambda _: None,
        resume=True,
        accept_changes=True,
        scoring=scoring(),
    )
    frechet = [row for row in read_scores(run.scores_file) if row.metric.startswith("Fréchet")]
    assert sorted(row.epoch for row in frechet) == ["1", "2", "3"]


def test_an_interval_below_one_epoch_is_refused():
    with pytest.raises(InputError, match="1 or more, got 0"):
        scoring(0)


def test_an_epoch_owes_no_score_that_few_pictures_do_not_give(dataset, tmp_path):
    """With a single held-out photo there is no distance; the rest was scored."""
    run = new_run(tmp_path / "run", TOY.config("smoke"))
    run.note(data={"x": "photo", "y": "painting"})
    run.snapshots.mkdir(exist_ok=True)
    for epoch in (1, 2):
        run.snapshot(epoch).touch()
    measured = Row("SSIM to the photo", "0.5", epoch="1", direction="photo → painting")
    noted = Row("MiFID", "40", epoch="2", direction="photo → painting", split=LEADERBOARD)
    write_scores(run.scores_file, [measured, noted])
    scores = scoring(metrics=METRICS).callback(run, dataset, 2, say=lambda _: None)
    assert scores.owed(2) == [2]
    with pytest.raises(InputError, match="its scores hold no distance to real pictures"):
        run.find_epoch("best")
