"""Exact numbers as text: for machines to the last agreed digit, for people as per cent."""

from __future__ import annotations

from fractions import Fraction


def decimal_text(value: Fraction, digits: int = 12) -> str:
    """The value as a plain decimal: exact where `digits` significant digits hold it.

    Otherwise rounded half to even at that many digits. Never an exponent, never a trailing zero.
    """
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    shift = digits - 1 - _magnitude(abs(value))
    kept = round(abs(value) * Fraction(10) ** shift)
    return sign + _plain(kept, shift)


def percent(value: Fraction) -> str:
    """A fraction of 1 for people, with at most one decimal: `40 %`, `37.5 %`."""
    tenths = round(value * 1000)
    return f"{'-' if tenths < 0 else ''}{_plain(abs(tenths), 1)} %"


def _magnitude(size: Fraction) -> int:
    """The power of ten that the first significant digit stands for."""
    bits = size.numerator.bit_length() - size.denominator.bit_length()
    power = bits * 30103 // 100000 - 1  # near log10 of 2, from below; the loop does the rest
    while Fraction(10) ** (power + 1) <= size:
        power += 1
    return power


def _plain(kept: int, decimals: int) -> str:
    if decimals <= 0:
        return str(kept * 10**-decimals)
    text = str(kept).rjust(decimals + 1, "0")
    return f"{text[:-decimals]}.{text[-decimals:]}".rstrip("0").rstrip(".")
