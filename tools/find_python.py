"""Print where a Python of a certain version is on this machine.

    python tools/find_python.py 3.13

Looked at, in this order: the Python that runs this, `python3.13` on the path, pyenv's, uv's.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def candidates(version: str) -> Iterator[str]:
    """Name the programs that may be this Python, the likeliest first."""
    yield sys.executable
    yield shutil.which(f"python{version}") or ""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True))
    yield answer("uv", "python", "find", version)


def answer(*command: str) -> str:
    """Give what a command prints, or nothing where it fails or does not exist."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def find_python(version: str) -> str | None:
    """Find the first candidate that runs and says that it is this version."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    for program in candidates(version):
        if program and answer(program, "-c", ask) == version:
            return program
    return None


if __name__ == "__main__":
    (wanted,) = sys.argv[1:]
    found = find_python(wanted)
    if found is None:
        sys.exit(f"Python {wanted} is not here: install it (pyenv install {wanted}, or "
                 f"uv python install {wanted}) and try again")  # fmt: skip
    print(found)
