"""File systems of a test's own, for what root could otherwise always write to."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, *mount: str) -> Iterator[Path]:
    """Mount something on a folder; the test is skipped where that cannot be had.

    Args:
        folder: that is there.
        *mount: what `mount` takes before the folder.
    """
    try:
        command = ["mount", *mount, str(folder)]
        done = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        done = False
    if not done:
        pytest.skip("needs to mount a file system, as root on Linux")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Let a folder be read alone: root does not mind a file's mode, but it minds a mount."""
    with mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield folder


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Make a folder that takes so much and no more, such as `"2m"`."""
    folder.mkdir()
    with mounted(folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs"):
        yield folder
