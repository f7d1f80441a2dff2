"""One reading of one measure: append-only, with the day it is effective and the moment it was recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

IN_FILE = "check-in"


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value of a measure.

    `subject` is the KPI or key result that was read, `value` exact (1 and 0 for done and not
    done), `effective` the day it speaks of in the scorecard's time zone, `at` the exact moment
    where one is known, `recorded` when we learned of it, `source` one of check-in, field, jql,
    rollup, csv. `evidence` is plain JSON: query, issue keys, exclusions, file and line.
    """

    subject: str
    value: Fraction
    effective: dt.date
    recorded: dt.datetime
    source: str
    at: dt.datetime | None = None
    note: str | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What a source read: readings, and for what it could not read, why."""

    readings: tuple[Measurement, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
