"""Folders whose subfolders are classes: styles, artists or genres."""

from collections import Counter
from pathlib import Path, PurePosixPath

from artnb.collection.sources import wikiart
from artnb.collection.text_tables import Found, Problem, first_words, plain
from artnb.data.listing import (
    NO_PICTURE,
    describe_reasons,
    list_images,
    look_through,
)
from artnb.errors import InputError

CLASSES = ("style", "artist", "genre")
_WIKIART = {plain(style) for style in wikiart.STYLES}


def read_folders(folder: Path, classes: str = "style") -> Found:
    """Read a folder of pictures; the folder right below it that a picture is in is its class.

    Where all classes are styles of WikiArt and every file is called `artist_title`, artist,
    title and date are understood too.

    Args:
        folder: with pictures in it or in folders below.
        classes: the column that the subfolders' names go to, one of `CLASSES`.

    Raises:
        InputError: there are no pictures.
    """
    import pandas

    files, problems = _list(folder)
    if not files:
        raise InputError(
            f"{folder} must hold pictures, in subfolders that are named for what they are, and "
            "it holds none; choose another folder"
        )
    if classes == "style" and _is_wikiart(files):
        table = wikiart.describe(files)
        return Found(folder.name, "folders of WikiArt's styles", table, folder, problems)
    names = [file.partition("/")[0] if "/" in file else "" for file in files]
    names = [name.replace("_", " ") for name in names]
    table = pandas.DataFrame({"id": files, "path": files, classes: names}, dtype=object)
    found = first_words(f"{name} ({count:,})" for name, count in Counter(names).items() if name)
    kind = f"a folder of {classes}s: {found}" if found else "a folder of pictures"
    return Found(folder.name, kind, table, folder, problems, _other_files(folder))


def _list(folder: Path) -> tuple[list[str], list[Problem]]:
    """List the pictures, and those whose names no table can hold."""
    files, problems = [], []
    for path in list_images(folder):
        file = path.relative_to(folder).as_posix()
        try:
            file.encode()
        except UnicodeEncodeError:
            shown = file.encode(errors="replace").decode()
            problems.append(Problem(folder.name, 0, "has a name that is not UTF-8", shown))
        else:
            files.append(file)
    return files, problems


def _is_wikiart(files: list[str]) -> bool:
    styles = {plain(file.partition("/")[0]) if "/" in file else "" for file in files}
    return styles <= _WIKIART and all("_" in file.partition("/")[2] for file in files)


def _other_files(folder: Path) -> list[str]:
    """Say what lies there and is no picture, so that nothing is passed over in silence."""
    named = look_through(folder).reasons(folder)
    others = Counter(
        PurePosixPath(name).suffix.lower() or "no ending"
        for name, reason in named
        if reason == NO_PICTURE
    )
    remarks = describe_reasons((name, why) for name, why in named if why != NO_PICTURE)
    if not others:
        return remarks
    kinds = first_words(f"{count:,} with {suffix}" for suffix, count in others.most_common())
    count = f"{sum(others.values()):,} files are no pictures and were passed over: {kinds}"
    return [count, *remarks]
