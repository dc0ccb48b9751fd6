"""A folder that nobody can write to: root does not mind a file's mode, but it minds a mount."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Let a folder be read alone; the test is skipped where that cannot be had."""
    bind = ["mount", "--bind", str(folder), str(folder)]
    try:
        mounted = subprocess.run(bind, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("needs to mount a folder, as root on Linux")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
