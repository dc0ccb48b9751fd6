"""Give the project another address: `python -m tools.set_repository https://github.com/you/artnb`.

`[project.urls] Repository` in pyproject.toml says where the project is. The notebooks' cell that
installs repeats it, and so do badges that open a notebook in Colab or on Kaggle, in the notebooks
and in README's table. While nobody has set an address, badges would lead nowhere: there are none.
"""

import re
import sys
import tomllib
from pathlib import Path

from notebooks.build import build

ROOT = Path(__file__).parents[1]
UNSET = "OWNER/artnb"
_ADDRESS = re.compile(r"https://github\.com/([\w-]+/[\w.-]+)")
_BADGES = (
    "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
    "(https://colab.research.google.com/github/{repository}/blob/main/notebooks/{name}.ipynb)",
    "[![Open in Kaggle](https://kaggle.com/static/images/open-in-kaggle.svg)]"
    "(https://kaggle.com/kernels/welcome?src=https://github.com/{repository}/blob/main/notebooks/"
    "{name}.ipynb)",
)
_BADGE = r"\[!\[Open in [^\n|]*"


def repository(root: Path) -> str:
    """Give the owner and name that pyproject.toml has."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return _ADDRESS.fullmatch(project["urls"]["Repository"])[1]


def badges(repository: str, name: str) -> list[str]:
    """Give the badges that open a notebook, as Markdown; none while no address is set."""
    of_both = [badge.format(repository=repository, name=name) for badge in _BADGES]
    return [] if repository == UNSET else of_both


def set_repository(url: str, root: Path = ROOT) -> list[Path]:
    """Write another address wherever the present one stands, and badges that lead there.

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
    sources = sorted((root / "notebooks" / "src").glob("*.py"))
    changed = [
        path
        for path in (root / "pyproject.toml", *root.glob("*.md"), *root.glob("docs/*.md"), *sources)
        if _rewrite(path, old, new)
    ]
    for source in sources:
        notebook = root / "notebooks" / f"{source.stem}.ipynb"
        text = build(source)
        if text != notebook.read_text(encoding="utf-8"):
            notebook.write_bytes(text.encode())
            changed.append(notebook)
    return changed


def _rewrite(path: Path, old: str, new: str) -> bool:
    before = path.read_text(encoding="utf-8")
    # Not an address that only begins alike.
    after = re.sub(rf"(?<=https://github\.com/){re.escape(old)}(?![\w.-])", new, before)
    if path.suffix == ".py":
        after = _badges_below_the_title(after, path.stem, new)
    elif path.name == "README.md":
        after = _badges_in_the_table(after, new)
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


def _badges_below_the_title(source: str, name: str, repository: str) -> str:
    bare = re.sub(rf"(?:# {_BADGE}\n)+#\n", "", source)
    lines = "".join(f"# {badge}\n" for badge in badges(repository, name))
    below = f"{lines}#\n" if lines else ""
    return re.sub(r"^# # .*\n#\n", lambda title: title[0] + below, bare, count=1, flags=re.M)


def _badges_in_the_table(readme: str, repository: str) -> str:
    """Give the table of notebooks a last column with badges, or take it away."""
    bare = re.sub(rf" {_BADGE}\|$", "", readme, flags=re.M)
    bare = re.sub(r"^(\| notebook .*\|) open \|\n(\|.*\|)---\|$", r"\1\n\2", bare, flags=re.M)
    if repository == UNSET:
        return bare
    with_head = re.sub(r"^(\| notebook .*\|)\n(\|.*\|)$", r"\1 open |\n\2---|", bare, flags=re.M)

    def row(match: re.Match) -> str:
        return f"{match[0]} {' '.join(badges(repository, match[1]))} |"

    return re.sub(r"^\| \[(\d\d_\w+)\]\(notebooks/.*\|$", row, with_head, flags=re.M)


if __name__ == "__main__":
    try:
        changed = set_repository(*sys.argv[1:])
    except (ValueError, TypeError):
        sys.exit("URL must look like https://github.com/OWNER/NAME: "
                 "make set-repository URL=https://github.com/you/artnb")  # fmt: skip
    print(f"{repository(ROOT)} now stands in " + (", ".join(p.name for p in changed) or "no file"))
