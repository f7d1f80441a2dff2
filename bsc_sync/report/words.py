"""Figures, days and counts as people read them, and texts made safe to carry on."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from fractions import Fraction

from bsc_sync.attainment.exact import decimal_text, percent
from bsc_sync.attainment.score import Score
from bsc_sync.report.parts import TONES, Figure, Standing

DASH = "–"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def harmless(text: str) -> str:
    """The text without what XML forbids and without marks that reorder the text around them."""
    return _UNWANTED.sub("", text)


def clean(text: str | None) -> str:
    """The text harmless, its ends trimmed, its lines ended in one way."""
    return harmless(text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def one_line(text: str | None) -> str:
    """The text cleaned, on one line; spaces that do not break stay."""
    return re.sub("[ \t\n\u2028\u2029]+", " ", clean(text))


def share(value: Fraction | None, why: str = "") -> Figure:
    """A fraction of 1 as a percentage; undefined with the reason where there is none."""
    if value is None:
        return Figure(DASH, None, one_line(why) or "no figure yet")
    return Figure(percent(value).replace(" ", "\u00a0").replace("-", "−"), decimal_text(value))


def quantity(value: Fraction | None, unit: str = "", why: str = "") -> Figure:
    """A value with its unit, its thousands set apart; undefined with the reason."""
    if value is None:
        return Figure(DASH, None, one_line(why) or "no value yet")
    return Figure(with_unit(_grouped(value), unit), decimal_text(value))


def with_unit(text: str, unit: str) -> str:
    """The figure with its unit behind it; `>=` and `<=` in their typographic form."""
    text = one_line(text).replace(">=", "≥").replace("<=", "≤")
    unit = one_line(unit)
    return f"{text}\u00a0{unit}" if text and unit else text


def day(date: dt.date, *, beside: dt.date | None = None) -> str:
    """`16 Nov 2026`, unbroken; without the year where the day `beside` it lies in the same."""
    short = f"{date.day}\u00a0{_MONTHS[date.month - 1]}"
    return short if beside is not None and beside.year == date.year else f"{short}\u00a0{date.year}"


def moment(at: dt.datetime) -> str:
    """`16 Nov 2026, 08:15 UTC+01:00`, to the minute, with its zone."""
    zone = at.tzname() or ""
    return f"{day(at.date())}, {at:%H:%M} {zone}".rstrip()


def count(number: int, one: str, many: str = "") -> str:
    """`1 objective`, `3 objectives`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(parts: tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def standing(score: Score) -> Standing:
    """The status in the authors' own word, where they have one."""
    return Standing(
        status=score.status,
        word=one_line(score.status_name) or score.status.value,
        tone=TONES[score.status],
        overridden=one_line(score.overridden),
        stale=score.stale,
    )


def safe_url(url: str) -> str:
    """The address, if it is one that a page may link to (http or https with a host); else nothing."""
    if re.fullmatch(r"https?://[^\s/?#@\\\"'<>`{}|^]+(?:[/?#][^\s\"'<>`{}|\\^]*)?", url, re.IGNORECASE):
        return url if url.isascii() and url.isprintable() else ""
    return ""


def reads_rightward(text: str) -> bool:
    """Whether the first letter with a direction runs from left to right; true where none does."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction == "L"
    return True


def _grouped(value: Fraction) -> str:
    """Two decimals, or three significant digits where the value is less than 1."""
    rounded = decimal_text(round(value, 2), 60) if abs(value) >= 1 else decimal_text(value, 3)
    sign, digits = ("−", rounded[1:]) if rounded.startswith("-") else ("", rounded)
    whole, _, rest = digits.partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", "\u202f")
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"
