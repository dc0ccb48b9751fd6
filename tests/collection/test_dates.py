"""Dates as catalogues write them, and the years they mean."""

import pytest

from artnb.collection.dates import Years, says_nothing, understand_date

UNDERSTOOD = {
    "1650": (1650, 1650),
    " 1650 ": (1650, 1650),
    "[1650]": (1650, 1650),
    "(1650)": (1650, 1650),
    "850": (850, 850),
    "c. 1650": (1645, 1655),
    "c.1650": (1645, 1655),
    "c1650": (1645, 1655),
    "C. 1650": (1645, 1655),
    "ca 1650": (1645, 1655),
    "ca. 1650": (1645, 1655),
    "circa 1650": (1645, 1655),
    "Circa 1650-55": (1645, 1660),
    "[ca. 1650]": (1645, 1655),
    "about 1650": (1645, 1655),
    "around 1503-1506": (1498, 1511),
    "approx. 1650": (1645, 1655),
    "~1650": (1645, 1655),
    "probably 1650": (1645, 1655),
    "um 1650": (1645, 1655),
    "vers 1889": (1884, 1894),
    "1650?": (1645, 1655),
    "[1650?]": (1645, 1655),
    "1650 (?)": (1645, 1655),
    "1640-45": (1640, 1645),
    "1640-5": (1640, 1645),
    "1640-1645": (1640, 1645),
    "1640–1645": (1640, 1645),
    "1640—45": (1640, 1645),
    "1640/45": (1640, 1645),
    "1640 - 1645": (1640, 1645),
    "1640 to 1645": (1640, 1645),
    "from 1640 to 1645": (1640, 1645),
    "between 1640 and 1645": (1640, 1645),
    "c. 1640-45": (1635, 1650),
    "c. 1640 - c. 1645": (1635, 1650),
    "1901-05": (1901, 1905),
    "1889-03": (1889, 1889),
    "1699-1701": (1699, 1701),
    "1650 or 1651": (1650, 1651),
    "1640, 1645 and 1650": (1640, 1650),
    "1889-03-12": (1889, 1889),
    "1889-03-12T00:00:00": (1889, 1889),
    "12/03/1889": (1889, 1889),
    "12.3.1889": (1889, 1889),
    "March 1889": (1889, 1889),
    "12 March 1889": (1889, 1889),
    "March 12, 1889": (1889, 1889),
    "12th of March 1889": (1889, 1889),
    "Sept. 1888": (1888, 1888),
    "May-June 1889": (1889, 1889),
    "Saint-Rémy, June 1889": (1889, 1889),
    "1650s": (1650, 1659),
    "1650's": (1650, 1659),
    "c. 1650s": (1645, 1664),
    "1830s-40s": (1830, 1849),
    "1830s-1840s": (1830, 1849),
    "early 1650s": (1650, 1653),
    "mid-1650s": (1653, 1656),
    "late 1650s": (1656, 1659),
    "17th century": (1601, 1700),
    "17th Century": (1601, 1700),
    "17th c.": (1601, 1700),
    "17th cent.": (1601, 1700),
    "17. Jahrhundert": (1601, 1700),
    "XVII century": (1601, 1700),
    "XIX century": (1801, 1900),
    "XVIIe siècle": (1601, 1700),
    "seventeenth century": (1601, 1700),
    "the 3rd century": (201, 300),
    "early 17th century": (1601, 1634),
    "mid-17th century": (1634, 1667),
    "late 17th century": (1667, 1700),
    "end of the 17th century": (1667, 1700),
    "first half of the 17th century": (1601, 1650),
    "2nd half 17th century": (1651, 1700),
    "third quarter of the 17th century": (1651, 1675),
    "last quarter of the seventeenth century": (1676, 1700),
    "turn of the 20th century": (1896, 1906),
    "16th-17th century": (1501, 1700),
    "16th/17th century": (1501, 1700),
    "16th or 17th century": (1501, 1700),
    "XVI-XVII century": (1501, 1700),
    "late 16th - early 17th century": (1567, 1634),
    "late 16th–early 17th century": (1567, 1634),
    "late 16th century to early 17th century": (1567, 1634),
    "before 1650": (1625, 1650),
    "by 1650": (1625, 1650),
    "before c. 1650": (1620, 1655),
    "until 1650": (1625, 1650),
    "1650 or earlier": (1625, 1650),
    "after 1650": (1650, 1675),
    "not before 1650": (1650, 1675),
    "1650 or later": (1650, 1675),
    "from 1650": (1650, 1675),
    "after 1650 and before 1660": (1650, 1660),
    "1630-35 (?)": (1625, 1640),
    "1506-ca. 1508": (1506, 1513),
    "late 1500s": (1566, 1599),
    "1600s": (1600, 1699),
    "1960s-70s": (1960, 1979),
    "early to mid 17th century": (1601, 1667),
    "17./18. Jh.": (1601, 1800),
    "XV–XVI cc.": (1401, 1600),
    "Edo period, 19th century": (1801, 1900),
    "signed and dated 1650": (1650, 1650),
    "n.d. (c. 1650)": (1645, 1655),
    "second half of the 1660s": (1665, 1669),
    "before the 17th century": (1576, 1601),
    "after the 1650s": (1659, 1684),
    "1872; reworked 1878": (1872, 1878),
    "185-": (1850, 1859),
    "185-?": (1850, 1859),
    "193?": (1930, 1939),
    "18--": (1800, 1899),
    "18??": (1800, 1899),
    "1889:03:12 10:11:12": (1889, 1889),
    "500 BC": (-500, -500),
    "c. 500 B.C.": (-505, -495),
    "130-100 BCE": (-130, -100),
    "5th century BC": (-500, -401),
}

WITHOUT_YEARS = (
    *("", "  ", "?", "-", "n.d.", "n. d.", "nd", "s.d.", "N/A", "nan", "unknown", "Unknown"),
    *("[unknown]", "date unknown", "undated", "no date", "o. J.", "(undated)"),
)

NOT_UNDERSTOOD = (
    *("Baroque", "12", "9999", "1650-1640", "65 x 50 cm", "1650, 65.5 x 50.2 cm", "dynasty 18"),
    *("16505", "March", "17", "1650.5"),
)


@pytest.mark.parametrize(("text", "years"), UNDERSTOOD.items())
def test_understood(text, years):
    assert understand_date(text) == Years(*years)
    assert not says_nothing(text)


@pytest.mark.parametrize("text", WITHOUT_YEARS)
def test_says_that_nothing_is_known(text):
    assert understand_date(text) is None
    assert says_nothing(text)


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_not_understood_rather_than_guessed(text):
    assert understand_date(text) is None
    assert not says_nothing(text)
