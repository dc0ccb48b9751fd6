import pytest

from artnb.gallery.labels import ALTS, LABELS, describe_epochs
from artnb.gallery.manifest import KINDS
from tests.gallery.made import invent_run


def test_every_kind_has_words():
    assert set(LABELS) == set(ALTS) == set(KINDS)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (invent_run(epochs=(1, 10, 20)), "epochs 1 to 20"),
        (invent_run(epochs=(1, 20), best=20), "epochs 1 to 20, best by its scores: 20"),
        (invent_run(epochs=(7,)), "epoch 7"),
        (invent_run(epochs=()), "no epoch"),
    ],
)
def test_epochs_of_a_run(run, words):
    assert describe_epochs(run) == words
