import contextlib
import csv
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from artnb.data.dataset import open_dataset
from artnb.errors import InputError
from artnb.evaluation import rows
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.measure import Cache
from artnb.evaluation.pictures import EncodedPictures
from artnb.evaluation.rows import (
    Row,
    check_same_pictures,
    choose_best,
    comparison_table,
    read_scores,
)
from artnb.evaluation.runs import (
    DEFAULT_RUN_METRICS,
    default_metrics,
    evaluate,
)
from artnb.evaluation.sets import Choice
from artnb.runs.painter import Painter
from artnb.runs.snapshots import read_snapshot, save_weights
from tests.evaluation.stand_in import Colours, make_run, write_pictures
from tests.mounts import read_only

METRICS = ["frechet", "ssim", "discriminator"]


@pytest.fixture(autouse=True)
def curves(request, monkeypatch):
    """Draw the curves of scores only where a test looks at them: it takes two seconds each time."""
    if request.function is not test_every_kept_epoch_is_scored_and_the_best_recorded:
        monkeypatch.setattr("artnb.evaluation.runs.draw_curves", lambda *_: None)


@pytest.fixture
def run(made, tmp_path):
    """A Run of two epochs whose folder a test may change."""
    shutil.copytree(made.path, tmp_path / "run")
    return type(made)(tmp_path / "run")


@pytest.fixture
def evaluator():
    return Evaluator(Colours(), METRICS, cache=Cache(None))


def test_every_kept_epoch_is_scored_and_the_best_recorded(run, evaluator):
    said = []
    scores = evaluate(run, evaluator, say=said.append)
    assert {row.epoch for row in scores.rows} == {"1", "2"}
    assert {row.metric for row in scores.rows} == {
        "Fréchet distance (colours)",
        "SSIM to the photo",
        "discriminator accuracy",
        "discriminator accuracy, real",
        "discriminator accuracy, translated",
    }
    row = scores.rows[0]
    assert (row.direction, row.split) == ("photo → painting", "test")
    assert (row.reference, row.reference_count) == ("painting", "20")
    assert row.generated_count == "8"
    assert len(row.source_sha256) == 64
    assert read_scores(run.scores_file) == scores.all_rows
    assert Image.open(run.scores_picture).size[0] > 500
    assert said[0].startswith("Paints with ")
    assert len(said) == 1 + len(scores.rows)
    distances = {
        int(r.epoch): float(r.value) for r in scores.rows if r.metric.startswith("Fréchet")
    }
    assert scores.best.epoch == min(distances, key=distances.get)
    assert scores.best.among == (1, 2)
    assert run.find_epoch("best") == scores.best.epoch
    assert "lowest Fréchet distance (colours) against 20 of painting" in scores.best.describe()


def test_the_photos_themselves_are_scored_beside_the_epochs(run, evaluator):
    said = []
    scores = evaluate(run, evaluator, say=said.append, anchor=True)
    (photos,) = scores.photos
    assert (photos.metric, photos.split, photos.epoch) == (scores.rows[0].metric, "photos", "")
    assert said[0] == f"the photos themselves: {photos.metric} {photos.score}"
    assert {row.split for row in read_scores(run.scores_file)} == {"test"}  # its own alone


def test_the_second_time_nothing_is_painted_or_decoded(run, tmp_path, monkeypatch):
    cache = tmp_path / "cache.sqlite"
    first = evaluate(run, Evaluator(Colours(), METRICS, cache=Cache(cache)))
    monkeypatch.setattr(EncodedPictures, "read", lambda *_: pytest.fail("pictures were read"))
    monkeypatch.setattr(Painter, "load", lambda _: pytest.fail("a painter was built"))
    second = evaluate(run, Evaluator(Colours(), METRICS, cache=Cache(cache)))
    assert [row.value for row in first.rows] == [row.value for row in second.rows]
    assert len(second.all_rows) == len(first.rows)


def test_a_run_that_can_only_be_read_is_refused_before_anything_is_painted(
    run, evaluator, monkeypatch
):
    monkeypatch.setattr(Painter, "load", lambda _: pytest.fail("a painter was built"))
    with read_only(run.path), pytest.raises(InputError, match="it is read-only; copy the Run"):
        evaluate(run, evaluator)


def test_epochs_are_scored_as_the_paintings_they_make(run, evaluator):
    """Two epochs of one set of weights score the same, others differently."""
    shutil.copy(run.snapshot(1), run.snapshot(2))
    shutil.copy(run.snapshot(1), run.snapshot(5))
    by_epoch = {}
    for row in evaluate(run, evaluator, "1,5").rows:
        by_epoch.setdefault(row.epoch, {})[row.metric] = row.value
    assert by_epoch["1"] == by_epoch["5"]


def test_the_other_direction_has_its_own_rows(run, evaluator):
    rows = evaluate(run, evaluator, [1], to="photo").rows
    assert {row.direction for row in rows} == {"painting → photo"}
    assert rows[0].reference == "photo"
    assert "best" not in run.facts()


def test_a_gap_is_held_out_minus_training(run, evaluator):
    rows = evaluate(run, evaluator, [1], gap=True).rows
    value = {(row.metric, row.split): float(row.value) for row in rows if row.is_of_gap}
    assert {split for _, split in value} == {"gap train", "gap test", "gap"}
    for name in {metric for metric, _ in value}:
        expected = value[name, "gap test"] - value[name, "gap train"]
        assert value[name, "gap"] == pytest.approx(expected, abs=1e-6)
    counts = {row.split: (row.reference_count, row.generated_count) for row in rows}
    assert counts["gap train"] == counts["gap test"] == ("8", "8")
    gap = next(row for row in rows if row.split == "gap")
    assert "painting (test)" in gap.reference
    assert "painting (train)" in gap.reference
    assert float(gap.low) < float(gap.value) < float(gap.high)


@pytest.mark.parametrize("network", ["generator_g", "discriminator_y"])
def test_an_epoch_that_diverged_has_no_score(run, evaluator, network):
    """A generator of NaN paints black, and a discriminator of NaN calls everything painted."""
    names = ("generator_g", "generator_f", "discriminator_x", "discriminator_y")
    weights = {name: read_snapshot(run.snapshot(2), name) for name in names}
    weights[network][0][...] = np.nan
    save_weights(run.snapshot(2), weights, {"epoch": 2}, np.float16)
    with pytest.raises(InputError, match=rf"of {network} in .*epoch-0002.* are not: .* diverged"):
        evaluate(run, evaluator)
    assert {row.epoch for row in read_scores(run.scores_file)} == {"1"}


def test_photos_that_somebody_chose_are_of_no_split(run, tmp_path, evaluator):
    dataset = open_dataset(run.facts()["data"]["path"])
    photos = write_pictures(tmp_path / "photos", 9, seed=5)
    given = evaluate(run, evaluator, [1], choice=Choice(photos=photos), dataset=dataset).rows
    assert {row.split for row in given} == {""}
    assert all(row.generated_count == "9" for row in given)


def test_style_learns_from_the_runs_domains_and_further_painters(run, tmp_path):
    evaluator = Evaluator(Colours(), ["style"], cache=Cache(None))
    red = write_pictures(tmp_path / "red", 12, seed=4, tint=150)
    rows = {row.metric: row for row in evaluate(run, evaluator, [1], artists={"red": red}).rows}
    shares = [rows[f"taken for {name} (colours)"] for name in ("photo", "painting", "red")]
    assert sum(float(row.value) for row in shares) == pytest.approx(1)
    accuracy = rows["style classifier on real pictures (colours)"]
    assert 0.3 < float(accuracy.value) <= 1
    assert accuracy.low
    with pytest.raises(InputError, match="there is a class photo already"):
        evaluate(run, evaluator, [1], artists={"photo": red})


def test_two_runs_are_compared_on_one_reference(run, tmp_path, evaluator):
    other = make_run(tmp_path / "other", tmp_path / "data-of-other", epochs=(2, 5))
    real = write_pictures(tmp_path / "real", 15, seed=6)
    photos = write_pictures(tmp_path / "photos", 9, seed=5)
    choice = Choice(real=real, photos=photos)
    rows = {r.path.name: evaluate(r, evaluator, choice=choice).rows for r in (run, other)}
    check_same_pictures(rows)
    table = comparison_table(rows).splitlines()
    assert table[0].split() == ["metric", "epoch", "run", "other"]
    assert len({row.reference_sha256 for of_run in rows.values() for row in of_run}) == 1


def test_runs_scored_on_other_pictures_are_not_compared(run, tmp_path, evaluator):
    own = evaluate(run, evaluator, [1]).rows
    real = write_pictures(tmp_path / "real", 15, seed=6)
    other = evaluate(run, evaluator, [1], choice=Choice(real=real)).rows
    with pytest.raises(InputError, match=r"run, again were scored on different ones; .*--real DIR"):
        check_same_pictures({"run": own, "again": other})


def test_data_that_is_gone_or_other_data(run, tmp_path, evaluator):
    facts = run.facts()["data"]
    run.note(data=facts | {"path": str(tmp_path / "gone")})
    with pytest.raises(InputError, match=r"gone, and that is not here; .* --data"):
        evaluate(run, evaluator)
    write_pictures(tmp_path / "other" / "trainA", 8)
    write_pictures(tmp_path / "other" / "trainB", 8, seed=1)
    with pytest.raises(InputError, match="is not what the Run run was trained on"):
        evaluate(run, evaluator, choice=Choice(data=tmp_path / "other"))
    moved = shutil.copytree(facts["path"], tmp_path / "moved")
    assert evaluate(run, evaluator, [1], choice=Choice(data=moved)).rows
    # Moved together with the Run, as a demo's folder may be, it is found.
    shutil.copytree(facts["path"], run.path.parent / "gone")
    assert evaluate(run, evaluator, [1]).rows


@pytest.mark.backend
def test_swapped_domains_stay_swapped(tmp_path, evaluator):
    for number, name in enumerate(("trainA", "trainB", "testA", "testB")):
        write_pictures(tmp_path / "data" / name, 8, seed=number)
    dataset = open_dataset(tmp_path / "data", size_px=256, swap_domains=True)
    run = make_run(tmp_path / "run", None, epochs=(1,), dataset=dataset)
    rows = evaluate(run, Evaluator(Colours(), ["ssim"], cache=Cache(None))).rows
    assert rows[0].direction == "B → A"
    assert rows[0].reference == "A"


def test_old_snapshots_are_not_asked_for_their_discriminators(tmp_path, run):
    old = make_run(tmp_path / "old", tmp_path / "data", discriminators=False, epochs=(1,))
    assert "discriminator" not in default_metrics([run, old], "all")
    assert default_metrics([run], "all") == list(DEFAULT_RUN_METRICS)
    with pytest.raises(InputError, match="holds no discriminator_y"):
        evaluate(old, Evaluator(Colours(), ["discriminator"], cache=Cache(None)))


def test_epochs_that_are_not_kept_are_named(run):
    assert run.find_epochs("all") == run.find_epochs("2,1") == [1, 2]
    assert run.find_epochs("latest") == [2]
    with pytest.raises(InputError, match="keeps epochs 1, 2, and 3 was asked for"):
        run.find_epochs("1,3")
    with pytest.raises(InputError, match="so none is best"):
        run.find_epochs("best")


def score(epoch, value, metric="FID", low="", date="2026-01-01", **others):
    facts = {"direction": "photo → painting", "split": "test", "reference": "painting"}
    return Row(metric, str(value), low=str(low), epoch=str(epoch), date=date, **(facts | others))


def test_the_best_of_the_newest_question_counts(run):
    rows = [
        score(1, 10),
        score(2, 20),
        score(1, 40, reference_sha256="other", date="2026-02-01"),
        score(2, 30, reference_sha256="other", date="2026-02-01"),
    ]
    assert choose_best(run, rows).epoch == 2
    assert choose_best(run, rows[:2]).epoch == 1


def test_fid_comes_before_kid_and_kid_before_nothing(run):
    rows = [score(1, 1, "KID"), score(2, 2, "KID"), score(1, 9), score(2, 8)]
    assert choose_best(run, rows).epoch == 2
    assert choose_best(run, rows[:2]).epoch == 1
    assert choose_best(run, [score(1, 1, "SSIM to the photo")]) is None


def test_gaps_other_directions_and_lost_epochs_do_not_count(run):
    rows = [
        score(1, 5),
        score(2, 1, split="gap", date="2026-02-01"),
        score(2, 1, split="gap test", date="2026-02-01"),
        score(2, 1, split="gap train", date="2026-02-01"),
        score(2, 1, direction="painting → photo"),
        score(9, 1),
    ]
    assert choose_best(run, rows).epoch == 1


def test_epochs_that_may_be_as_good_are_named(run):
    best = choose_best(run, [score(1, 10, low=9), score(2, 12, low=9.5)])
    assert best.not_worse == (2,)
    assert "no other has been scored like it" in choose_best(run, [score(1, 10)]).describe()
    assert "may be as good: 2" in best.describe()
    clear = choose_best(run, [score(1, 10, low=9), score(2, 12, low=11)])
    assert clear.not_worse == ()
    assert "may be" not in clear.describe()


def test_the_file_is_a_plain_csv(run, evaluator):
    evaluate(run, evaluator, [1])
    with run.scores_file.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert np.isfinite([float(row["value"]) for row in rows]).all()
    assert {"metric", "value", "low", "high", "extractor", "weights_sha256", "epoch"} <= set(
        rows[0]
    )


def test_an_epoch_that_is_thinned_out_meanwhile_is_left_out_and_named(run, evaluator):
    said = []

    def say(sentence):
        said.append(sentence)
        run.snapshot(2).unlink(missing_ok=True)

    scores = evaluate(run, evaluator, say=say)
    assert {row.epoch for row in scores.rows} == {"1"}
    assert scores.best.epoch == 1
    left_out = f"epoch 2 is left out: the snapshot {run.snapshot(2)} is there no more"
    assert [sentence for sentence in said if sentence.startswith(left_out)]
    painter = run.painter(1)
    run.snapshot(1).unlink()
    with pytest.raises(InputError, match="is there no more, since a training thins out"):
        assert painter.key


def test_scores_of_two_processes_are_all_kept(run, evaluator, monkeypatch):
    """Between reading and writing, another process writes its own."""
    adds = (
        "import sys\nfrom pathlib import Path\n"
        "from artnb.evaluation.rows import Row, write_scores\n"
        "write_scores(Path(sys.argv[1]), [Row('SSIM to the photo', '0.5', epoch='7', "
        "direction='photo → painting')])\n"
    )
    processes = []
    original = rows.read_scores

    def read_and_be_slow(path):
        found = original(path)
        if not processes:
            command = [sys.executable, "-c", adds, str(run.scores_file)]
            processes.append(subprocess.Popen(command))
            with contextlib.suppress(subprocess.TimeoutExpired):
                processes[0].wait(3)
        return found

    monkeypatch.setattr(rows, "read_scores", read_and_be_slow)
    evaluate(run, evaluator, epochs=[1])
    assert processes[0].wait() == 0
    assert {row.epoch for row in original(run.scores_file)} == {"1", "7"}
