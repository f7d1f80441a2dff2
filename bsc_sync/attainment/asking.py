"""What the pull asks for: each subject with the place that its readings come from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.mapping.sources import CsvSource, JqlSource


@dataclass(frozen=True, slots=True)
class FieldAsk:
    """A field of an issue; `latest` is the last value that was ever read from it.

    `shown` is what the issue was just seen to show (a canonical text, or None for an empty field),
    where `is_shown`; otherwise it has to be asked for.
    """

    subject: str
    issue_id: str
    issue_key: str
    field: FieldInfo
    latest: Fraction | None = None
    is_shown: bool = False
    shown: object = None


@dataclass(frozen=True, slots=True)
class QueryAsk:
    """A figure over what a query finds; `field` where one is summed or averaged."""

    subject: str
    source: JqlSource
    field: FieldInfo | None = None


@dataclass(frozen=True, slots=True)
class TableAsk:
    """A column of a file beside the scorecard."""

    subject: str
    source: CsvSource
