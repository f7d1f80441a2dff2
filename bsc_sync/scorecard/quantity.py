"""Numbers, dates and spans as the files write them: exact, bounded, with readable complaints."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

MAX_DIGITS = 40
MAX_EXPONENT = 30

_WANTED = "expected a number such as 85 or 0.5"


class Part(BaseModel):
    """A part of a file: frozen, and no key is accepted that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Plain(str):
    """A scalar that the file wrote without quotes and that is not a word: number, date, yes."""

    __slots__ = ()


def to_number(value: object) -> Decimal:
    """The exact value of a number as written; ValueError says what else it was."""
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, bool):
        raise ValueError(f"{_WANTED}, got {'true' if value else 'false'}")
    elif isinstance(value, int):
        number = Decimal(value)
    elif isinstance(value, Plain):
        try:
            number = Decimal(value.replace("_", ""))
        except InvalidOperation:
            raise ValueError(f"{_WANTED}, got {value[:40]}") from None
    elif isinstance(value, str):
        raise ValueError(
            f"{_WANTED}, got the text {_shown(value)}; numbers are written without quotes and units"
        )
    else:
        raise ValueError(f"{_WANTED}, got {_kind(value)}")
    if not number.is_finite():
        raise ValueError(f"{_WANTED}, got {number}, which is not a finite number")
    parts = number.as_tuple()
    exponent = parts.exponent if isinstance(parts.exponent, int) else 0
    if len(parts.digits) > MAX_DIGITS or not -MAX_EXPONENT <= exponent <= MAX_EXPONENT:
        raise ValueError(
            f"a number may have {MAX_DIGITS} digits and powers of ten from -{MAX_EXPONENT} to {MAX_EXPONENT}"
        )
    return number


def to_count(value: object) -> int:
    """A whole number as written; ValueError says what else it was."""
    number = to_number(value)
    if number != number.to_integral_value():
        raise ValueError(f"expected a whole number, got {number}")
    return int(number)


def to_date(value: object) -> dt.date:
    """A calendar day written as YYYY-MM-DD; ValueError says what is impossible about it."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    text = str(value) if isinstance(value, str) else ""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        shown = _shown(text) if text else _kind(value)
        raise ValueError(f"expected a date such as 2026-12-31, got {shown}")
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a day of the calendar") from None
    if not 1900 <= day.year <= 2200:
        raise ValueError(f"{text} is outside 1900-2200")
    return day


def _to_text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    raise ValueError(f"expected text, got {_kind(value)}")


_SPAN = re.compile(r"(\d{1,5}) *(day|week|month|quarter|year)s?")


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
        shown = _shown(value) if isinstance(value, str) else _kind(value)
        raise ValueError(f"expected a span such as 10 days, 2 weeks, 1 quarter, got {shown}")
    return Span.model_validate({"count": int(found[1]), "unit": found[2]})


Number = Annotated[Decimal, BeforeValidator(to_number)]
Count = Annotated[int, BeforeValidator(to_count)]
FormatOne = Annotated[Literal[1], BeforeValidator(to_count)]
Date = Annotated[dt.date, BeforeValidator(to_date)]
Duration = Annotated[Span, BeforeValidator(to_span)]
Text = Annotated[str, BeforeValidator(_to_text)]
Title = Annotated[
    str, BeforeValidator(_to_text), StringConstraints(min_length=1, max_length=255, pattern=r"^[^\r\n\x00]*$")
]
Prose = Annotated[str, BeforeValidator(_to_text), StringConstraints(max_length=30_000)]
Identifier = Annotated[
    str, BeforeValidator(_to_text), StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
]


def _last_day(year: int, month: int) -> int:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).day


def _shown(text: str) -> str:
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    return str(value)[:40]
