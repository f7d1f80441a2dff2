"""Where a measure's values come from: one source each, told apart by its first key."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from bsc_sync.mapping.match import Match
from bsc_sync.scorecard.quantity import Count, Part, Prose, Text, Unfit, to_number
from bsc_sync.scorecard.wording import shown


class FieldSource(Part):
    """A field of the key result's issue, or of the objective's epic: the team's check-in."""

    field: Text


class JqlSource(Part):
    """A figure over the issues that a query finds; effective when it is pulled."""

    jql: Prose
    value: Literal["count", "sum", "average", "median", "ratio"] = "count"
    of: Text | None = None  # the field that is summed, averaged, ...
    to: Prose | None = None  # the second query of a ratio


def _estimate(given: object) -> object:
    if isinstance(given, str) and given in {"count", "ignore"}:
        return given
    try:
        return to_number(given)
    except Unfit:
        raise Unfit(f"expected count, ignore or a number, got {shown(given)}", "write one of them") from None


class RollupSource(Part):
    """The share of the linked work that is done."""

    rollup: Literal["work"]
    by: Text = "count"  # count | points | status | time | the name of a number field
    unestimated: Annotated[Literal["count", "ignore"] | Decimal, BeforeValidator(_estimate)] = "ignore"


class FlowSource(Part):
    """Cycle time, lead time or throughput of the linked work, from the changelog."""

    flow: Literal["cycle_time", "lead_time", "throughput"]
    from_: Text | None = Field(default=None, alias="from")
    to: Text | None = None
    percentile: Annotated[Count, Field(ge=1, le=99)] | None = None


class CsvSource(Part):
    """A column of a file beside the scorecard; each row counts from the end of its period."""

    csv: Text
    column: Text
    date: Text


class HttpSource(Part):
    http: Text
    value: Text | None = None
    date: Text | None = None


class SqlSource(Part):
    sql: Prose
    database: Text | None = None
    value: Text | None = None
    date: Text | None = None


ROLLUP_WAYS = frozenset({"count", "points", "status", "time"})
KINDS = ("field", "jql", "rollup", "flow", "csv", "http", "sql")


def _which(given: Any) -> str:
    keys = given if isinstance(given, dict) else vars(given) if isinstance(given, Part) else {}
    return next((kind for kind in KINDS if kind in keys), "unknown")


Source = Annotated[
    Annotated[FieldSource, Tag("field")]
    | Annotated[JqlSource, Tag("jql")]
    | Annotated[RollupSource, Tag("rollup")]
    | Annotated[FlowSource, Tag("flow")]
    | Annotated[CsvSource, Tag("csv")]
    | Annotated[HttpSource, Tag("http")]
    | Annotated[SqlSource, Tag("sql")],
    Discriminator(_which),
]


class MeasureRule(Part):
    match: Match
    source: Source
