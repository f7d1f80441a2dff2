"""Figures and texts as people read them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_sync.report.parts import Figure
from bsc_sync.report.words import clean, day, listed, moment, quantity, safe_url, share, with_unit


@pytest.mark.parametrize(
    ("value", "unit", "text", "exact"),
    [
        ("1320", "EUR", "1320\u00a0EUR", "1320"),
        ("1234567.891", "CHF", "1\u202f234\u202f567.89\u00a0CHF", "1234567.891"),
        ("-12.5", "%", "−12.5\u00a0%", "-12.5"),
        ("1/3", "", "0.333", "0.333333333333"),
        ("0.00012345", "", "0.000123", "0.00012345"),
        ("0", "h", "0\u00a0h", "0"),
        ("86.80", "%", "86.8\u00a0%", "86.8"),
    ],
)
def test_a_value_is_short_for_people_and_exact_for_machines(
    value: str, unit: str, text: str, exact: str
) -> None:
    assert quantity(Fraction(value), unit) == Figure(text, exact)


def test_a_share_is_a_percentage_and_may_leave_the_range() -> None:
    assert share(Fraction(3, 8)) == Figure("37.5\u00a0%", "0.375")
    assert share(Fraction(-1, 4)) == Figure("−25\u00a0%", "-0.25")
    assert share(None, "no  reading\nyet") == Figure("–", None, "no reading yet")


def test_limits_are_set_in_type() -> None:
    assert with_unit(">= 40", "") == "≥ 40"
    assert with_unit("99.5 to 100", "%") == "99.5 to 100\u00a0%"
    assert with_unit("", "%") == ""


def test_days_moments_and_lists() -> None:
    november = dt.date(2026, 11, 16)
    assert day(november) == "16\u00a0Nov\u00a02026"
    assert day(november, beside=dt.date(2026, 1, 1)) == "16\u00a0Nov"
    assert moment(dt.datetime(2026, 11, 16, 8, 5, tzinfo=dt.UTC)) == "16\u00a0Nov\u00a02026, 08:05 UTC"
    assert [listed(parts) for parts in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


@given(st.text())
def test_cleaned_text_is_fit_for_xml(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not set(cleaned) & {"\x00", "\x1b", "\u202e", "\ufffe", "\r"}


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://acme.example/browse/A-1", True),
        ("http://localhost:8089/browse/A-1?x=1&y=2#z", True),
        ("HTTPS://ACME.EXAMPLE", True),
        ("https://user@evil.example/", False),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("https://a.example/<b>", False),
        ("https://a.example\n", False),
        ("https://аcme.example/", False),
        ("", False),
    ],
)
def test_an_address_is_linked_only_when_it_is_plainly_a_web_address(url: str, linked: bool) -> None:
    assert safe_url(url) == (url if linked else "")
