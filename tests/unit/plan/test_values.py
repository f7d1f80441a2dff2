"""Values of every type in one writing, and what a field cannot hold."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_sync.plan.item import Value
from bsc_sync.plan.values import canonical_value, fitting_value
from bsc_sync.scorecard.quantity import Unfit

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("kind", "given", "canonical"),
    [
        ("number", "85.50", "85.5"),
        ("number", Decimal("1E+3"), "1000"),
        ("number", 0, "0"),
        ("number", "-0.0", "0"),
        ("line", " two\n lines ", "two lines"),
        ("date", dt.date(2026, 12, 31), "2026-12-31"),
        ("date", "2026-12-31", "2026-12-31"),
        ("moment", "2026-12-31T17:00+01:00", "2026-12-31T16:00:00Z"),
        ("moment", "2026-12-31T17:00:00.250+0100", "2026-12-31T16:00:00.250Z"),
        ("moment", dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0), "2026-10-25T00:30:00Z"),
        ("moment", dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1), "2026-10-25T01:30:00Z"),
        ("labels", ("b", "a", "b"), ("a", "b")),
        ("options", "EU", ("EU",)),
        ("components", [" onboarding ", ""], ("onboarding",)),
        ("cascade", "Europe>Berlin", "Europe > Berlin"),
        ("cascade", " Europe ", "Europe"),
        ("cascade", "Europe >", "Europe"),
        ("option", "", None),
        ("text", "# a\n* b", "# a\n\n- b"),
        ("block", "*a*", "*a*"),
        ("epic-name", "Win\tit", "Win it"),
        ("number", None, None),
        ("labels", (), None),
    ],
)
def test_one_writing(kind: str, given: object, canonical: Value) -> None:
    assert canonical_value(kind, given) == canonical
    assert fitting_value(kind, canonical) == canonical


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("number", "many", "not a number"),
        ("number", "NaN", "not a number that a field can hold"),
        ("line", "x" * 256, "too long"),
        ("text", "x" * 32_768, "too long"),
        ("url", "example", "not an address"),
        ("url", "javascript:alert(1)", "not an address"),
        ("labels", ("two words",), "space"),
        ("date", "2026-02-30", "not a date"),
        ("date", "tomorrow", "not a date"),
        ("moment", "2026-12-31T17:00", "offset"),
        ("moment", "soon", "not a moment"),
    ],
)
def test_what_does_not_fit_is_said(kind: str, given: object, said: str) -> None:
    with pytest.raises(Unfit, match=said) as unfit:
        fitting_value(kind, given)
    assert unfit.value.hint


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_number_that_fits_is_kept_by_a_double(number: Decimal) -> None:
    try:
        value = fitting_value("number", number)
    except Unfit:
        return
    assert isinstance(value, str)
    assert Decimal(repr(float(value))) == Decimal(value) == number


@given(st.datetimes(), st.timezones(), st.timezones())
def test_one_instant_has_one_writing(at: dt.datetime, one: ZoneInfo, other: ZoneInfo) -> None:
    here = at.replace(year=2026, day=min(at.day, 28), tzinfo=one)
    assert canonical_value("moment", here.astimezone(dt.UTC)) == canonical_value(
        "moment", here.astimezone(other)
    )
