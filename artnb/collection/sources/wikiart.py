"""WikiArt as ArtGAN's lists and folders have it: `Style/artist_title-year.jpg`.

The lists have two columns without a header, the path and the number of the style. Artist, title
and year are in the name of the file: words are joined by "-", the artist is what comes before the
first "_", and many titles end in a year, behind which a number tells pictures of one title apart
("-1882(1)", "-1912-3").

Source: Tan, Chan, Aguirre and Tanaka, "Ceci n'est pas une pipe: A deep convolutional network for
fine-art paintings classification" (2016), and the lists in github.com/cs-chan/ArtGAN. Deviations:
letters that were decoded wrongly in their names ("joaquã­n") are mended; the lists write
"Art_Nouveau_Modern" where their list of classes has "Art_Nouveau", and the lists count.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from artnb.collection.text_tables import Found, Problem, read_rows
from artnb.data.listing import IMAGE_SUFFIXES

if TYPE_CHECKING:
    from pandas import DataFrame

STYLES = (
    *("Abstract Expressionism", "Action painting", "Analytical Cubism", "Art Nouveau Modern"),
    *("Baroque", "Color Field Painting", "Contemporary Realism", "Cubism", "Early Renaissance"),
    *("Expressionism", "Fauvism", "High Renaissance", "Impressionism"),
    *("Mannerism Late Renaissance", "Minimalism", "Naive Art Primitivism", "New Realism"),
    *("Northern Renaissance", "Pointillism", "Pop Art", "Post Impressionism", "Realism", "Rococo"),
    *("Romanticism", "Symbolism", "Synthetic Cubism", "Ukiyo e"),
)
_PATH = re.compile(r"[^/]+/[^/]+", re.DOTALL)
# "â\xa0" is a space, "ã" and what follows it a letter: UTF-8 read as latin-1, then in lower case.
_MISREAD = re.compile("[âã][\x80-\xbf]")
_DATE = re.compile(
    r"-(?P<circa>(?:c|ca|circa)-)?"
    r"(?P<date>1[0-9]{3}s?|20[0-2][0-9]|[0-9]{1,2}(?:st|nd|rd|th)-century)"
    r"(?:-[0-9]{1,3}|\([0-9]+\))?$"
)
_COUNT = re.compile(r"\(([0-9]+)\)$")
_NOT_DETECTED = re.compile(r"not[-_]detected[-_][0-9]+(?:\([0-9]+\))?$")


def is_list(fields: list[str]) -> bool:
    """Say whether the first row of a table is one of a WikiArt list."""
    return (
        len(fields) == 2
        and bool(_PATH.fullmatch(fields[0]))
        and PurePosixPath(fields[0]).suffix.lower() in IMAGE_SUFFIXES
        and fields[1].strip().isdigit()
    )


def read_list(path: Path) -> Found:
    """Read a list of paths with the numbers of their styles.

    Args:
        path: such as `artgan_wikiart_style_train.csv.gz`.

    Returns:
        A row for each path; the style's number is kept as `class`, the list's name as `list`.
    """
    found = read_rows(path, header=("path", "class"))
    problems, whole = list(found.problems), []
    for line, written, number in found.table.itertuples(name=None):
        if not _PATH.fullmatch(written):
            problem = "has no path such as Baroque/rembrandt_night-watch-1642.jpg"
        elif not number.strip().isdigit():
            problem = f"has {number.strip()!r} where the number of a style must be"
        else:
            whole.append(line)
            continue
        problems.append(Problem(path.name, line, problem, f"{written},{number}"))
    rows = found.table.loc[whole]
    table = describe(rows["path"]).set_index(rows.index)
    table["class"], table["list"] = rows["class"].str.strip(), path.name
    return Found(path.name, "a WikiArt list", table, None, problems, found.remarks)


def describe(paths: Iterable[str]) -> "DataFrame":
    """Understand paths such as `Baroque/rembrandt_night-watch-1642.jpg`.

    Returns:
        A row for each, with `id` (the path), `path`, `artist`, `title`, `style` and `date`.
    """
    import pandas

    columns = ("id", "path", "artist", "title", "style", "date")
    rows = [(path, path, *_describe(path)) for path in paths]
    return pandas.DataFrame(rows, columns=list(columns), dtype=object)


def _describe(path: str) -> tuple[str, str, str, str]:
    """Give artist, title, style and date."""
    style, _, name = path.partition("/")
    stem = name[: name.rfind(".")] if "." in name else name
    artist, _, title = _mended(stem).partition("_")
    date = ""
    if _NOT_DETECTED.fullmatch(title):
        title = ""
    elif match := _DATE.search(title):
        circa = "c. " if match["circa"] else ""
        title, date = title[: match.start()], circa + match["date"].replace("-", " ")
    title = _COUNT.sub(r" (\1)", title).replace("-", " ")
    return _spelled(artist), title[:1].upper() + title[1:], style.replace("_", " "), date


def _mended(text: str) -> str:
    if text.isascii():
        return text
    return _MISREAD.sub(lambda match: match[0].upper().encode("latin-1").decode(), text)


@cache  # some thousand artists painted all of it
def _spelled(name: str) -> str:
    """Spell a name with capitals: `gustav-klimt` is Gustav Klimt."""
    words = name.replace("\xa0", "-").split("-")
    return " ".join(word[:1].upper() + word[1:] for word in words if word)
