"""Readings from a CSV file beside the scorecard: lagging figures that live elsewhere."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from bsc_sync.attainment.asking import TableAsk
from bsc_sync.attainment.measurement import Found, Measurement
from bsc_sync.scorecard.quantity import Plain, to_number

_LARGEST = 20_000_000


@dataclass(frozen=True, slots=True)
class CsvFiles:
    """The CSV files of one project folder; nothing outside of it is read."""

    folder: Path
    zone: ZoneInfo

    def read(self, asks: Sequence[TableAsk], *, now: dt.datetime) -> Found:
        """A reading for each row whose period is over; a cell that is no number is told as a reason."""
        readings: list[Measurement] = []
        reasons: dict[str, str] = {}
        for ask in asks:
            found, reason = self._column(ask, now)
            readings.extend(found)
            if reason:
                reasons[ask.subject] = reason
        return Found(tuple(readings), reasons)

    def _column(self, ask: TableAsk, now: dt.datetime) -> tuple[list[Measurement], str]:
        name, source = ask.source.csv, ask.source
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            return [], f"{name} is outside the project folder"
        try:
            if path.stat().st_size > _LARGEST:
                return [], f"{name} is larger than 20 MB"
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return [], f"{name} does not exist"
        except (OSError, UnicodeDecodeError):
            return [], f"{name} cannot be read as UTF-8 text"
        rows = csv.DictReader(io.StringIO(text, newline=""), restkey="", skipinitialspace=True)
        try:
            header = list(rows.fieldnames or ())
            for column in (source.column, source.date):
                if column not in header:
                    return [], f'{name} has no column "{column}" (it has {", ".join(header) or "none"})'
            return self._rows(ask, rows, now)
        except csv.Error as error:
            return [], f"{name}:{rows.line_num}: {error}"

    def _rows(
        self, ask: TableAsk, rows: csv.DictReader[str], now: dt.datetime
    ) -> tuple[list[Measurement], str]:
        source, today = ask.source, now.astimezone(self.zone).date()
        readings, reason = [], ""
        for row in rows:
            where = f"{source.csv}:{rows.line_num}"
            day_text, cell = (row.get(source.date) or "").strip(), (row.get(source.column) or "").strip()
            if not cell:
                continue
            end = period_end(day_text)
            if end is None:
                reason = reason or f'{where}: "{day_text[:40]}" is not a date, week, month, quarter or year'
                continue
            try:
                value = Fraction(to_number(Plain(cell)))
            except ValueError:
                reason = reason or f'{where}: "{cell[:40]}" is not a number'
                continue
            if end <= today:
                evidence = {
                    "file": source.csv,
                    "line": rows.line_num,
                    "column": source.column,
                    "period": day_text,
                }
                readings.append(Measurement(ask.subject, value, end, now, "csv", evidence=evidence))
        if not readings and not reason:
            reason = f"{source.csv} has no value in {source.column} for a period that is over"
        return readings, reason


def period_end(text: str) -> dt.date | None:
    """The last day of `2026-09-30`, `2026-W39`, `2026-09`, `2026-Q3` or `2026`; None for anything else."""
    found = re.fullmatch(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|Q([1-4])|W(\d{2})))?", text)
    if not found:
        return None
    year, month, day, quarter, week = (int(part) if part else None for part in found.groups())
    try:
        if week:
            return dt.date.fromisocalendar(year or 0, week, 7)
        last_month = month or (quarter * 3 if quarter else 12)
        last_day = day or calendar.monthrange(year or 0, last_month)[1]
        return dt.date(year or 0, last_month, last_day)
    except ValueError:
        return None
