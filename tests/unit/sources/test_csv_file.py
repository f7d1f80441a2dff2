"""CSV files: each row counts from the end of its period, and what is wrong is a reason with its place."""

import datetime as dt
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bsc_sync.attainment.asking import TableAsk
from bsc_sync.mapping.sources import CsvSource
from bsc_sync.sources.csv_file import CsvFiles, period_end

NOW = dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC)
ASK = TableAsk("F1.ltv", CsvSource(csv="f.csv", column="ltv", date="month"))


def read(folder: Path, text: str | bytes) -> tuple[list[tuple[dt.date, Fraction]], str]:
    (folder / "f.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    found = CsvFiles(folder, ZoneInfo("Europe/Zurich")).read([ASK], now=NOW)
    return [(r.effective, r.value) for r in found.readings], found.reasons.get("F1.ltv", "")


def test_rows_of_periods_that_are_over_become_readings(tmp_path: Path) -> None:
    readings, reason = read(tmp_path, "month,ltv\n2026-08,1280.5\n2026-09,1294\n2026-10,9999\n")
    assert readings == [(dt.date(2026, 8, 31), Fraction(2561, 2)), (dt.date(2026, 9, 30), Fraction(1294))]
    assert reason == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("month,ltv\n2026-09,soon\n", 'f.csv:2: "soon" is not a number'),
        ("month,ltv\nlast month,5\n", 'f.csv:2: "last month" is not a date, week, month, quarter or year'),
        ("month,other\n2026-09,5\n", 'f.csv has no column "ltv" (it has month, other)'),
        ("", 'f.csv has no column "ltv" (it has none)'),
        ("month,ltv\n2026-10,5\n", "f.csv has no value in ltv for a period that is over"),
        (b"month,ltv\n\xff\xfe", "f.csv cannot be read as UTF-8 text"),
        ("month,ltv\n2026-09,nan\n", 'f.csv:2: "nan" is not a number'),
    ],
)
def test_what_is_wrong_is_a_reason(tmp_path: Path, text: str | bytes, reason: str) -> None:
    assert read(tmp_path, text) == ([], reason)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2024-02", dt.date(2024, 2, 29)),
        ("2026-Q4", dt.date(2026, 12, 31)),
        ("2026-W01", dt.date(2026, 1, 4)),
        ("2026", dt.date(2026, 12, 31)),
        ("2026-02-29", None),
        ("2026-13", None),
        ("26-01", None),
    ],
)
def test_a_period_ends(text: str, end: dt.date | None) -> None:
    assert period_end(text) == end


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.csv").write_text("month,ltv\n2026-09,1\n")
    ask = TableAsk("F1.ltv", CsvSource(csv="../secret.csv", column="ltv", date="month"))
    found = CsvFiles(tmp_path / "inner", ZoneInfo("UTC")).read([ask], now=NOW)
    assert found.readings == ()
    assert "outside" in found.reasons["F1.ltv"]
