"""Measures need no backend and no slow import."""

import subprocess
import sys


def test_measuring_loads_no_backend():
    code = """
import sys
import artnb.study.study, artnb.study.of_runs
slow = ("keras", "tensorflow", "jax", "sklearn", "matplotlib")
loaded = [name for name in slow if name in sys.modules]
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
