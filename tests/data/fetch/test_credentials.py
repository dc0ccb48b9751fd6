"""Where Kaggle's credentials come from: the clients' own order, then a notebook's secrets."""

import importlib.metadata
import os
import subprocess
import sys

import pytest
from packaging.version import Version

from artnb.data.fetch.credentials import (
    describe_credentials,
    how_to_get_credentials,
    kaggle_credentials,
    place_of_credentials,
)

kagglehub_config = pytest.importorskip("kagglehub.config")

TOKEN = "KGAT_t0k3n"
PAIR = {"KAGGLE_USERNAME": "claude", "KAGGLE_KEY": "k3y"}


def client_finds():
    """What kagglehub would use now: a token, or a name and a key."""
    found = kagglehub_config.get_kaggle_credentials()
    return found and (found.api_key or (found.username, found.key))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_order_is_that_of_the_client(on_bare_machine, monkeypatch):
    assert (place_of_credentials(), client_finds()) == ("", None)
    write(on_bare_machine / ".kaggle" / "kaggle.json", '{"username": "me", "key": "filed"}')
    assert place_of_credentials().endswith("kaggle.json")
    assert client_finds() == ("me", "filed")
    for name, value in PAIR.items():
        monkeypatch.setenv(name, value)
    assert place_of_credentials() == "KAGGLE_USERNAME and KAGGLE_KEY"
    assert client_finds() == ("claude", "k3y")
    write(on_bare_machine / ".kaggle" / "access_token.txt", "in a text file\n")
    assert place_of_credentials() == "~/.kaggle/access_token.txt"
    assert client_finds() == "in a text file"
    write(on_bare_machine / ".kaggle" / "access_token", "in a file\n")
    assert place_of_credentials() == "~/.kaggle/access_token"
    assert client_finds() == "in a file"
    monkeypatch.setenv("KAGGLE_API_TOKEN", TOKEN)
    assert place_of_credentials() == "KAGGLE_API_TOKEN"
    assert client_finds() == TOKEN


def test_half_a_pair_and_an_empty_file_are_nothing(on_bare_machine, monkeypatch):
    monkeypatch.setenv("KAGGLE_USERNAME", "claude")
    write(on_bare_machine / ".kaggle" / "access_token", "")
    assert (place_of_credentials(), client_finds()) == ("", None)


def client_of_2_2_uses():
    """What kaggle 2.2 reads of file and environment; it is imported in a process of its own."""
    if Version(importlib.metadata.version("kaggle")) < Version("2.2"):
        pytest.skip("earlier clients read their configuration in another way")
    code = (
        "from kaggle.api.kaggle_api_extended import KaggleApi as Api\n"
        "api = Api(); api._load_config()\n"
        "print('found', api.config_values.get('username'), api.config_values.get('key'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    # Some releases warn on the same stream that others may read the file.
    (found,) = [line for line in done.stdout.splitlines() if line.startswith("found ")]
    return tuple(found.split()[1:])


@pytest.mark.parametrize("alone", [{"KAGGLE_USERNAME": "other"}, {"KAGGLE_KEY": "other"}])
def test_a_lone_half_of_a_pair_is_left_aside_by_both_clients(on_bare_machine, monkeypatch, alone):
    """kaggle 2.2.4 puts it beside the other half of kaggle.json; kagglehub 1.0.2 does not."""
    ((name, value),) = alone.items()
    monkeypatch.setenv(name, value)
    write(on_bare_machine / ".kaggle" / "kaggle.json", '{"username": "me", "key": "filed"}')
    assert "other" in client_of_2_2_uses()
    assert describe_credentials().endswith(
        f"kaggle.json; {name} is left aside, since {({*PAIR} - {name}).pop()} is not set"
    )
    with kaggle_credentials() as place:
        assert place.endswith("kaggle.json")
        assert client_finds() == client_of_2_2_uses() == ("me", "filed")
    assert os.environ[name] == value


def test_what_is_empty_does_not_hide_the_file(on_bare_machine, monkeypatch):
    """kaggle 2.2.4 takes empty variables for a name and a key."""
    for name in PAIR:
        monkeypatch.setenv(name, "")
    write(on_bare_machine / ".kaggle" / "kaggle.json", '{"username": "me", "key": "filed"}')
    with kaggle_credentials():
        assert client_finds() == client_of_2_2_uses() == ("me", "filed")
    assert os.environ["KAGGLE_KEY"] == ""


def test_no_value_is_told(on_bare_machine, monkeypatch):
    assert describe_credentials() == "none found"
    for name, value in (PAIR | {"KAGGLE_API_TOKEN": TOKEN}).items():
        monkeypatch.setenv(name, value)
    assert describe_credentials() == "KAGGLE_API_TOKEN"


@pytest.mark.parametrize("notebook", ["on_colab", "on_kaggle"])
@pytest.mark.parametrize(
    ("secrets", "found"),
    [
        ({"KAGGLE_API_TOKEN": f"{TOKEN}\n"}, TOKEN),
        (PAIR, ("claude", "k3y")),  # which kagglehub by itself does not find on Colab
        ({"KAGGLE_API_TOKEN": TOKEN} | PAIR, TOKEN),
        ({"KAGGLE_USERNAME": "claude"}, None),
        ({"KAGGLE_API_TOKEN": None}, None),
        ({}, None),
    ],
)
def test_secrets_are_there_within_the_block_alone(request, notebook, secrets, found):
    request.getfixturevalue(notebook)(secrets)
    before = dict(os.environ)
    with kaggle_credentials() as place:
        assert client_finds() == found
        assert place.endswith("secrets") == (found is not None)
    assert dict(os.environ) == before
    with pytest.raises(KeyError), kaggle_credentials():
        raise KeyError
    assert dict(os.environ) == before


def test_secrets_that_are_not_granted_are_none(on_colab):
    on_colab({"KAGGLE_API_TOKEN": TOKEN}, granted=False)
    with kaggle_credentials() as place:
        assert (place, client_finds()) == ("", None)


def test_own_credentials_come_before_secrets(on_colab, monkeypatch):
    asked = on_colab({"KAGGLE_API_TOKEN": "a secret"})
    monkeypatch.setenv("KAGGLE_API_TOKEN", TOKEN)
    with kaggle_credentials() as place:
        assert (place, client_finds()) == ("KAGGLE_API_TOKEN", TOKEN)
    assert asked == []


def test_a_kaggle_notebook_asks_kaggle_alone(on_kaggle):
    asked = on_kaggle()  # where Colab's module has a token to give
    with kaggle_credentials() as place:
        assert (place, client_finds()) == ("", None)
    assert asked == ["KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY"]


def test_nothing_is_asked_on_a_machine_of_ones_own(on_bare_machine):
    with kaggle_credentials() as place:
        assert place == ""


def test_a_line_break_after_a_token_is_taken_away_and_comes_back(on_bare_machine, monkeypatch):
    monkeypatch.setenv("KAGGLE_API_TOKEN", f"{TOKEN}\n")
    with kaggle_credentials():
        assert os.environ["KAGGLE_API_TOKEN"] == TOKEN
    assert os.environ["KAGGLE_API_TOKEN"] == f"{TOKEN}\n"


def test_the_advice_suits_the_place(on_bare_machine, on_colab):
    assert "put it into KAGGLE_API_TOKEN or ~/.kaggle/access_token" in how_to_get_credentials()
    on_colab()
    assert "as the secret KAGGLE_API_TOKEN (the key on the left)" in how_to_get_credentials()
    assert "https://www.kaggle.com/settings/api" in how_to_get_credentials()
