"""Scores of features that are at hand need no backend and no slow import."""

import subprocess
import sys

import pytest

SLOW = ("keras", "tensorflow", "jax", "sklearn", "h5py", "requests", "scipy.stats", "matplotlib")


def test_metrics_load_no_backend():
    code = f"""
import sys
import artnb.evaluation
from artnb.evaluation.metrics import frechet, kernel, neighbours, path_length, score
loaded = [name for name in {SLOW} if name in sys.modules]
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.backend
def test_everything_that_is_exported_is_there():
    import artnb.evaluation

    for name in artnb.evaluation.__all__:
        assert hasattr(artnb.evaluation, name), name
