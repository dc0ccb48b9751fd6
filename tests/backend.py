"""Which tests need a backend: those whose files load Keras, and those that say so.

A test file loads Keras where its imports lead there, through however many modules of ours, or
those of its folder's `conftest.py`. Imports within functions do not count: a test that gets to
Keras by one is marked `backend`. All others run where no backend can be imported, so that a mark
that is missing is found.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

ROOT = Path(__file__).parents[1]
BACKENDS = {"keras", "tensorflow", "jax"}


@cache
def loads_keras(path: Path) -> bool:
    """Say whether importing a file of this project imports Keras or a backend."""
    seen, left = {path}, [path]
    while left:
        names = _imported_names(left.pop())
        if any(name.partition(".")[0] in BACKENDS for name in names):
            return True
        found = {file for name in names for file in _files(name)} - seen
        seen |= found
        left += found
    return False


@cache
def _imported_names(path: Path) -> frozenset[str]:
    """Name the modules that importing a file imports, and what it takes from them."""
    package = path.relative_to(ROOT).parent.parts
    names = set()
    for statement in _run_on_import(_parsed(path)):
        if isinstance(statement, ast.Import):
            names |= {alias.name for alias in statement.names}
        else:
            above = package[: len(package) - statement.level + 1] if statement.level else ()
            module = ".".join([*above, *filter(None, [statement.module])])
            names |= {f"{module}.{alias.name}" for alias in statement.names}
    return frozenset(names)


def _run_on_import(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from _run_on_import(ast.Module(node.orelse, []))
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _run_on_import(node)


@cache
def _files(name: str) -> frozenset[Path]:
    """Find the files of this project that importing a name runs: packages and a module."""
    parts = name.split(".")
    found = []
    for count in range(1, len(parts) + 1):
        folder = ROOT.joinpath(*parts[:count])
        found += [folder / "__init__.py", folder.with_suffix(".py")]
    package, _, last = name.rpartition(".")
    lazy = _offered(ROOT.joinpath(*package.split("."), "__init__.py")).get(last)
    return frozenset(path for path in found if path.is_file()) | (_files(lazy) if lazy else set())


@cache
def _offered(package: Path) -> dict[str, str]:
    """Say which module each name is from that a package offers and imports when it is asked for."""
    if not package.is_file():
        return {}
    calls = [node for node in ast.walk(_parsed(package)) if isinstance(node, ast.Call)]
    tables = [ast.literal_eval(c.args[1]) for c in calls if ast.unparse(c.func) == "offered"]
    return {name: module for t in tables for module, names in t.items() for name in names.split()}


@cache
def _parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


class _WithoutBackends(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name in BACKENDS else PathFinder.find_spec(name, path, target)


def hide_backends() -> None:
    """Let importing Keras or a backend fail in this process, as where none is installed."""
    sys.meta_path[sys.meta_path.index(PathFinder)] = _WithoutBackends
