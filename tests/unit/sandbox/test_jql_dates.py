"""Dates in JQL: absolute in the asker's zone, relative to now, and by function."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bsc_sync.sandbox.jql.dates import function_moment, moment

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 28, 13, 45, 30, tzinfo=UTC)  # a Wednesday, three days after the clocks went back


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-01", "2026-10-01T00:00:00+02:00"),
        ("2026/10/1", "2026-10-01T00:00:00+02:00"),
        ("2026-10-31 09:05", "2026-10-31T09:05:00+01:00"),
        ("-15m", "2026-10-28T14:30:30+01:00"),
        ("2h", "2026-10-28T16:45:30+01:00"),
        ("-1w", "2026-10-21T14:45:30+02:00"),
        ("-1w 2d", "2026-10-19T14:45:30+02:00"),
        ("-96h", "2026-10-24T15:45:30+02:00"),
        ("-8M", "2026-02-28T14:45:30+01:00"),
        ("1y", "2027-10-28T14:45:30+02:00"),
        ("1790000000000", "2026-09-21T16:13:20+02:00"),
        ("0", "1970-01-01T01:00:00+01:00"),
    ],
)
def test_literals(text: str, expected: str) -> None:
    found = moment(text, now=NOW, zone=BERLIN)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-13-01",
        "2026-02-30",
        "2026-10-01 25:00",
        "--5d",
        "5x",
        "9" * 30,
        "-99999999y",
        "2026-10-01T10:00:00Z",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert moment(text, now=NOW, zone=BERLIN) is None


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("now", (), "2026-10-28T14:45:30+01:00"),
        ("startOfDay", (), "2026-10-28T00:00:00+01:00"),
        ("startofday", ("-3",), "2026-10-25T00:00:00+02:00"),
        ("startOfDay", ("-1w",), "2026-10-21T00:00:00+02:00"),
        ("endOfDay", (), "2026-10-28T23:59:59.999000+01:00"),
        ("startOfWeek", (), "2026-10-26T00:00:00+01:00"),
        ("endOfWeek", ("-1",), "2026-10-25T23:59:59.999000+01:00"),
        ("startOfMonth", ("+1",), "2026-11-01T00:00:00+01:00"),
        ("endOfMonth", ("+1M",), "2026-11-30T23:59:59.999000+01:00"),
        ("startOfYear", (), "2026-01-01T00:00:00+01:00"),
        ("endOfYear", ("1",), "2027-12-31T23:59:59.999000+01:00"),
    ],
)
def test_functions(name: str, arguments: tuple[str, ...], expected: str) -> None:
    found = function_moment(name, arguments, now=NOW, zone=BERLIN)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("now", ("1",)),
        ("startOfDay", ("x",)),
        ("startOfDay", ("1", "2")),
        ("currentUser", ()),
        ("startOfDay", ("9999999999",)),
    ],
)
def test_what_is_no_date_function(name: str, arguments: tuple[str, ...]) -> None:
    assert function_moment(name, arguments, now=NOW, zone=BERLIN) is None
