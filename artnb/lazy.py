"""Packages that offer names of their modules, each imported when somebody first asks for it."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def offered(
    package: str, names_of: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Let a package offer what its modules define, at no cost until it is used.

    Args:
        package: its `__name__`.
        names_of: by module the names that it defines, with spaces between them. None may be
            that of a module of the package, which would take its place once it is imported.

    Returns:
        The package's `__getattr__`, `__dir__` and `__all__`.
    """
    places = {name: module for module, names in names_of.items() for name in names.split()}

    def get(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(places[name]), name)

    return get, lambda: sorted([*vars(import_module(package)), *places]), sorted(places)
