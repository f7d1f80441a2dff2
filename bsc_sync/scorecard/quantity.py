"""Numbers, dates and spans as the files write them: exact, bounded, with readable complaints."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from bsc_sync.scorecard.wording import quoted, shown

MAX_DIGITS = 40
MAX_EXPONENT = 30

_WANTED = "expected a number such as 85 or 0.5"


class Part(BaseModel):
    """A part of a file: frozen, and no key is accepted that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Unfit(ValueError):
    """A value that does not fit its place: what is wrong, and how to mend it."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what} - {hint}" if hint else what)
        self.what = what
        self.hint = hint


class Plain(str):
    """A number or a date that the file wrote without quotes, in its exact letters."""

    __slots__ = ()


def to_number(value: object) -> Decimal:
    """The exact value of a number as written; ValueError says what else it was."""
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, Plain):
        try:
            number = Decimal(value.replace("_", ""))
        except InvalidOperation:
            raise Unfit(f"{_WANTED}, got {shown(value)}", "write digits, and a point for decimals") from None
    else:
        hint = "write it without quotes and units" if isinstance(value, str) else "write a number"
        raise Unfit(f"{_WANTED}, got {shown(value)}", hint)
    if not number.is_finite():
        raise Unfit(f"{_WANTED}, got {number}", "write a finite number")
    parts = number.as_tuple()
    exponent = parts.exponent if isinstance(parts.exponent, int) else 0
    if len(parts.digits) > MAX_DIGITS or not -MAX_EXPONENT <= exponent <= MAX_EXPONENT:
        raise Unfit(
            f"the number {shown(Plain(value)) if isinstance(value, str) else number} is out of bounds",
            f"at most {MAX_DIGITS} digits, and powers of ten from -{MAX_EXPONENT} to {MAX_EXPONENT}",
        )
    return number


def to_count(value: object) -> int:
    """A whole number as written; ValueError says what else it was."""
    number = to_number(value)
    if number != number.to_integral_value():
        raise Unfit(f"expected a whole number, got {number}", "leave the decimals out")
    return int(number)


def to_truth(value: object) -> bool:
    """True or false as written; ValueError says what else it was."""
    if isinstance(value, bool):
        return value
    raise Unfit(f"expected true or false, got {shown(value)}", "write true or false, without quotes")


def to_date(value: object) -> dt.date:
    """A calendar day written as YYYY-MM-DD; ValueError says what is impossible about it."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    text = str(value) if isinstance(value, str) else ""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise Unfit(f"expected a date such as 2026-12-31, got {shown(value)}", "write year-month-day")
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise Unfit(f"{text} is not a day of the calendar", "correct the day or the month") from None
    if not 1900 <= day.year <= 2200:
        raise Unfit(f"{text} is outside the years 1900 to 2200", "correct the year")
    return day


def _to_text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    hint = "write a text" if value is None else "put it in quotes if it is meant as text"
    raise Unfit(f"expected a text, got {shown(value)}", hint)


_SPAN = re.compile(r"([0-9]{1,4}) *(day|week|month|quarter|year)s?")
MAX_YEARS = 100


class Span(BaseModel):
    """A length of calendar time: `10 days`, `1 quarter`."""

    model_config = ConfigDict(frozen=True)

    count: int
    unit: Literal["day", "week", "month", "quarter", "year"]

    def after(self, day: dt.date) -> dt.date:
        """The day this span after `day`; a month later than the 31st is the month's last day."""
        return self._shift(day, self.count)

    def before(self, day: dt.date) -> dt.date:
        """The day this span before `day`."""
        return self._shift(day, -self.count)

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    def _shift(self, day: dt.date, count: int) -> dt.date:
        if self.unit in {"day", "week"}:
            return day + dt.timedelta(days=count * (7 if self.unit == "week" else 1))
        return add_months(day, count * {"month": 1, "quarter": 3, "year": 12}[self.unit])


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months on; the last day of a month stays the last day of its month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = _last_day(year, month + 1)
    is_last = day.day == _last_day(day.year, day.month)
    return dt.date(year, month + 1, last if is_last else min(day.day, last))


def to_span(value: object) -> Span:
    """A span from `10 days` or a bare cadence word; ValueError with the forms that exist."""
    if isinstance(value, Span):
        return value
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise Unfit(
            f"expected a span such as 10 days or 1 quarter, got {shown(value)}",
            "write a number and day, week, month, quarter or year",
        )
    if found[2] == "year" and int(found[1]) > MAX_YEARS:
        raise Unfit(f"{quoted(found[0])} is longer than {MAX_YEARS} years", "write a shorter span")
    return Span.model_validate({"count": int(found[1]), "unit": found[2]})


def matching(pattern: str, what: str, hint: str) -> Callable[[str], str]:
    """A check that a text has a form; its ValueError reads `"x" is not WHAT - HINT`."""
    form = re.compile(pattern)

    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise Unfit(f"{quoted(text)} is not {what}", hint)
        return text

    return check


_ACCOUNT = re.compile(r"[0-9a-f]{24}|[0-9]{5,}:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|JIRAUSER[0-9]+")


def _to_role(text: str) -> str:
    """A role, not a person: who it is at present stands in the mapping alone, and can be forgotten there."""
    what = "an address" if "@" in text else "a Jira account" if _ACCOUNT.fullmatch(text) else None
    if what:
        raise Unfit(
            f"{quoted(text)} is {what}, not a role",
            "write a role such as cfo here, and in mapping.yaml who it is: people: {cfo: ...}",
        )
    return text


def _one_line(text: str) -> str:
    if not text.strip():
        raise Unfit("the text is empty", "write at least a word")
    if len(text.splitlines()) > 1:
        raise Unfit(f"{quoted(text)} has a line break", "keep it on one line")
    return text


Number = Annotated[Decimal, BeforeValidator(to_number)]
Count = Annotated[int, BeforeValidator(to_count)]
FormatOne = Annotated[Literal[1], BeforeValidator(to_count)]
Truth = Annotated[bool, BeforeValidator(to_truth)]
Date = Annotated[dt.date, BeforeValidator(to_date)]
Duration = Annotated[Span, BeforeValidator(to_span)]
Text = Annotated[str, BeforeValidator(_to_text)]
Role = Annotated[str, BeforeValidator(_to_text), AfterValidator(_to_role)]
Title = Annotated[
    str, BeforeValidator(_to_text), StringConstraints(max_length=255), AfterValidator(_one_line)
]
Prose = Annotated[str, BeforeValidator(_to_text), StringConstraints(max_length=30_000)]
Identifier = Annotated[
    str,
    BeforeValidator(_to_text),
    StringConstraints(max_length=100),
    AfterValidator(
        matching(
            r"[A-Za-z0-9][A-Za-z0-9._-]*",
            "an identifier",
            "use letters, digits and . _ -, beginning with a letter or digit",
        )
    ),
]


def _last_day(year: int, month: int) -> int:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).day
