"""The page's dictionaries: every word that is used is there, in every language."""

import json
import re
from pathlib import Path

import pytest

import artnb.publishing

ROOM = Path(artnb.publishing.__file__).parent
WORDS = sorted((ROOM / "scripts" / "words").glob("*.json"))
SCRIPTS = sorted((ROOM / "scripts").glob("*.js"))
PAGE = ROOM / "templates" / "index.html"


def words_of(path: Path) -> dict[str, str]:
    return json.loads(path.read_text(encoding="utf-8"))


def used_words() -> set[str]:
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    page = PAGE.read_text(encoding="utf-8")
    used = set(re.findall(r'say\(\s*"(\w+)"', scripts))
    used |= set(re.findall(r'Refusal\(\s*"(\w+)"', scripts))
    used |= set(re.findall(r'data-(?:word|label)="(\w+)"', page))
    return used | set(re.findall(r"words\.(\w+)", page))


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.stem)
def test_every_language_has_the_same_words_with_the_same_values(path):
    english, words = words_of(WORDS[0].with_name("en.json")), words_of(path)
    assert words.keys() == english.keys()
    for word, sentence in words.items():
        values = set(re.findall(r"\{(\w+)\}", sentence))
        assert values == set(re.findall(r"\{(\w+)\}", english[word])), word


def test_every_word_that_is_used_is_there():
    used = used_words()
    assert len(used) > 30
    assert used <= words_of(ROOM / "scripts" / "words" / "en.json").keys()


def test_no_word_is_left_over():
    everything = PAGE.read_text(encoding="utf-8") + "".join(
        path.read_text(encoding="utf-8") for path in SCRIPTS
    )
    unused = [word for word in words_of(WORDS[0]) if not re.search(rf"\b{word}\b", everything)]
    assert [word for word in unused if word != "lead_latents"] == []
