import importlib.util
import os
import sys

import pytest

import artnb.platform.backend as module
from artnb.errors import InputError
from artnb.platform.backend import choose_backend, prefer_installed_backend


@pytest.fixture
def fresh(monkeypatch):
    """A process in which nobody has chosen a backend and Keras is not imported."""
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setattr(module, "_preferred", None)

    def install(*names):
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name, *_: object() if name in names else None
        )

    return install


def test_tensorflow_comes_first(fresh):
    fresh("tensorflow", "jax")
    prefer_installed_backend()
    assert os.environ["KERAS_BACKEND"] == "tensorflow"
    choice = choose_backend()
    assert choice.name == "tensorflow"
    assert str(choice) == "Keras runs on tensorflow: it comes before jax, also installed."


def test_jax_where_there_is_no_tensorflow(fresh):
    fresh("jax")
    prefer_installed_backend()
    assert choose_backend().name == os.environ["KERAS_BACKEND"] == "jax"


def test_the_environment_is_a_wish(fresh, monkeypatch):
    fresh("tensorflow", "jax")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    prefer_installed_backend()
    assert str(choose_backend()) == "Keras runs on jax: KERAS_BACKEND says so."


def test_the_command_line_outranks_the_environment(fresh, monkeypatch):
    fresh("tensorflow", "jax")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert choose_backend("tensorflow").name == os.environ["KERAS_BACKEND"] == "tensorflow"


def test_where_nothing_is_installed_both_ways_out_are_named(fresh):
    fresh()
    prefer_installed_backend()
    assert "KERAS_BACKEND" not in os.environ
    with pytest.raises(InputError, match=r"artnb\[tensorflow\].*artnb\[jax\]"):
        choose_backend()


def test_a_wish_that_is_not_installed(fresh):
    fresh("jax")
    with pytest.raises(InputError, match="tensorflow is not installed here"):
        choose_backend("tensorflow")


def test_other_backends_are_refused(fresh):
    fresh("tensorflow")
    with pytest.raises(InputError, match="must be tensorflow or jax, got torch"):
        choose_backend("torch")


@pytest.mark.backend
def test_too_late_to_change(monkeypatch):
    import keras

    running = keras.backend.backend()
    other = {"tensorflow": "jax", "jax": "tensorflow"}[running]
    monkeypatch.setenv("KERAS_BACKEND", running)
    monkeypatch.setattr(module, "is_installed", lambda name: True)
    assert choose_backend(running).name == running
    with pytest.raises(InputError, match="choose the backend before importing keras"):
        choose_backend(other)
    assert os.environ["KERAS_BACKEND"] == running
