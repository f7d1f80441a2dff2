"""KPIs and what they are made of: targets, paths, series, milestones, check-ins, scoring."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from bsc_sync.scorecard.quantity import (
    Date,
    Duration,
    Identifier,
    Number,
    Part,
    Prose,
    Role,
    Text,
    Title,
    Unfit,
    matching,
    to_number,
)

MeasureType = Literal["increase", "decrease", "at_least", "at_most", "between", "milestones", "done", "work"]
Cadence = Literal["week", "month", "quarter", "year"]
CONTROLS = frozenset({"at_least", "at_most", "between"})


class Point(Part):
    """A value on a day: a baseline, a station of a path."""

    value: Number
    on: Date


class Baseline(Part):
    value: Number
    on: Date | None = None


class Target(Part):
    """Where a measure shall be: a value, or a range for `between`, or only a day for milestones."""

    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    on: Date | None = None

    @model_validator(mode="after")
    def _range_in_order(self) -> Self:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise Unfit(f"low {self.low} is not below high {self.high}", "swap or correct them")
        if self.value is not None and (self.low is not None or self.high is not None):
            raise Unfit("a target is either a value or a range from low to high", "keep one of them")
        return self


class RedFlag(Part):
    """Where a control is lost altogether: one value, or one for each side of a range."""

    value: Number | None = None
    low: Number | None = None
    high: Number | None = None


def _scalar_as_value(given: object) -> object:
    return given if isinstance(given, (dict, Part)) or given is None else {"value": given}


PlainTarget = Annotated[Target, BeforeValidator(_scalar_as_value)]
PlainRedFlag = Annotated[RedFlag, BeforeValidator(_scalar_as_value)]


class DatedWeight(Part):
    """A weight, and the day from which it holds (always, when there is none)."""

    value: Number = Field(gt=0)
    from_: Date | None = Field(default=None, alias="from")


def _number_as_weights(given: object) -> object:
    return given if isinstance(given, (list, tuple)) else ({"value": given},)


Weight = Annotated[tuple[DatedWeight, ...], BeforeValidator(_number_as_weights), Field(min_length=1)]
ONE: tuple[DatedWeight, ...] = (DatedWeight.model_validate({"value": 1}),)


class Unit(Part):
    """What a value counts: a symbol, or a currency with the scale its figures are written in."""

    symbol: Text | None = None
    currency: Text | None = None
    scale: Number | None = Field(default=None, gt=0)

    def __str__(self) -> str:
        if self.currency is None:
            return self.symbol or ""
        return self.currency if self.scale in {None, 1} else f"{self.currency} x {self.scale}"


def _text_as_symbol(given: object) -> object:
    return {"symbol": given} if isinstance(given, str) else given


PlainUnit = Annotated[Unit, BeforeValidator(_text_as_symbol)]


def _number_or_truth(given: object) -> object:
    return given if isinstance(given, bool) else to_number(given)


class CheckIn(Part):
    """A value that somebody states for a day; true for a measure of type `done`."""

    on: Date
    value: Annotated[Decimal | bool, BeforeValidator(_number_or_truth)]
    note: Prose | None = None
    confidence: Number | None = Field(default=None, ge=0, le=10)


class Milestone(Part):
    id: Identifier
    name: Title
    weight: Number = Field(default=ONE[0].value, gt=0)
    due: Date | None = None
    reached: Date | None = None


_WINDOW = matching(r"period|ytd|rolling [1-9][0-9]{0,2}", "a window", "write period, ytd or rolling 12")


class Series(Part):
    """How single readings make a value: the latest level, or a flow gathered over a window."""

    kind: Literal["level", "flow"] = "level"
    period: Literal["day", "week", "month", "quarter", "year"] = "month"
    aggregate: Literal["last", "sum", "mean"] = "last"
    window: Annotated[Text, AfterValidator(_WINDOW)] = "period"


class Scoring(Part):
    """Another way to score a measure than its type's own."""

    by: Literal["attainment", "check_ins", "distance", "goal_red_flag"] = "attainment"
    cap: tuple[Number, Number] | None = None


class StatusRule(Part):
    """When a measure counts as on track, at risk or off track."""

    rule: Literal["ratio", "gap", "absolute"] = "ratio"
    on_track: Number | None = None
    at_risk: Number | None = None
    names: dict[Literal["on_track", "at_risk", "off_track"], Title] = Field(default_factory=dict)


class Override(Part):
    """A status set by hand: for how long and why."""

    status: Literal["on track", "at risk", "off track"]
    until: Date
    reason: Title


class KPI(Part):
    """A measure of an objective on its whole path from baseline to target."""

    id: Identifier
    was: Identifier | None = None
    name: Title
    definition: Prose | None = None
    indicator: Literal["leading", "lagging"] | None = None
    type: MeasureType
    unit: PlainUnit | None = None
    owner: Role | None = None
    weight: Weight = ONE
    cadence: Cadence = "month"
    publication_lag: Duration | None = None
    baseline: Baseline | None = None
    target: Target = Target()
    path: tuple[Point, ...] = ()
    red_flag: PlainRedFlag | None = None
    series: Series = Series()
    milestones: tuple[Milestone, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    confidence: Number | None = Field(default=None, ge=0, le=10)
    scoring: Scoring | None = None
    status: StatusRule | None = None
    override: Override | None = None
    retired: Date | None = None


class SharedKPI(Part):
    """A KPI that another objective defines and this one is judged by too."""

    ref: Identifier
    weight: Weight = ONE


def _which_kpi(given: object) -> str:
    if isinstance(given, dict):
        return "shared" if "ref" in given else "own"
    return "shared" if isinstance(given, SharedKPI) else "own"


AnyKPI = Annotated[
    Annotated[KPI, Tag("own")] | Annotated[SharedKPI, Tag("shared")], Discriminator(_which_kpi)
]
