"""Digits to try a generator on: scikit-learn's without a network, MNIST verified."""

import hashlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from artnb.cli import main
from artnb.errors import InputError
from artnb.synthetic import digits
from artnb.synthetic.digits import write_digits

NOWHERE = "http://127.0.0.1:9"


def kinds(folder):
    return Counter(path.parent.name for path in folder.rglob("*.png"))


@pytest.fixture
def mnist(tmp_path, monkeypatch):
    """A file like MNIST's, of twenty digits, that is known by its own hash."""
    pixels = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    file = tmp_path / "weights" / "mnist.npz"
    file.parent.mkdir()
    np.savez(file, x_train=pixels, y_train=np.arange(20) % 10)
    monkeypatch.setenv("ARTNB_WEIGHTS", str(file.parent))
    facts = {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
             "size_bytes": file.stat().st_size}  # fmt: skip
    monkeypatch.setattr(digits, "_MNIST", replace(digits._MNIST, **facts))
    return pixels


@pytest.fixture
def no_mnist(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ARTNB_WEIGHTS", raising=False)


def test_scikit_learns_need_no_network_and_lie_in_a_folder_each(tmp_path):
    assert write_digits(tmp_path / "digits", "scikit-learn", 300) == 300
    found = kinds(tmp_path / "digits")
    assert found.keys() == set("0123456789")
    assert min(found.values()) >= 20
    with Image.open(next((tmp_path / "digits" / "0").glob("*.png"))) as zero:
        pixels = np.asarray(zero, float)
    assert pixels.shape == (32, 32, 3)
    assert pixels[12:20, 14:18].mean() < 0.3 * pixels.max()  # a hole in its middle


def test_mnist_gets_a_margin_and_is_taken_where_it_is(tmp_path, mnist):
    assert write_digits(tmp_path / "digits", "auto", 15, say=lambda _line: None) == 15
    with Image.open(tmp_path / "digits" / "3" / "00013.png") as three:
        pixels = np.asarray(three)[..., 0]
    assert (pixels[2:-2, 2:-2] == mnist[13]).all()
    assert not pixels[:2].any()


def test_another_file_of_that_name_is_refused(tmp_path, mnist, monkeypatch):
    monkeypatch.setattr(digits, "_MNIST", replace(digits._MNIST, sha256="0" * 64))
    with pytest.raises(InputError, match=r"mnist\.npz .*sha256"):
        write_digits(tmp_path / "digits", "mnist")
    assert not (tmp_path / "digits").exists()


def test_without_a_network_auto_says_so_and_mnist_fails(tmp_path, no_mnist):
    said = []
    write_digits(tmp_path / "digits", "auto", 10, NOWHERE, say=said.append)
    assert "scikit-learn's, since MNIST is not to be had" in said[-1]
    with pytest.raises(InputError, match="no connection"):
        write_digits(tmp_path / "others", "mnist", 10, NOWHERE, say=said.append)


def test_what_cannot_be_asked_is_explained(tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    for arguments, text in (
        (["--source", "scikit"], 'did you mean "scikit-learn"'),
        (["--source", "scikit-learn", "--count", "0"], "must be 1 or more, got 0"),
        (["--source", "scikit-learn", "--out", str(tmp_path / "full")], "must be new or empty"),
    ):
        out = [] if "--out" in arguments else ["--out", str(tmp_path / "digits")]
        assert main(["data", "digits", *arguments, *out]) == 2
        assert text in capsys.readouterr().err
