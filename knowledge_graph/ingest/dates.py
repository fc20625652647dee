"""Dates in cells: read when they exist, reported when they cannot."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date

_DATE = re.compile(
    r"(?P<y>(?:19|20)\d{2})(?:\s*年\s*(?P<m>\d{1,2})\s*月(?:\s*(?P<d>\d{1,2})\s*[日号]?)?"
    r"|(?P<sep>[-/.])(?P<m2>\d{1,2})(?:(?P=sep)(?P<d2>\d{1,2})(?!\d))?)"
    r"|(?<!\d)(?P<p>20\d{2}[01]\d[0-3]\d)(?!\d)"
)
_UNTIL = re.compile(
    r"(?:有效期|有效|到期|截止|截至|效期|期限|活动)(?:日|期)?[^\d]{0,4}(?:至|到|截止|截至|为|[:：]|～|~|-)?\s*$|(?:至|到|截止|截至|[-~～—])\s*$"
)
_AFTER = re.compile(r"^\s*(?:到期|止|截止|失效|前有效|过期|结束|为止)")


def read_date(text: str, last: bool = False) -> tuple[date | None, bool]:
    """The first date of a text, and whether one stands there that does not exist.

    A month without a day is its first day, or its last with ``last``.
    """
    match = _DATE.search(unicodedata.normalize("NFKC", text))
    return _made(match, last) if match else (None, False)


def _made(match: re.Match[str], last: bool) -> tuple[date | None, bool]:
    if match["p"]:
        year, month, day = int(match["p"][:4]), int(match["p"][4:6]), int(match["p"][6:])
    else:
        year, month = int(match["y"]), int(match["m"] or match["m2"])
        if not 1 <= month <= 12:
            return None, True
        day = int(match["d"] or match["d2"] or (calendar.monthrange(year, month)[1] if last else 1))
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None, True
    return date(year, month, day), False


def valid_until(text: str) -> tuple[date | None, bool]:
    """The day until which a text says something holds: 有效期至2025-06-30, 2024年11月底截止."""
    plain = unicodedata.normalize("NFKC", text)
    found: tuple[date | None, bool] = (None, False)
    for match in _DATE.finditer(plain):
        if _UNTIL.search(plain[: match.start()]) or _AFTER.match(plain[match.end() :]):
            found = _made(match, last=True)
    return found


_MONTH_DAY = re.compile(
    r"(?<![\d年/.-])(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]"
    r"(?:\s*(?:[-~—至到]+)\s*(?:(?P<m2>\d{1,2})\s*月)?\s*(?P<d2>\d{1,2})\s*[日号])?(?P<end>\s*(?:之?前|以前|止|截止|截至|结束|为止|到期))?"
)
_HALF_A_YEAR = 6
"""Months; a span that ends more of them before it begins goes over the turn of the year."""
_UP_TO = re.compile(r"(?:到|至|截止|截至)\s*$")


def runs_backwards(text: str) -> bool:
    """Whether a span without a year ends before it begins (11月20日-11月10日); 12月28日-1月3日 does not."""
    for match in _MONTH_DAY.finditer(unicodedata.normalize("NFKC", text)):
        if match["d2"]:
            begins, ends = (
                (int(match["m"]), int(match["d"])),
                (int(match["m2"] or match["m"]), int(match["d2"])),
            )
            if ends < begins and begins[0] - ends[0] < _HALF_A_YEAR:
                return True
    return False


def begins_near(text: str, as_of: date) -> date | None:
    """The first day of a span without a year (11月8日到11日), in the year nearest to ``as_of``."""
    for match in _MONTH_DAY.finditer(unicodedata.normalize("NFKC", text)):
        if match["d2"]:
            return _nearest(int(match["m"]), int(match["d"]), as_of)
    return None


def ends_near(text: str, as_of: date) -> date | None:
    """The last day of a text without a year (10月31日前, 11月8日到11日), in the year nearest to ``as_of``."""
    plain = unicodedata.normalize("NFKC", text)
    for match in _MONTH_DAY.finditer(plain):
        if match["d2"] or match["end"] or _UP_TO.search(plain[: match.start()]):
            month, day = int(match["m2"] or match["m"]), int(match["d2"] or match["d"])
            return _nearest(month, day, as_of)
    return None


def _nearest(month: int, day: int, as_of: date) -> date | None:
    years = (as_of.year - 1, as_of.year, as_of.year + 1)
    days = [
        date(y, month, day)
        for y in years
        if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(y, month)[1]
    ]
    return min(days, key=lambda d: abs(d - as_of), default=None)
