"""Runs that an earlier release trained and imported open, go on, paint, are scored and hung.

`tests/golden/older_runs.zip` holds them with what that release made of them itself. Norms add up
otherwise since (a constant becomes exactly 0), so the last bits of floats are no longer that
release's, and `older_runs_bits.json` has today's: where this machine is of the kind that recorded
them (processor, cores, versions), every bit must be the same. Everywhere these stay exact: names,
shapes and types, the draws of crops, pool and DiffAugment, what was logged before the resume, which
keys measurements and pictures have, and every sentence.
"""

import json
import os
import shutil
import sqlite3
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import pytest
from safetensors.numpy import load_file

from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.runs import DEFAULT_RUN_METRICS, evaluate
from artnb.models import painting
from artnb.runs.run import open_run
from tests.evaluation.stand_in import Colours
from tests.golden import older_runs
from tests.golden.older_runs import GO_ON, HANG, LAST, SETTINGS, STOPPED_AT, artnb

pytestmark = pytest.mark.long
BACKEND = keras.backend.backend()
RUN = Path("outputs/trained")
# The Runs were trained on TensorFlow, when norms and convolutions added up otherwise.
TOLD = {
    "tensorflow": (
        "written with norms' arithmetic 1 (now 2), convolutions' arithmetic 1 (now 2): "
        "bits may differ"
    ),
    "jax": "written on tensorflow and goes on on jax: the same state, no longer the same bits",
}


@pytest.fixture(scope="module", autouse=True)
def painted_by_keras():
    """That release knew nothing else; ncnn paints within a level of it, under other keys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(painting, "paints_with_ncnn", lambda: False)
        yield


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return older_runs.unpack(tmp_path_factory.mktemp("older"))


@pytest.fixture(scope="module")
def expected(archive):
    return json.loads((archive / "expected" / f"{BACKEND}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def bits():
    """What today's code makes of them, bit by bit."""
    return json.loads(older_runs.BITS.read_text(encoding="utf-8"))[BACKEND]


@pytest.fixture(scope="module")
def same_bits(bits):
    """Whether this machine is of the kind that recorded the bits."""
    chosen = "TF_ENABLE_ONEDNN_OPTS" in os.environ  # they were recorded with what TensorFlow took
    return bits["machine"] == older_runs.machine(BACKEND) and not chosen


@pytest.fixture
def house(archive, tmp_path):
    """A copy of everything that a test may change, as the working folder."""
    folder = shutil.copytree(archive, tmp_path / "house")
    with older_runs.at(folder):
        yield folder


@pytest.fixture(scope="module")
def resumed(archive, tmp_path_factory):
    """The same after the training has gone on to its end: once for all tests of it."""
    folder = shutil.copytree(archive, tmp_path_factory.mktemp("resumed") / "house")
    with older_runs.at(folder):
        said = artnb(*GO_ON)
    return folder, said


def test_they_open_and_are_listed(house, expected):
    assert artnb("runs") == expected["runs"]
    trained, imported, pair = (open_run(name) for name in ("trained", "imported", "pair"))
    written = json.loads((RUN / "config.json").read_text())
    read = asdict(trained.config())
    assert {name: read[name] for name in written} == written
    assert "method" not in written
    assert trained.domains == ("photo", "painting")
    assert (trained.snapshot_epochs(), trained.best_epoch()) == ([1, 2, 3], 3)
    assert [run.is_imported for run in (trained, imported, pair)] == [False, True, True]
    assert imported.config().multiple_px == 256


@pytest.mark.slow
def test_the_training_goes_on_where_it_stopped_within_an_epoch(resumed):
    folder, said = resumed
    assert f"Going on after step {STOPPED_AT} of {LAST}" in said
    with older_runs.at(folder):
        facts = open_run("trained").facts()
        assert facts["status"] == "finished"
        assert facts["best"]["epoch"] == 3
        assert "Going on although" not in said
        assert TOLD[BACKEND] in said


@pytest.mark.slow
def test_the_state_in_the_end_is_what_it_would_have_been(archive, resumed, bits, same_bits):
    folder, _ = resumed
    state = older_runs.state(folder / RUN)
    if same_bits:
        assert older_runs.digest_of(state) == bits["state"]
    there = load_file(folder / "expected" / "state.safetensors")
    assert {n: a.shape for n, a in state.items()} == {n: a.shape for n, a in there.items()}
    if BACKEND != "tensorflow":
        return  # the file is TensorFlow's, whose counters have other types and whose draws differ
    assert {n: a.dtype for n, a in state.items()} == {n: a.dtype for n, a in there.items()}
    draws = [name for name, array in there.items() if array.dtype.kind in "iub"]
    assert draws
    for name in draws:
        np.testing.assert_array_equal(state[name], there[name], err_msg=name)
    before = older_runs.state(archive / RUN)
    for part in {name.partition("/")[0] for name in there.keys() - set(draws)}:
        assert _distance(state, there, part) <= 0.1 * _distance(before, there, part), part


def _distance(one, other, part):
    """Give the distance between two states of one part of the model, all its numbers together."""
    names = [name for name in one if name.partition("/")[0] == part]
    return sum(float(np.square(one[n] - other[n], dtype=np.float64).sum()) for n in names) ** 0.5


@pytest.mark.slow
def test_no_row_of_the_logs_is_missing_or_twice(archive, resumed, expected, bits, same_bits):
    logs = older_runs.logs(resumed[0] / RUN)
    before = older_runs.logs(archive / RUN)
    for name, rows in logs.items():
        assert rows[: len(before[name])] == before[name]
        assert [row["step"] for row in rows] == [row["step"] for row in expected["logs"][name]]
        assert rows[0].keys() == expected["logs"][name][0].keys()
        numbers, wanted = (
            np.array([[float(value) for value in row.values()] for row in listed])
            for listed in (rows, expected["logs"][name])
        )
        np.testing.assert_allclose(numbers, wanted, rtol=0.02)
    if same_bits:
        assert logs == bits["logs"]


@pytest.mark.slow
def test_grids_and_snapshots_are_those_it_would_have_made(resumed, expected, bits, same_bits):
    run = resumed[0] / RUN
    made = older_runs.files(run / "samples") | older_runs.files(run / "snapshots")
    # The grids of then were left out of the archive, and the one of its last step is made up for.
    assert made.keys() == expected["made"].keys() | {"step-0000015.png"}
    if same_bits:
        assert made == bits["made"]


@pytest.mark.slow
def test_the_settings_of_then_are_no_change_and_others_are(house, resumed, expected):
    refused = older_runs.refused(*GO_ON, "--set", "lambda_cycle=5")
    changed, _, advice = refused.partition(". Add ")
    # That release compared with the preset `preview` where only --set was given.
    assert changed == "the Run trained cannot go on as it was: lambda_cycle was 4.0 and is 5.0"
    assert advice == expected["refused"].partition(". Add ")[2]
    given = [f"--set={name}={str(value).lower()}" for name, value in SETTINGS.items()]
    with older_runs.at(resumed[0]):
        before = older_runs.files(RUN / "checkpoints")
        assert "Going on although" not in artnb(*GO_ON, "--preset", "smoke", *given)
        assert older_runs.files(RUN / "checkpoints") == before


def test_they_paint_the_same_bytes(house, expected, bits, same_bits):
    paintings = older_runs.paint(Path("painted"))
    assert paintings.keys() == expected["paintings"].keys()
    if same_bits:
        assert paintings == bits["paintings"]
    wanted = older_runs.pixels(Path("expected/painted"))
    for name, picture in older_runs.pixels(Path("painted")).items():
        furthest = 16 if name.endswith(".jpg") else 2
        np.testing.assert_allclose(picture, wanted[name], atol=furthest, err_msg=name)


def test_they_are_scored_as_before_from_what_was_measured_then(house, expected, same_bits):
    """The keys of measurements are as they were: nothing is painted or looked at again."""
    before = _known()
    extractor = Colours()
    evaluator = Evaluator(extractor, DEFAULT_RUN_METRICS, skip_too_few=True)
    for to in ("y", "x"):
        evaluate(open_run("trained"), evaluator, to=to)
    assert extractor.seen == 0
    assert _known() == before
    rows = older_runs.rows(RUN / "scores.csv")
    assert json.loads((RUN / "run.json").read_text())["best"] == expected["best"]
    numbers = ("value", "low", "high")
    for row, wanted in zip(rows, expected["scores"], strict=True):
        for name in numbers:
            assert bool(row[name]) == bool(wanted[name])
            found = (float(one[name] or 0) for one in (row, wanted))
            assert next(found) == pytest.approx(next(found), rel=1e-5)
        if not same_bits:
            row |= {name: wanted[name] for name in numbers}
        assert row == wanted


def _known():
    """Read which pictures and measurements the cache knows."""
    with sqlite3.connect("cache/features.sqlite") as cache:
        return [
            sorted(cache.execute(question))
            for question in ("SELECT key FROM pictures", "SELECT key, measure FROM measured")
        ]


def test_they_are_hung_as_before_and_what_hangs_is_not_painted_again(house, expected):
    before = {path: path.stat().st_mtime_ns for path in Path("gallery/pictures").rglob("*.webp")}
    artnb(*HANG)
    assert older_runs.hung() == expected["gallery"]
    after = {path: path.stat().st_mtime_ns for path in Path("gallery/pictures").rglob("*.webp")}
    kept = before if BACKEND == "tensorflow" else {p for p in before if p in after}
    assert kept
    assert all(after[path] == before[path] for path in kept)
    if BACKEND == "tensorflow":  # which painted what hangs there
        assert after.keys() == before.keys()
