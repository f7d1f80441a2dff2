"""The acme example, moved by whole quarters so that its cycle contains a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from importlib.resources import files

from bsc_sync.scorecard.quantity import add_months

FILES = ("scorecard.yaml", "mapping.yaml", "finance.csv", "sandbox.yaml")
_HOME_QUARTER = (2026, 4)  # the quarter of the example's own cycle
_DATE = re.compile(r"(?<![\d-])(\d{4})-(\d{2})(?:-(\d{2}))?(?![\d-])")
_QUARTER = re.compile(r"(?<![\w-])(\d{4})-Q([1-4])(?![\w-])")


def example_files(example: str, *, today: dt.date) -> Mapping[str, str]:
    """The example's files as text by name, their dates moved so that its cycle contains `today`."""
    return {name: moved_example(example, name, today=today) for name in FILES}


def moved_example(example: str, name: str, *, today: dt.date) -> str:
    """One file of an example, its dates moved so that its cycle contains `today`."""
    quarters = (today.year - _HOME_QUARTER[0]) * 4 + (today.month - 1) // 3 + 1 - _HOME_QUARTER[1]
    return shifted(read_example(example, name), quarters)


def read_example(example: str, name: str) -> str:
    """One file of an example as it is shipped."""
    return (files("bsc_sync") / "examples" / example / name).read_text(encoding="utf-8")


def shifted(text: str, quarters: int) -> str:
    """The text with every ISO date, month and quarter name moved; a month's last day stays its last day."""

    def move_date(found: re.Match[str]) -> str:
        year, month, day = found[1], found[2], found[3]
        try:
            moved = add_months(dt.date(int(year), int(month), int(day or 1)), 3 * quarters)
        except ValueError:
            return found[0]
        return moved.isoformat() if day else moved.isoformat()[:7]

    def move_quarter(found: re.Match[str]) -> str:
        index = int(found[1]) * 4 + int(found[2]) - 1 + quarters
        return f"{index // 4}-Q{index % 4 + 1}"

    if not quarters:
        return text
    return _QUARTER.sub(move_quarter, _DATE.sub(move_date, text))
