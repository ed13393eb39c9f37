"""Days as people write them, each with how exactly it was said: no day is invented.

`2023.6.1`, `2023年6月`, `6月底前`, `三季度`, `年底前`, `两周内`, `长期有效`. A day without a year
stays without one; only whoever asks when it comes next (`last_day`) gets one.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from portal.written.numerals import UNITS, WORDS, either, folded, number_of


class Precision(StrEnum):
    """How exactly a day was said."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    #: For as long as it lasts: no day at all.
    OPEN = "open"


class Bound(StrEnum):
    """On which side of it things are meant to happen."""

    BY = "by"
    FROM = "from"


@dataclass(frozen=True)
class Written:
    """A day, month, quarter, half or year as it was written; without a year where none was."""

    precision: Precision
    said: str
    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    #: Of a month: its last day that is meant (10 for 上旬).
    until: int = 31
    bound: Bound | None = None

    @property
    def names_year(self) -> bool:
        """Whether the year stands there; a table must name it, a message need not."""
        return self.year is not None or self.precision is Precision.OPEN

    @property
    def iso(self) -> str:
        """It as a machine reads it, no finer than it was said: 2022-12, 2024-Q3, --11-01."""
        year = "-" if self.year is None else f"{self.year:04d}"
        if self.precision is Precision.DAY:
            return f"{year}-{self.month:02d}-{self.day:02d}"
        if self.precision is Precision.MONTH:
            return f"{year}-{self.month:02d}"
        if self.precision is Precision.QUARTER:
            return f"{year}-Q{(self.month or 3) // 3}"
        if self.precision is Precision.HALF:
            return f"{year}-H{(self.month or 6) // 6}"
        return "" if self.precision is Precision.OPEN else year

    @property
    def precision_name(self) -> str:
        """The precision, saying also where the year is missing."""
        return str(self.precision) if self.names_year else f"{self.precision}-without-year"

    def last_day(self, today: date) -> date | None:
        """Return its last day; of one without a year the next that is to come."""
        if self.precision is Precision.OPEN:
            return None
        for year in [self.year] if self.year else range(today.year, today.year + 9):
            month = self.month or 12
            last = calendar.monthrange(year, month)[1]
            if self.day and self.day > last:
                continue  # the 29th of February waits for its year
            found = date(year, month, self.day or min(self.until, last))
            if self.year or found >= today:
                return found
        return None


_D = WORDS["dates"]
_CHINESE = "".join(WORDS["digits"])
_CHINESE_TENS = _CHINESE + "".join(word for word, value in UNITS.items() if value == 10)
_NUMBER = rf"(?:\d{{1,2}}|[{_CHINESE_TENS}]{{1,3}})"
_YEAR = (
    rf"(?:(?P<year>(?<!\d)(?:19|20|21)\d\d|[{_CHINESE}]{{4}})\s*{_D['year']}(?:{_D['annual']})?"
    rf"|(?P<named_year>{either(_D['years'])}))"
)
#: Two digits are a year only where a month or a part of the year follows.
_SHORT_YEAR = (
    rf"(?<!\d)(?P<short_year>\d\d)\s*{_D['year']}"
    rf"(?=\s*(?:\d|[{_CHINESE_TENS}]|{_D['year_ends']}))"
)
_ANY_YEAR = rf"(?:(?:{_YEAR}|{_SHORT_YEAR})(?:{_D['of']})?\s*)?"
_MONTH_END = either(_D["month_ends"])
_GREGORIAN = r"(?P<year>(?<![\d.])(?<!\d,)(?:19|20|21)\d\d)\s*"

_BEFORE = re.compile(rf"(?:{either(_D['by_before'])})\s*[::]?\s*$")
_AFTER = re.compile(
    rf"\s*(?:(?P<by>{either(_D['by_after'])})|(?P<since>{either(_D['from_after'])}))"
)
_JOINED = re.compile(rf"\s*(?:{either(WORDS['money']['range'])})\s*")

#: A span behind one of these lies in the past and ends nothing: the last three years.
_NOT_PAST = "".join(rf"(?<!{re.escape(word)})" for word in _D["span_before"]) + r"(?<!\d)"


def _number(text: str) -> int:
    """Return a small number in either writing; the four digits of a year stand side by side."""
    digits = [str(WORDS["digits"][c]) for c in text if c in WORDS["digits"]]
    if len(digits) == len(text) > 1:
        return int("".join(digits))
    return int(number_of(text) or 0)


def _year(match: re.Match[str], today: date) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return _number(groups["year"])
    if groups.get("named_year"):
        shift: int = _D["years"][groups["named_year"]]
        return today.year + shift
    return 2000 + int(groups["short_year"]) if groups.get("short_year") else None


def _made(match: re.Match[str], precision: Precision, year: int | None = None) -> Written:
    return Written(precision, match[0].strip(), match.start(), match.end(), year)


def _in_figures(match: re.Match[str], today: date) -> Written | None:
    made = _made(match, Precision.DAY if match["day"] else Precision.MONTH, _year(match, today))
    day = int(match["day"]) if match["day"] else None
    return replace(made, month=int(match["month"]), day=day)


def _in_words(match: re.Match[str], today: date) -> Written | None:
    day = _number(match["day"]) if match["day"] else None
    made = _made(match, Precision.DAY if day else Precision.MONTH, _year(match, today))
    until: int = _D["month_ends"].get(match["part"] or "", 31)
    return replace(made, month=_number(match["month"]), day=day, until=until)


def _of_quarter(match: re.Match[str], today: date) -> Written | None:
    quarter = _number(match["quarter"])
    return replace(_made(match, Precision.QUARTER, _year(match, today)), month=quarter * 3)


def _of_half(match: re.Match[str], today: date) -> Written | None:
    half: int = _D["half"][match["half"]]
    return replace(_made(match, Precision.HALF, _year(match, today)), month=half * 6)


def _at_year_end(match: re.Match[str], today: date) -> Written | None:
    return replace(_made(match, Precision.MONTH, _year(match, today)), month=12)


def _whole_year(match: re.Match[str], today: date) -> Written | None:
    return _made(match, Precision.YEAR, _year(match, today) or today.year)


def _named_month(match: re.Match[str], today: date) -> Written | None:
    months: int = _D["months"][match["named_month"]]
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return replace(_made(match, Precision.MONTH, year), month=month + 1)


def _span(match: re.Match[str], today: date) -> Written | None:
    """Return the day at which a span from today ends: two weeks, half a year."""
    count = None if match["count"] == WORDS["half"] else _number(match["count"])
    end = _after(today, count, _D["spans"][match["unit"]])
    if end is None:
        return None
    made = _made(match, Precision.DAY, end.year)
    return replace(made, month=end.month, day=end.day, bound=Bound.BY)


def _after(today: date, count: int | None, unit: str) -> date | None:
    """Return the day so many units from today; None as count is half a unit."""
    if count is not None and unit in ("days", "weeks", "workdays"):
        # Working days without a table of holidays: five of them are a week.
        days = {"days": count, "weeks": 7 * count, "workdays": -(-count * 7 // 5)}[unit]
        return today + timedelta(days=days)
    if count is None:
        return _after(today, 6, "months") if unit == "years" else today + timedelta(days=15)
    months = count * (12 if unit == "years" else 1)
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    if year > LAST_YEAR:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last))


def _open_ended(match: re.Match[str], today: date) -> Written | None:
    return _made(match, Precision.OPEN)


#: As far before a day as a word that bounds it begins.
LONGEST_WORD = 12
#: Years beyond this are slips.
LAST_YEAR = 2199
Reader = Callable[[re.Match[str], date], Written | None]
#: What a day can look like, the fuller forms first: at one place the first that reads is meant.
FORMS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (
            _GREGORIAN
            + r"(?P<joint>[-./])\s*(?P<month>\d{1,2})(?:\s*(?P=joint)\s*(?P<day>\d{1,2}))?"
            + rf"(?:\s*(?:{_D['day']})|[T ]\d\d:\d\d(?::\d\d)?)?"
            + rf"(?![\d]|\.\d|-\d|\s*(?:{either(_D['no_date_after'])}))",
            _in_figures,
        ),
        (
            r"(?P<year>(?<![\d.])(?<!\d,)20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
            _in_figures,
        ),
        (
            rf"{_ANY_YEAR}(?<![\d.])(?P<month>{_NUMBER})\s*(?:{_D['month']})\s*"
            rf"(?:(?P<day>{_NUMBER})\s*(?:{_D['day']})|(?P<part>{_MONTH_END}))?",
            _in_words,
        ),
        (rf"{_ANY_YEAR}{_D['quarter']}", _of_quarter),
        (rf"{_GREGORIAN}(?:{_D['year']}|[-./])?\s*[Qq](?P<quarter>[1-4])(?!\w)", _of_quarter),
        (rf"{_ANY_YEAR}(?P<half>{either(_D['half'])}){_D['half_word']}", _of_half),
        (rf"(?:{_YEAR}|{_SHORT_YEAR})\s*(?:{_D['year_ends']})", _at_year_end),
        (rf"(?<![\d{_CHINESE_TENS}]){_D['year']}(?:{_D['year_ends']})", _at_year_end),
        (rf"{_YEAR}", _whole_year),
        (rf"(?<![\d{_CHINESE_TENS}]){_D['year']}{_D['within_year']}", _whole_year),
        (rf"(?P<named_month>{either(_D['months'])})(?:{_MONTH_END})?", _named_month),
        (
            rf"{_NOT_PAST}(?P<count>{_NUMBER}|{WORDS['half']})\s*"
            rf"(?P<unit>{either(_D['spans'])})\s*(?:{_D['span_after']})",
            _span,
        ),
        (either(_D["open"]), _open_ended),
    )
)


def find_dates(text: str, today: date) -> Iterator[Written]:
    """Give every day that a text names, in its order; `today` is what "this year" starts from."""
    line = folded(text)
    # Each form's next match is kept until something before it is read: a long text is read once.
    waiting = {form: form.search(line) for form, _reader in FORMS}
    at = 0
    while True:
        for form, match in waiting.items():
            if match and match.start() < at:
                waiting[form] = form.search(line, at)
        standing = [(found, reader) for form, reader in FORMS if (found := waiting[form])]
        if not standing:
            return
        # Of two that begin at one place the longer is meant.
        nearest, reader = min(standing, key=lambda each: (each[0].start(), -each[0].end()))
        written = reader(nearest, today)
        at = max(nearest.end(), at + 1)
        if written is not None and _is_possible(written):
            yield _bounded(written, line, _AFTER.match(line, nearest.end()))


def read_date(text: str, today: date) -> Written | None:
    """Return the day that a cell says, or None; of a range its end."""
    line = folded(text)
    found = list(find_dates(line, today))
    if not found:
        return None
    first = found[0]
    for following in found[1:]:
        if not _JOINED.fullmatch(line[first.end : following.start]):
            break
        year = following.year if following.names_year else first.year
        said = line[first.start : following.end].strip()
        first = replace(following, year=year, start=first.start, said=said)
    return first


def _bounded(found: Written, line: str, after: re.Match[str] | None) -> Written:
    """Add to a day the words around it that say on which side things happen."""
    if after:
        bound = Bound.BY if after["by"] else Bound.FROM
        return replace(found, bound=bound, said=found.said + after[0].strip(), end=after.end())
    nearby = max(0, found.start - LONGEST_WORD)
    before = _BEFORE.search(line[nearby : found.start])
    if before:
        said = before[0].strip() + found.said
        return replace(found, bound=Bound.BY, said=said, start=nearby + before.start())
    return found


def _is_possible(found: Written) -> bool:
    """Tell whether the calendar has such a day, in some year."""
    if found.month is not None and not 1 <= found.month <= 12:
        return False
    if found.year is not None and not 1900 <= found.year <= LAST_YEAR:
        return False
    if found.day is None:
        return True
    return 1 <= found.day <= calendar.monthrange(found.year or 2024, found.month or 1)[1]
