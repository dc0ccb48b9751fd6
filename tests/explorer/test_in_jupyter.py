"""The explorer in a browser, in both generations of JupyterLab; see tools/."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "explorer_in_jupyter.py"
NOT_THERE = 3


@pytest.mark.slow
@pytest.mark.parametrize("lab", [3, 4])
def test_choosing_uploading_saving_and_keeping(lab):
    pytest.importorskip("playwright")
    command = [sys.executable, str(SCRIPT), "--lab", str(lab)]
    environment = {**os.environ, "KERAS_BACKEND": keras.backend.backend()}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    if ended.returncode == NOT_THERE:
        pytest.skip(ended.stdout.strip())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "The explorer works." in ended.stdout
