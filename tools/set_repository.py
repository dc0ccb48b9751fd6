"""Give the project another address: `python tools/set_repository.py https://github.com/you/artnb`.

`[project.urls] Repository` in pyproject.toml says where the project is. README and notebooks repeat
it in badges and in the cell that installs; this rewrites all of them, for a fork.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
_ADDRESS = re.compile(r"https://github\.com/([\w-]+/[\w.-]+)")
# Badges name the repository within Colab's own address.
_PLACES = ("https://github.com/{}", "https://colab.research.google.com/github/{}")


def repository(root: Path) -> str:
    """Give the owner and name that pyproject.toml has."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return _ADDRESS.fullmatch(project["urls"]["Repository"])[1]


def set_repository(url: str, root: Path = ROOT) -> list[Path]:
    """Write another address wherever the present one stands.

    Args:
        url: `https://github.com/OWNER/NAME`; a trailing slash or `.git` is left off.
        root: the project's folder.

    Returns:
        The files that changed.

    Raises:
        ValueError: `url` is no address of a GitHub repository.
    """
    match = _ADDRESS.fullmatch(url.strip().removesuffix("/").removesuffix(".git"))
    if not match:
        raise ValueError(f"URL must look like https://github.com/OWNER/NAME, got {url!r}")
    old, new = repository(root), match[1]
    return [path for path in _texts(root) if _rewrite(path, old, new)]


def _texts(root: Path) -> list[Path]:
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    sources = sorted((root / "notebooks" / "src").glob("*.py"))
    return [root / "pyproject.toml", *sorted(root.glob("*.md")), *sources, *notebooks]


def _rewrite(path: Path, old: str, new: str) -> bool:
    before = after = path.read_text(encoding="utf-8")
    for place in _PLACES:
        # Not an address that only begins alike.
        after = re.sub(re.escape(place.format(old)) + r"(?![\w.-])", place.format(new), after)
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


if __name__ == "__main__":
    try:
        changed = set_repository(*sys.argv[1:])
    except (ValueError, TypeError):
        sys.exit("URL must look like https://github.com/OWNER/NAME: "
                 "make set-repository URL=https://github.com/you/artnb")  # fmt: skip
    print(f"{repository(ROOT)} now stands in " + (", ".join(p.name for p in changed) or "no file"))
