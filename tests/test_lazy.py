"""What artnb and its rooms offer: every name leads somewhere, and none costs anything before."""

import importlib
import pkgutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

import artnb
from artnb.lazy import offered

ROOMS = [module.name for module in pkgutil.iter_modules(artnb.__path__, "artnb.") if module.ispkg]
OFFERED = [
    (package, name)
    for package in ("artnb", *ROOMS)
    for name in getattr(importlib.import_module(package), "__all__", ())
]


@pytest.mark.backend
@pytest.mark.parametrize(("package", "name"), OFFERED, ids=str)
def test_every_name_leads_somewhere(package, name):
    assert getattr(importlib.import_module(package), name) is not None
    # A module of that name would take its place as soon as it is imported.
    assert find_spec(f"{package}.{name}") is None


def test_the_whole_way_is_offered():
    way = {"open_dataset", "prepare", "train", "open_run", "translate", "evaluate", "make_gallery"}
    assert way | {"show"} <= set(artnb.__all__) <= set(dir(artnb))


def test_a_name_that_is_not_offered():
    with pytest.raises(AttributeError, match="module 'artnb' has no attribute 'tarin'"):
        artnb.tarin  # noqa: B018


def test_a_function_is_the_one_that_its_module_has_now(monkeypatch):
    get, _, names = offered("artnb", {"artnb.files": "sha256_of stamp_of"})
    monkeypatch.setattr("artnb.files.sha256_of", "another")
    assert names == ["sha256_of", "stamp_of"]
    assert get("sha256_of") == "another"


def test_importing_artnb_is_quick_and_loads_no_backend():
    code = (
        "import sys, time; began = time.perf_counter(); import artnb\n"
        "print(time.perf_counter() - began, *sys.modules)"
    )
    command = [sys.executable, "-c", code]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(3)]
    seconds, *modules = min(
        (run.stdout for run in runs), key=lambda text: float(text.split()[0])
    ).split()
    assert float(seconds) < 0.3
    assert not {"keras", "tensorflow", "jax", "numpy", "PIL", "matplotlib", "pandas"} & {*modules}
