"""Killed by SIGKILL and resumed, a training is the one that would have been; see tools/."""

import subprocess
import sys
from pathlib import Path

import keras
import pytest

SCRIPT = Path(__file__).parents[1] / "tools" / "kill_and_resume.py"


def is_the_same(*arguments):
    command = [sys.executable, str(SCRIPT), *arguments, "--backend", keras.backend.backend()]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "every bit is the same" in ended.stdout


# A checkpoint that no score of its epoch follows, and scores without the best epoch and curves:
# what is left at other moments `tests/training/test_owed.py` has in one process.
@pytest.mark.parametrize(
    "moment", ["step-00000004:1", pytest.param("scores.csv:1", marks=pytest.mark.slow)]
)
def test_every_bit_is_the_same(moment):
    is_the_same("--at", moment, "--epochs", "2")


@pytest.mark.slow
@pytest.mark.parametrize("method", ["cyclegan", "stylegan2"])
def test_however_often_it_is_killed(method):
    is_the_same("--kills", "25", "--seed", "25", "--method", method)
