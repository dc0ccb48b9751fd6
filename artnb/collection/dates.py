"""Years understood from dates as catalogues write them: "c. 1650", "1640-45", "17th century".

| written | understood as |
|---|---|
| 1650, [1650], (1650), March 1650, 1650-03-12, 12/03/1650 | 1650 |
| 1640-45, 1640–1645, 1640/45, from 1640 to 1645 | 1640 to 1645 |
| 1650 or 1651; 1640, 1645 and 1650 | the earliest to the latest |
| c. 1650, about 1650, probably 1650, 1650? | 5 years more on either side: 1645 to 1655 |
| c. 1640-45 | 5 years more on either side: 1635 to 1650 |
| 1650s, early 1650s | 1650 to 1659; the first third, 1650 to 1653 |
| 1600s, early 1600s | 1600 to 1699, as museums write centuries; 1600 to 1633 |
| 17th century, XVII century | 1601 to 1700 |
| early, mid, late 17th century | a third: 1601 to 1634, 1634 to 1667, 1667 to 1700 |
| first half, third quarter of the 17th century | 1601 to 1650, 1651 to 1675 |
| late 16th - early 17th century | 1567 to 1634 |
| 185-, 193?, 18-- | 1850 to 1859, 1930 to 1939, 1800 to 1899 |
| before 1650, by 1650 | 25 years: 1625 to 1650 |
| after 1650, 1650 or later | 25 years: 1650 to 1675 |
| 500 BC | -500 |

Two digits after a year and a dash are the end of a range where they are larger than the year's
own ("1901-05" ends in 1905), and a month where they are not ("1889-03").

Source: "ca." is 5 years on either side in Cataloging Cultural Objects (CCO), 4.2.3.2; centuries
are counted from their year 1, as catalogues do. Thirds, and the 25 years of "before" and
"after", are this project's own: wide enough to choose by, no claim about a painting.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

CIRCA_YEARS = 5
OPEN_YEARS = 25
LATEST_YEAR = 2100
_MOST_LETTERS = 200

_NOTHING = re.compile(
    r"(?:(?:date |year )?unknown(?: date)?|undated|no date|not dated|n\.? ?d\.?|s\.? ?d\.?|n/a|"
    r"nan|none|null|tbd|unbekannt|undatiert|o\. ?j\.|sans date|sin fecha|senza data|[\s?.\-]*)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
_TO = r"\s*(?:-|/|\bor\b|\bto\b|\band\b|\buntil\b|\bbis\b|&)\s*"
_PART = (
    r"(?:very )?(?:early|beginning|start|mid(?:dle)?|late|end|turn|"
    r"(?:first|second|third|fourth|last|1st|2nd|3rd|4th) (?:half|quarter|third))\b"
)
_THIRD = r"(early|mid|middle|late)"
_TWO_PARTS = rf"\b{_THIRD}{_TO}{_THIRD}[\s-]+(\d{{1,2}}th century)"
_MOMENT = re.compile(
    r"(?:\b(?P<side>before|after)\s+)?(?:\bthe\s+)?(?P<circa>\bcirca\s+)?(?:\bthe\s+)?"
    rf"(?:\b(?P<part>{_PART})[\s-]*(?:of\s+)?(?:the\s+)?)?(?P<circa_after>\bcirca\s+)?"
    rf"(?P<when>\b(?P<century>\d{{1,2}})(?:st|nd|rd|th) century\b|\b(?P<decade>\d{{2,3}}0)s\b|"
    r"(?<![\d.])(?P<year>\d{3,4})\b(?!\.\d))(?P<doubt>\s*\?)?"
)
_CONNECTING = {"or", "to", "and", "until", "bis", "from", "between", "in", "the", "of", "bc", "ad"}
# Each is put into the one form that _MOMENT knows; the order matters.
_REWRITINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"[‐‑‒–—−]", "-"),
        (r"\b(1[0-9]|20)(?:--|\?\?|__)", r"\g<1>00s"),
        (r"\b(1[0-9]{2}|20[0-2])(?:[-_]\??|\?)(?=$|[\s,;)\]])", r"\g<1>0s"),
        (r"[\[\](){}<>\"“”]", " "),
        (r"(?<=\d)['’]s\b", "s"),
        (
            r"\b(?:circa|ca|approximately|approx|about|around|probably|possibly|perhaps)\b\.?",
            "circa ",
        ),
        (r"\bc\.\s*(?=\d|early|mid|late|the)|\bc\s?(?=\d{3})|~|±", "circa "),
        (r"\b(?:um|etwa|vers|hacia|verso)\s+(?=\d)", "circa "),
        (
            r"\b(?:not after|no later than|prior to|pre-?|ante|by|vor|avant)\s*(?=circa|\d)",
            "before ",
        ),
        (
            r"\b(?:not before|no earlier than|post-?|since|nach|après|begun)\s*(?=circa|\d)",
            "after ",
        ),
        (r"^(?:until|bis|to)\s+", "before "),
        (r"^(?:from|since)\s+(?=[^-]*$)(?!.*\b(?:to|until|and)\b)", "after "),
        (r"(\d+s?) (?:or|and) (?:later|after)\b(?! *\d)", r"after \1"),
        (r"(\d+s?) (?:or|and) (?:earlier|before)\b(?! *\d)", r"before \1"),
        (
            r"\b(\d{4})[-/.:](?:0?[1-9]|1[0-2])[-/.:](?:3[01]|[0-2]?\d)(?!\d)(?:[t ][\d:.z+]+)?",
            r"\1",
        ),
        (r"\b(?:[0-2]?\d|3[01])[-/.](?:[0-2]?\d|3[01])[-/.](\d{4})\b", r"\1"),
        (rf"\b(?:[0-2]?\d|3[01])(?:st|nd|rd|th)?\.?(?: of)?[\s-]+(?={_MONTH})", " "),
        (rf"\b({_MONTH})\s+(?:[0-2]?\d|3[01])(?:st|nd|rd|th)?\b(?!\d)", r"\1"),
        (rf"\b{_MONTH}[\s,-]*", " "),
        (
            r"\b(?:centuries|cent\.?|siècle|siecle|jahrhunderts?|jhd?\.?|secolo|siglo)(?!\w)",
            "century",
        ),
        (r"(?<=\d(?:st|nd|rd|th)) ?c\b\.?", " century"),
        (r"(?<=[ivx]) ?cc?\.", " century"),
        (r"(?<=\d)\.\s*(?=century)", "th "),
        (r"(?<=\d)\.(?=\s*[-/]\s*\d{1,2}th century)", "th"),
        (r"-(?=century)", " "),
    )
)


@dataclass(frozen=True)
class Years:
    """The years within which something was made, both included; negative ones are BC."""

    first: int
    last: int


def understand_date(text: str) -> Years | None:
    """Understand a date as catalogues write it.

    Args:
        text: such as `"c. 1650"`; this module's table says what is understood.

    Returns:
        The years, or None where the text tells none; `says_nothing` tells whether that is
        because it says that nothing is known.
    """
    if len(text) > _MOST_LETTERS or says_nothing(text):
        return None
    simple = _simplify(text)
    before_christ = bool(re.search(r"\bb\.? ?c\.?(?: ?e\.?)?(?!\w)", simple))
    found = list(_MOMENT.finditer(simple))
    rest = _MOMENT.sub(" ", simple)
    if not found or re.search(r"\d", rest):
        return None
    # "c. 1640-45", "1640-45?": said once, of both
    circa = _is_circa(found[0]) or bool(found[-1]["doubt"])
    spans = [_span(match, circa or _is_circa(match), before_christ) for match in found]
    return _union(spans, [match["side"] for match in found])


def says_nothing(text: str) -> bool:
    """Say whether a date is empty or says that nothing is known, such as "n.d."."""
    return bool(_NOTHING.fullmatch(text.strip().strip("[]()").casefold()))


def find_date(text: str) -> str:
    """Find the date in a description such as `"1574-88, oil on canvas, 56 x 47 cm, Louvre"`.

    Args:
        text: parts with commas between them.

    Returns:
        The first part that is a date and nothing else, or "".
    """
    for part in text.split(","):
        rest = _MOMENT.sub(" ", _simplify(part))
        if understand_date(part) and not set(re.findall(r"[^\W\d_]+", rest)) - _CONNECTING:
            return part.strip()
    return ""


def _simplify(text: str) -> str:
    text = " ".join(text.casefold().split())
    for pattern, replacement in _REWRITINGS:
        text = pattern.sub(replacement, text)
    text = _spell_centuries(text)
    text = re.sub(rf"(?<!\d)(\d{{3,4}})(s?){_TO}(\d{{1,2}})(s?)(?!\w|\.\d)", _complete_year, text)
    return " ".join(text.split())


def _complete_year(match: re.Match[str]) -> str:
    """Write the end of a range in full: 1640-45 becomes 1640 - 1645, 1889-03 becomes 1889."""
    first, decade, end, decades = match.groups()
    last = first[: -len(end)] + end
    if int(last) > int(first):
        return f"{first}{decade} - {last}{decades}"
    return first if len(end) == 2 and 1 <= int(end) <= 12 else match[0]


def _spell_centuries(text: str) -> str:
    """Write centuries as "17th century", each of them: Roman, in words, or of two but once."""
    if "century" not in text:
        return text
    text = re.sub(
        rf"\b({'|'.join(_ORDINALS)})\b(?! (?:half|quarter|third)\b)",
        lambda match: f"{_ORDINALS.index(match[1]) + 1}th",
        text,
    )
    text = re.sub(
        r"\b([ivx]+)(?:th|st|nd|rd|e|ème|eme|°)?\b(?=[^a-z]|$)",
        lambda match: f"{_from_roman(match[1])}th",
        text,
    )
    text = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+century", r"\1th century", text)
    text = re.sub(_TWO_PARTS, r"\1 \3 - \2 \3", text)
    between = (
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?={_TO}(?:the\s+)?(?:{_PART}[\s-]*(?:of the\s+)?)?\d)"
    )
    return re.sub(between, r"\1th century", text)


def _from_roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in text]
    return sum(
        -value if value < max(values[index:]) else value for index, value in enumerate(values)
    )


def _is_circa(match: re.Match[str]) -> bool:
    return bool(match["circa"] or match["circa_after"] or match["doubt"])


def _span(match: re.Match[str], circa: bool, before_christ: bool) -> Years:
    """Give the years of one century, decade or year with what is said about it."""
    first, last = _core(match, before_christ)
    if match["part"]:
        first, last = _part(match["part"], first, last)
    if match["side"] and not match["year"]:
        first = last = first if match["side"] == "before" else last
    if circa:
        first, last = first - CIRCA_YEARS, last + CIRCA_YEARS
    if match["side"] == "before":
        first = first - OPEN_YEARS
    elif match["side"] == "after":
        last = last + OPEN_YEARS
    return Years(first, last)


def _core(match: re.Match[str], before_christ: bool) -> tuple[int, int]:
    if match["century"]:
        first, years = 100 * int(match["century"]) - 99, 100
    elif match["decade"]:
        first = int(match["decade"])
        years = 10 if first % 100 else 100
    else:
        first, years = int(match["year"]), 1
    last = first + years - 1
    return (-last, -first) if before_christ else (first, last)


def _part(part: str, first: int, last: int) -> tuple[int, int]:
    """Give a third, half or quarter of some years."""
    number, of = _share(part.split())
    if of == 0:
        return first - CIRCA_YEARS, first + CIRCA_YEARS  # "turn of the 20th century"
    years = last - first + 1
    return first + years * number // of, first - (-years * (number + 1) // of) - 1


def _share(words: list[str]) -> tuple[int, int]:
    """Give which share of how many words such as `third quarter` or `early` mean."""
    parts = {"half": 2, "third": 3, "quarter": 4}.get(words[-1], 3)
    word = words[-2] if len(words) > 1 and words[-1] in ("half", "third", "quarter") else words[-1]
    if word == "turn":
        return 0, 0
    if word in ("late", "end", "last"):
        return parts - 1, parts
    numbers = {"second": 1, "2nd": 1, "mid": 1, "middle": 1, "third": 2, "3rd": 2}
    return numbers.get(word, 3 if word in ("fourth", "4th") else 0), parts


def _union(spans: list[Years], sides: list[str | None]) -> Years | None:
    """Give the years from the earliest to the latest, where they make sense."""
    afters = [span.first for span, side in zip(spans, sides, strict=True) if side == "after"]
    befores = [span.last for span, side in zip(spans, sides, strict=True) if side == "before"]
    if afters and befores:
        first, last = min(afters), max(befores)
    else:
        first, last = spans[0].first, max(span.last for span in spans)
    in_order = all(one.first <= other.last for one, other in pairwise(spans))
    return Years(first, last) if in_order and first <= last <= LATEST_YEAR else None
