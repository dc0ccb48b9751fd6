"""What the leaderboard said is kept in the Run beside its own scores, and both are drawn."""

import pytest

from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score
from artnb.evaluation.plots import draw_scores
from artnb.evaluation.rows import as_dictionaries, choose_best, read_scores, row_of, write_scores
from artnb.method import preset_config
from artnb.runs.run import new_run
from artnb.submission.leaderboard import note_score


@pytest.fixture
def run(tmp_path):
    run = new_run(tmp_path / "run", preset_config("smoke"))
    run.note(data={"x": "photo", "y": "monet"})
    for epoch in (1, 2, 3):
        run.snapshot(epoch).parent.mkdir(exist_ok=True)
        run.snapshot(epoch).touch()
    rows = [
        row_of(title, Score(value + epoch), direction="photo → monet", epoch=str(epoch))
        for title, value in (("MiFID", 50.0), ("FID", 70.0))
        for epoch in (1, 2, 3)
    ]
    write_scores(run.scores_file, rows)
    return run


def test_it_is_kept_beside_the_local_score(run):
    noted = note_score(run, 40.66, 2)
    assert noted.describe() == "epoch 2: 40.66 on the leaderboard, MiFID 52 here"
    (row,) = [row for row in read_scores(run.scores_file) if row.split == "leaderboard"]
    assert (row.metric, row.value, row.epoch) == ("MiFID", "40.66", "2")
    assert len(read_scores(run.scores_file)) == 7
    assert run.scores_picture.is_file()


def test_both_are_drawn_in_one_panel(run):
    note_score(run, 40.66, 2)
    note_score(run, 39.5, 3)
    figure = draw_scores(as_dictionaries(read_scores(run.scores_file)))
    panels = {axes.get_title(): axes for axes in figure.subfigs[0].axes if axes.lines}
    drawn = {line.get_label(): line.get_xydata().tolist() for line in panels["MiFID"].lines}
    assert drawn["on the leaderboard"] == [[2.0, 40.66], [3.0, 39.5]]
    assert [[1.0, 51.0], [2.0, 52.0], [3.0, 53.0]] in drawn.values()


def test_a_later_note_replaces_that_of_the_same_epoch(run):
    note_score(run, 40.66, 2)
    note_score(run, 41.0, 2)
    values = [row.value for row in read_scores(run.scores_file) if row.split == "leaderboard"]
    assert values == ["41"]


def test_it_chooses_no_epoch(run):
    before = choose_best(run, read_scores(run.scores_file))
    note_score(run, 0.5, 3)
    assert choose_best(run, read_scores(run.scores_file)) == before


def test_without_a_local_score_it_says_how_to_have_one(run):
    run.scores_file.unlink()
    assert (
        "artnb evaluate --run run --metrics mifid --epochs 2"
        in note_score(run, 40.66, 2).describe()
    )


@pytest.mark.parametrize("score", [0.0, -3.0, float("nan"), float("inf")])
def test_a_score_is_above_0(run, score):
    with pytest.raises(InputError, match="a MiFID is above 0, got"):
        note_score(run, score, 2)
    assert len(read_scores(run.scores_file)) == 6
