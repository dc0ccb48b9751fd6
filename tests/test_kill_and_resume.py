"""Killed by SIGKILL and resumed, a training is the one that would have been; see tools/."""

import subprocess
import sys
from pathlib import Path

import keras
import pytest

SCRIPT = Path(__file__).parents[1] / "tools" / "kill_and_resume.py"

pytestmark = pytest.mark.long


@pytest.mark.parametrize("kills", [2, pytest.param(25, marks=pytest.mark.slow)])
def test_every_bit_is_the_same(kills):
    command = [sys.executable, str(SCRIPT), "--kills", str(kills), "--seed", str(kills)]
    command += ["--backend", keras.backend.backend()]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "every bit is the same" in ended.stdout
