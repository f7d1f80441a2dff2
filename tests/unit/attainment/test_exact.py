"""Exact numbers as text."""

from fractions import Fraction

import pytest

from bsc_sync.attainment.exact import decimal_text, percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("0.4", "0.4"),
        ("1", "1"),
        ("-0.25", "-0.25"),
        ("1/3", "0.333333333333"),
        ("2/3", "0.666666666667"),
        ("100", "100"),
        ("1200.50", "1200.5"),
        ("123456789012", "123456789012"),
        ("1234567890125", "1234567890120"),  # a tie goes to the even digit
        ("1234567890135", "1234567890140"),
        ("0.0000000000001", "0.0000000000001"),
        ("999999999999.9", "1000000000000"),
        ("0.99999999999999", "1"),
        ("1/1024", "0.0009765625"),
        ("1/1048576", "0.000000953674316406"),
        ("1e40", "1" + "0" * 40),
    ],
)
def test_decimal_text(value: str, text: str) -> None:
    assert decimal_text(Fraction(value)) == text


def test_decimal_text_with_fewer_digits() -> None:
    assert decimal_text(Fraction(2, 3), 2) == "0.67"
    assert decimal_text(Fraction(125), 2) == "120"
    assert decimal_text(Fraction(1, 8), 2) == "0.12"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.4", "40 %"),
        ("0.375", "37.5 %"),
        ("1", "100 %"),
        ("0", "0 %"),
        ("1/3", "33.3 %"),
        ("-0.05", "-5 %"),
        ("-0.0001", "0 %"),
        ("1.75", "175 %"),
    ],
)
def test_percent(value: str, text: str) -> None:
    assert percent(Fraction(value)) == text
