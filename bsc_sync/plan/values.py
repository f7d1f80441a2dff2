"""The one writing of a value of each field type, and what a type cannot hold."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from bsc_sync.plan.item import Value
from bsc_sync.scorecard.markdown import canonical_markdown
from bsc_sync.scorecard.quantity import Unfit

SETS = frozenset({"labels", "options", "components", "versions"})
MAX_LINE = 255
MAX_TEXT = 32_767
_MAX_NUMBER = Decimal(10) ** 14
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s/]+\S*|mailto:\S+@\S+", re.IGNORECASE)


def canonical_value(kind: str, given: object) -> Value:
    """The one writing of a value of a field type: numbers as exact decimals, dates as ISO days,
    moments in UTC, rich text as fixed Markdown, options by name, a choice below another as
    `Parent > Child`; nothing and empty are both None. Raises Unfit where the type has no such value.
    """
    if given is None or (not given and not isinstance(given, int | Decimal)):
        return None
    match kind:
        case "number":
            return _number(given)
        case "text" | "block":
            return canonical_markdown(str(given)) or None
        case str() if kind in SETS:
            parts = given if isinstance(given, list | tuple) else (given,)
            return tuple(sorted({text for part in parts if (text := str(part).strip())})) or None
        case "date":
            return _day(given)
        case "moment":
            return _moment(given)
        case "line" | "url" | "epic-name":
            return " ".join(str(given).split()) or None
        case "cascade":
            return " > ".join(part.strip() for part in str(given).split(">", 1)).removesuffix(" > ") or None
        case _:
            return str(given).strip() or None


def fitting_value(kind: str, given: object) -> Value:
    """The canonical value, if a field of the type can hold it and show it again; else Unfit says why."""
    value = canonical_value(kind, given)
    check = _CHECKS.get(kind)
    if check is not None:
        for part in value if isinstance(value, tuple) else (value,):
            if part is not None:
                check(part)
    return value


def _number(given: object) -> str | None:
    try:
        number = given if isinstance(given, Decimal) else Decimal(str(given))
    except InvalidOperation:
        raise Unfit(f'"{_short(str(given))}" is not a number', "give a number, or map a text field") from None
    if not number.is_finite():
        raise Unfit(f"{number} is not a number that a field can hold", "give a finite number")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _day(given: object) -> str:
    if isinstance(given, dt.date):
        return given.isoformat()[:10]
    try:
        return dt.date.fromisoformat(str(given).strip()[:10]).isoformat()
    except ValueError:
        raise Unfit(f'"{_short(str(given))}" is not a date', "write year-month-day: 2026-12-31") from None


def _moment(given: object) -> str:
    """UTC, with as many decimals of the second as Jira keeps; two writings of one instant are equal."""
    at = given
    if not isinstance(at, dt.datetime):
        try:
            at = dt.datetime.fromisoformat(str(given).strip())
        except ValueError:
            raise Unfit(
                f'"{_short(str(given))}" is not a moment', "write 2026-12-31T17:00+01:00, with the offset"
            ) from None
    if at.tzinfo is None:
        raise Unfit(
            f'"{_short(str(given))}" has no offset from UTC', "write 2026-12-31T17:00+01:00, with the offset"
        )
    at = at.astimezone(dt.UTC)
    fraction = f".{at.microsecond // 1000:03d}" if at.microsecond >= 1000 else ""
    return f"{at:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _check_number(value: str) -> None:
    number = Decimal(value)
    if abs(number) > _MAX_NUMBER:
        raise Unfit(
            f"{_short(value)} is more than a Jira number field holds (100,000,000,000,000 either way)",
            "give the figure in thousands or millions",
        )
    if Decimal(repr(float(number))) != number:
        raise Unfit(
            f"{_short(value)} has more digits than a Jira number field keeps (about 15)", "round the number"
        )


def _check_line(value: str) -> None:
    if len(value) > MAX_LINE:
        raise Unfit(
            f"a text of {len(value)} characters is too long for a single-line field ({MAX_LINE})",
            "shorten it, or map a paragraph field",
        )


def _check_text(value: str) -> None:
    if len(value) > MAX_TEXT:
        raise Unfit(
            f"a text of {len(value):,} characters is too long for a Jira field ({MAX_TEXT:,})", "shorten it"
        )


def _check_address(value: str) -> None:
    _check_line(value)
    if not _ADDRESS.fullmatch(value):
        raise Unfit(f'"{_short(value)}" is not an address', "write it whole: https://example.com/page")


def _check_label(value: str) -> None:
    if re.search(r"\s", value):
        raise Unfit(f'the label "{_short(value)}" has a space', "labels have no spaces: join the words by -")
    if len(value) > MAX_LINE:
        raise Unfit(f"a label of {len(value)} characters is too long ({MAX_LINE})", "shorten it")


_CHECKS: dict[str, Callable[[str], None]] = {
    "number": _check_number,
    "line": _check_line,
    "epic-name": _check_line,
    "text": _check_text,
    "block": _check_text,
    "url": _check_address,
    "labels": _check_label,
}


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
