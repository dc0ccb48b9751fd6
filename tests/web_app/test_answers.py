"""What the app's pages say and offer: `make test-app`."""

import pytest

from artnb.errors import InputError

pytest.importorskip("gradio", reason="needs Gradio: make test-app")
answers = pytest.importorskip("artnb.web_app.answers")


def test_sentences_are_escaped():
    assert "<b>" not in answers.said("<b>monet</b>")
    assert "alarm" in answers.said("wrong", alarm=True)


def test_what_was_chosen_stays_chosen_where_it_can():
    choices = [("latest", "latest"), ("epoch 1", "1")]
    assert answers.wanted_or_first(choices, "1") == "1"
    assert answers.wanted_or_first(choices, "7") == "latest"
    assert answers.wanted_or_first([], "7") is None


def test_a_choice_that_is_none_is_not_shown():
    assert not answers.offer([("photo → monet", "y")], "y")["visible"]
    assert answers.offer([("photo → monet", "y"), ("monet → photo", "x")], "y")["visible"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (InputError("choose another"), "choose another"),
        (ZeroDivisionError("of 1 by 0"), "That did not work: ZeroDivisionError: of 1 by 0"),
    ],
)
def test_errors_are_told_in_the_page(error, sentence, capsys):
    def fail():
        raise error

    assert answers.told(lambda reason: {"status": reason}, fail)() == {"status": sentence}
    assert ("Traceback" in capsys.readouterr().err) == isinstance(error, ZeroDivisionError)
