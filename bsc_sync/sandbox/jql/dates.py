"""Moments as JQL writes them: absolute in the asking user's zone, or relative to now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

_ABSOLUTE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?")
_RELATIVE = re.compile(r"([+-])?((?:\d+[yMwdhm]\s*)+)")
_STEP = re.compile(r"(\d+)([yMwdhm])")
_UNITS = {"Minute": "m", "Hour": "h", "Day": "d", "Week": "w", "Month": "M", "Year": "y"}
_FUNCTION = re.compile(r"(start|end)of(minute|hour|day|week|month|year)", re.IGNORECASE)


def moment(text: str, *, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment a literal names: `2026-10-01`, `2026/10/01 14:30`, `-15m`, `-4w 2d`, epoch milliseconds.

    None for what is not a moment. The reply is aware, in the given zone.
    """
    text = text.strip()
    try:
        if re.fullmatch(r"-?\d+", text):
            return datetime.fromtimestamp(int(text) / 1000, UTC).astimezone(zone)
        found = _ABSOLUTE.fullmatch(text)
        if found:
            year, month, day, hour, minute = (int(part) for part in found.groups(default="0"))
            return datetime(year, month, day, hour, minute, tzinfo=zone)
        if _RELATIVE.fullmatch(text):
            return _moved(now.astimezone(zone), text)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def function_moment(name: str, arguments: tuple[str, ...], *, now: datetime, zone: tzinfo) -> datetime | None:
    """What `now()`, `startOfWeek(-1)` or `endOfMonth("+1M")` name; None for other functions or arguments."""
    here = now.astimezone(zone)
    if name.lower() == "now":
        return None if arguments else here
    found = _FUNCTION.fullmatch(name)
    if found is None or len(arguments) > 1:
        return None
    unit = found[2].capitalize()
    try:
        if arguments:
            shift = arguments[0].strip()
            here = _moved(here, shift + _UNITS[unit] if re.fullmatch(r"[+-]?\d+", shift) else shift)
        edge = _start(here, unit)
        if found[1].lower() == "start":
            return edge
        return _start(_moved(edge, "1" + _UNITS[unit]), unit) - timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None


def _moved(here: datetime, text: str) -> datetime:
    found = _RELATIVE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a distance in time: {text}")
    sign = -1 if found[1] == "-" else 1
    for amount, unit in _STEP.findall(found[2]):
        here = _stepped(here, sign * int(amount), unit)
    return here


def _stepped(here: datetime, amount: int, unit: str) -> datetime:
    if unit in "hm":
        # Hours and minutes are lengths of time: they are added on the world's clock, not the wall's.
        length = timedelta(hours=amount) if unit == "h" else timedelta(minutes=amount)
        return (here.astimezone(UTC) + length).astimezone(here.tzinfo)
    if unit in "dw":
        return here + timedelta(days=amount * (7 if unit == "w" else 1))
    months = here.year * 12 + here.month - 1 + amount * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    for day in (here.day, 30, 29, 28):
        try:
            return here.replace(year=year, month=month + 1, day=day)
        except ValueError:
            if day == 28:
                raise
    raise ValueError("no such day")


def _start(here: datetime, unit: str) -> datetime:
    here = here.replace(second=0, microsecond=0)
    if unit == "Minute":
        return here
    here = here.replace(minute=0)
    if unit == "Hour":
        return here
    here = here.replace(hour=0, fold=0)
    if unit == "Week":
        return here - timedelta(days=here.weekday())
    if unit == "Month":
        return here.replace(day=1)
    if unit == "Year":
        return here.replace(month=1, day=1)
    return here
