import shutil

import numpy as np
import pytest
from PIL import Image

from artnb.errors import InputError
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.folders import evaluate_folders
from artnb.evaluation.measure import Cache
from artnb.evaluation.metrics.table import find_metrics
from artnb.evaluation.rows import read_scores, write_scores
from tests.evaluation.stand_in import Colours, write_pictures


@pytest.fixture
def evaluator():
    return Evaluator(Colours(), cache=Cache(None))


@pytest.fixture
def real(tmp_path):
    return write_pictures(tmp_path / "real", 60, seed=1)


@pytest.fixture
def fake(tmp_path):
    return write_pictures(tmp_path / "fake", 50, seed=2, tint=60)


def test_a_row_says_what_was_measured_and_how(evaluator, real, fake):
    rows = {row.metric: row for row in evaluate_folders(real, fake, evaluator)}
    assert set(rows) == {
        "Fréchet distance (colours)",
        "kernel distance (colours)",
        "precision (colours)",
        "recall (colours)",
    }
    row = rows["Fréchet distance (colours)"]
    assert float(row.value) > 0
    assert float(row.low) < float(row.value) < float(row.high)
    assert row.interval
    assert (row.extractor, row.weights_sha256) == ("colours", "0" * 64)
    assert (row.reference, row.generated) == (str(real), str(fake))
    assert (row.reference_count, row.generated_count) == ("60", "50")
    assert row.reference_size_px == row.generated_size_px == "32×32"
    assert len(row.reference_sha256) == len(row.generated_sha256) == 64
    assert row.reference_sha256 != row.generated_sha256
    assert row.seed == "0"
    assert row.artnb
    assert row.date
    assert "below 2,048" in row.warnings


def test_nearer_pictures_score_lower(evaluator, tmp_path, real, fake):
    near = write_pictures(tmp_path / "near", 50, seed=3, tint=10)
    scores = [
        {row.metric: float(row.value) for row in evaluate_folders(real, folder, evaluator)}
        for folder in (near, fake)
    ]
    for name in ("Fréchet distance (colours)", "kernel distance (colours)"):
        assert scores[0][name] < scores[1][name]


def test_fakes_are_no_reference_for_themselves(evaluator, fake):
    with pytest.raises(InputError, match="must share no picture"):
        evaluate_folders(fake, fake, evaluator)


def test_overlapping_sets_are_refused(evaluator, real, fake):
    shutil.copy(real / "000.png", fake / "000.png")
    with pytest.raises(InputError, match=r"1 pictures of .*fake are in .*real"):
        evaluate_folders(real, fake, evaluator)


def test_sizes_are_made_alike_only_when_the_resize_is_named(evaluator, real, tmp_path):
    larger = write_pictures(tmp_path / "larger", 20, size_px=64, seed=9)
    with pytest.raises(InputError, match="must be of one size"):
        evaluate_folders(real, larger, evaluator)
    rows = evaluate_folders(real, larger, evaluator, resize_px=32)
    assert all("32 px square" in row.resize for row in rows)


def test_an_empty_folder_and_too_few_pictures(evaluator, real, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no pictures"):
        evaluate_folders(real, tmp_path / "empty", evaluator)
    few = write_pictures(tmp_path / "few", 5, seed=9)
    with pytest.raises(InputError, match="at least 10 pictures"):
        evaluate_folders(real, few, Evaluator(Colours(), ["kernel"], cache=Cache(None)))


def test_what_needs_more_pictures_is_left_out_where_that_is_wanted(real, tmp_path):
    few = write_pictures(tmp_path / "few", 5, seed=9)
    said = []
    evaluator = Evaluator(Colours(), skip_too_few=True, cache=Cache(None), say=said.append)
    names = {row.metric for row in evaluate_folders(real, few, evaluator)}
    assert names == {"Fréchet distance (colours)", "precision (colours)", "recall (colours)"}
    assert len(said) == 1
    assert said[0].startswith("kernel is left out: this score needs at least 10 pictures")


def test_where_nothing_can_be_scored_it_is_an_error(real, tmp_path):
    one = write_pictures(tmp_path / "one", 1, seed=9)
    evaluator = Evaluator(Colours(), skip_too_few=True, cache=Cache(None), say=lambda _: None)
    with pytest.raises(InputError, match="more pictures than 60 real and 1 generated ones"):
        evaluate_folders(real, one, evaluator)


@pytest.mark.parametrize("edge", [-5, 0, 15, 5000])
def test_a_resize_that_shows_nothing_or_too_much_is_refused(evaluator, real, fake, edge):
    with pytest.raises(InputError, match=rf"squares of 16 to 4,096 px, got {edge};"):
        evaluate_folders(real, fake, evaluator, resize_px=edge)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_is_one_that_all_draws_take(seed):
    with pytest.raises(InputError, match=f"got {seed}; the usual is 0"):
        Evaluator(Colours(), seed=seed, cache=Cache(None))


def test_one_unreadable_picture_is_a_warning_in_every_row(evaluator, real, fake):
    (fake / "bad.png").write_text("no picture")
    rows = evaluate_folders(real, fake, evaluator)
    assert all("1 of 51 files" in row.warnings and "bad.png" in row.warnings for row in rows)
    assert all(row.generated_count == "50" for row in rows)


def test_features_that_are_not_finite_are_refused(real, fake):
    class Broken(Colours):
        def __call__(self, pictures, sources=None):
            return super().__call__(pictures) * np.float32("nan")

    with pytest.raises(InputError, match="features must be finite"):
        evaluate_folders(real, fake, Evaluator(Broken(), cache=Cache(None)))


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        ("ssim", "SSIM compares"),
        ("discriminator", "have none"),
        ("style", "neither two folders nor"),
    ],
)
def test_what_needs_a_run_is_refused_of_folders(real, fake, metric, text):
    with pytest.raises(InputError, match=text):
        evaluate_folders(real, fake, Evaluator(Colours(), [metric], cache=Cache(None)))


@pytest.mark.parametrize("name", ["fid", "kid", "mifid"])
def test_published_names_belong_to_inception(name):
    with pytest.raises(InputError, match=f"{name.upper()} is measured with Inception.*ask for"):
        find_metrics([name], Colours())


@pytest.mark.parametrize("name", ["ppl", "path-length"])
def test_a_path_length_is_refused_with_the_reason(real, fake, name):
    evaluator = Evaluator(Colours(), [name], cache=Cache(None))
    with pytest.raises(InputError, match=r"between two latents, .* painted from photos have none"):
        evaluate_folders(real, fake, evaluator)


def test_an_unknown_metric_has_a_nearest_name():
    with pytest.raises(InputError, match='did you mean "frechet"'):
        find_metrics(["frechett"], Colours())


def test_with_inception_scores_have_their_published_names(real, fake):
    class Inception(Colours):
        name, title = "inception", "Inception"

        def probabilities(self, features):
            return np.full((len(features), 4), 0.25)

    metrics = ["fid", "kid", "mifid", "inception-score"]
    evaluator = Evaluator(Inception(), metrics, cache=Cache(None))
    rows = {row.metric: row for row in evaluate_folders(real, fake, evaluator)}
    assert {"FID", "KID", "MiFID", "Inception Score"} <= set(rows)
    assert "stands in for Kaggle's" in rows["MiFID"].warnings
    assert float(rows["Inception Score"].value) == pytest.approx(1)


def test_a_later_answer_replaces_the_earlier_one(evaluator, real, fake, tmp_path):
    file = tmp_path / "out" / "scores.csv"
    rows = evaluate_folders(real, fake, evaluator)
    assert len(write_scores(file, rows)) == 4
    Image.new("RGB", (32, 32), "red").save(fake / "more.png")
    again = evaluate_folders(real, fake, evaluator)
    assert again[0].generated_sha256 != rows[0].generated_sha256
    assert again[0].question != rows[0].question  # 51 pictures are another question than 50
    assert len(write_scores(file, again)) == 8
    assert len(write_scores(file, again)) == 8
    assert {row.value for row in read_scores(file)} == {row.value for row in rows + again}
    assert [row.score.warnings for row in read_scores(file)]


def test_a_foreign_csv_is_left_alone(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"is no scores\.csv of this artnb"):
        write_scores(file, [])
    assert file.read_text() == "a,b\n1,2\n"


def test_a_damaged_file_is_left_alone_too(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text("metric,value,epoch\nFID,12,three\n")
    with pytest.raises(InputError, match=r"scores\.csv is damaged .*'three'"):
        write_scores(file, [])
    assert "three" in file.read_text()
