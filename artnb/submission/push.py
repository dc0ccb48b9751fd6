"""Push a notebook to Kaggle with Kaggle's own client.

The client may end the interpreter that imports it without credentials, so it runs in a process of
its own.
"""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from artnb.data.fetch.credentials import how_to_get_credentials, kaggle_credentials
from artnb.errors import InputError

# The client's entry point; not every version can be run as `python -m kaggle`.
CLIENT = (sys.executable, "-c", "from kaggle.cli import main; main()")
_TIMEOUT_S = 300
_PUSHED = re.compile(r"successfully pushed.*?(https?://\S+)", re.DOTALL)
_INVALID = re.compile(r"not valid (\w+) sources and could\s*not\s*be added to the kernel: (.*)")
_STATUS = re.compile(r"\b(4\d\d|5\d\d) (?:Client|Server) Error")
# The words of versions 2.2, and 2.0 with a token and without.
_UNKNOWN = re.compile(r"Authentication required|Unauthorized|to authenticate at")
_REMEDIES = {
    "403": (
        "Kaggle does not allow this account to push {id} (403): the name after --user must be the "
        "account's own, and the competition's rules accepted on its page"
    ),
    "404": "Kaggle finds no account or source of {id} (404); check --user and --dataset",
    "429": "Kaggle has had too many requests from this account (429); wait some minutes",
}


def push(folder: Path, kernel_id: str) -> list[str]:
    """Push a folder that `write_kernel` made; Kaggle runs the notebook at once.

    Args:
        folder: with the notebook and its metadata.
        kernel_id: account and address of the notebook.

    Returns:
        Lines to print: where to watch it, and what could not be attached.

    Raises:
        InputError: the client is not installed, or Kaggle turns the push down; the message says
            why and what to do.
    """
    if find_spec("kaggle") is None:
        raise InputError(
            "pushing needs Kaggle's client; install it with: pip install 'artnb[kaggle]'"
        )
    with kaggle_credentials():
        said, returncode = _run_client(folder)
    pushed = _PUSHED.search(said)
    if not pushed:
        raise InputError(_remedy(said, returncode, kernel_id))
    return [f"Pushed and running: {pushed[1]}", *_not_attached(said, kernel_id)]


def _run_client(folder: Path) -> tuple[str, int]:
    command = [*CLIENT, "--no-warn", "kernels", "push", "-p", str(folder)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"Kaggle did not answer within {_TIMEOUT_S // 60} minutes; look whether the notebook "
            "is there before pushing again"
        ) from error
    return done.stdout + done.stderr, done.returncode


def _not_attached(said: str, kernel_id: str) -> list[str]:
    lines = []
    for kind, names in _INVALID.findall(said):
        own = kind == "kernel" and kernel_id in names
        why = ": there is no previous version yet, which is right for a first push" if own else ""
        lines.append(f"Not attached: {kind} {names.strip()}{why}")
    return lines


def _remedy(said: str, returncode: int, kernel_id: str) -> str:
    """Turn what the client said into a sentence with a remedy; its own words may hold a token."""
    found = _STATUS.search(said)
    status = found[1] if found else ""
    if status == "401" or _UNKNOWN.search(said):
        return f"Kaggle finds no valid credentials; {how_to_get_credentials()}"
    if status in _REMEDIES:
        return _REMEDIES[status].format(id=kernel_id)
    if status.startswith("5"):
        return f"Kaggle has a problem of its own ({status}); try again in some minutes"
    if re.search(r"ConnectionError|Max retries|NameResolution|ProxyError|timed out", said):
        return "Kaggle cannot be reached; look at the connection and try again"
    missing = re.search(r"No module named '([\w.]+)'", said)
    if missing:
        return f"Kaggle's client needs {missing[1]}, which is missing: pip install {missing[1]}"
    told = re.search(r"Kernel push error: (.*)", said)
    reason = told[1] if told else _last_line(said) or f"its client ended with {returncode}"
    return f"Kaggle turned the push down: {reason}"


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return re.sub(r"(?i)(bearer|token|key)\S*\s*\S+", r"\1 …", lines[-1])[:300] if lines else ""
