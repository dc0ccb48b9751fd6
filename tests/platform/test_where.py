import sys
import types
from pathlib import Path

import pytest

from artnb.platform import where
from artnb.platform.where import (
    cache_folder,
    known_folder,
    outputs_folder,
    platform_name,
    unused_folder,
)


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    for name in ("KAGGLE_KERNEL_RUN_TYPE", "COLAB_RELEASE_TAG", "ARTNB_OUTPUTS"):
        monkeypatch.delenv(name, raising=False)


def test_kaggle_carries_colabs_variables_too(monkeypatch):
    assert platform_name() == "local"
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release")
    assert platform_name() == "colab"
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    assert platform_name() == "kaggle"


def test_outputs(monkeypatch, tmp_path):
    assert outputs_folder() == Path("outputs")
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Batch")
    assert outputs_folder() == Path("/kaggle/working/outputs")
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path))
    assert outputs_folder() == tmp_path


@pytest.mark.parametrize(
    ("system", "variables", "expected"),
    [
        ("linux", {}, "home/.cache/artnb"),
        ("linux", {"XDG_CACHE_HOME": "xdg"}, "xdg/artnb"),
        ("darwin", {"XDG_CACHE_HOME": "xdg"}, "home/Library/Caches/artnb"),
        ("win32", {}, "home/AppData/Local/artnb"),
        ("win32", {"LOCALAPPDATA": "local"}, "local/artnb"),
        ("win32", {"LOCALAPPDATA": "local", "ARTNB_CACHE": "mine"}, "mine"),
        ("linux", {"XDG_CACHE_HOME": "xdg", "ARTNB_CACHE": "mine"}, "mine"),
    ],
)
def test_the_cache_lies_where_the_system_keeps_such_things(
    monkeypatch, tmp_path, system, variables, expected
):
    for name in ("ARTNB_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setattr(where.sys, "platform", system)
    monkeypatch.setattr(where.Path, "home", lambda: tmp_path / "home")
    assert cache_folder() == tmp_path / expected


def test_folders_that_variables_name(monkeypatch, tmp_path):
    monkeypatch.delenv("ARTNB_DATA", raising=False)
    assert known_folder("ARTNB_DATA") is None
    monkeypatch.setenv("ARTNB_DATA", str(tmp_path / "nothere"))
    assert known_folder("ARTNB_DATA") is None
    monkeypatch.setenv("ARTNB_DATA", str(tmp_path))
    assert known_folder("ARTNB_DATA") == tmp_path


def test_a_folder_that_is_not_there_yet(tmp_path):
    assert unused_folder(tmp_path / "run") == tmp_path / "run"
    (tmp_path / "run").mkdir()
    (tmp_path / "run-2").touch()
    assert unused_folder(tmp_path / "run") == tmp_path / "run-3"


def test_a_drive_is_mounted_on_colab_alone(monkeypatch):
    mounts = []
    colab = types.ModuleType("google.colab")
    colab.drive = types.SimpleNamespace(mount=mounts.append)
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    monkeypatch.setattr(where, "platform_name", lambda: "colab")
    assert where.mounted("") is None
    assert where.mounted("/content/elsewhere") == Path("/content/elsewhere")
    assert mounts == []
    assert where.mounted("/content/drive/MyDrive/a") == Path("/content/drive/MyDrive/a")
    assert mounts == ["/content/drive"]
    monkeypatch.setattr(where, "platform_name", lambda: "local")
    where.mounted("/content/drive/MyDrive/a")
    assert mounts == ["/content/drive"]
