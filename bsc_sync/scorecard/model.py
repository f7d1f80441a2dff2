"""The strategy as written: a Balanced Scorecard, format 1, as frozen values.

Everything that `scorecard.yaml` may hold is a field here or in `measures`. What one value can
be checked by is said here; what needs the whole file (references, cycles) is in `check`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bsc_sync.scorecard.measures import (
    KPI,
    ONE,
    AnyKPI,
    CheckIn,
    MeasureType,
    Milestone,
    Override,
    PlainRedFlag,
    PlainTarget,
    PlainUnit,
    Point,
    Scoring,
    StatusRule,
    Weight,
)
from bsc_sync.scorecard.quantity import (
    Date,
    Duration,
    FormatOne,
    Identifier,
    Number,
    Part,
    Prose,
    Role,
    Span,
    Text,
    Title,
    Truth,
    Unfit,
    matching,
)
from bsc_sync.scorecard.wording import quoted, shown


class Horizon(Part):
    from_: Date = Field(alias="from")
    to: Date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to <= self.from_:
            raise Unfit(f"ends on {self.to}, not after it begins on {self.from_}", "correct from or to")
        return self


class Destination(Part):
    """Step 1: where the organisation wants to be at the end of the horizon."""

    vision: Prose = ""
    mission: Prose = ""
    stage: Literal["growth", "sustain", "harvest"] | None = None
    horizon: Horizon | None = None


class Perspective(Part):
    id: Identifier
    name: Title
    apex: Truth = False


class Theme(Part):
    id: Identifier
    name: Title


class Team(Part):
    id: Identifier
    name: Title


class Note(Part):
    on: Date
    text: Prose


class Decision(Part):
    id: Identifier
    text: Prose
    owner: Role | None = None
    due: Date | None = None


class Objective(Part):
    """Step 2: what shall be better, in one perspective, and who answers for it."""

    id: Identifier
    was: Identifier | None = None
    perspective: Identifier
    name: Title
    description: Prose | None = None
    themes: tuple[Identifier, ...] = ()
    owner: Role | None = None
    team: Identifier | None = None
    weight: Weight = ONE
    due: Date | None = None
    process: Literal["operations", "customer-management", "innovation", "regulatory"] | None = None
    capital: Literal["human", "information", "organizational"] | None = None
    serves: tuple[Text, ...] = ()
    self_standing: Truth = False
    retired: Date | None = None
    kpis: tuple[AnyKPI, ...] = ()
    notes: tuple[Note, ...] = ()
    decisions: tuple[Decision, ...] = ()
    override: Override | None = None

    @property
    def own_kpis(self) -> tuple[KPI, ...]:
        """The KPIs that this objective defines itself; shared ones are defined elsewhere."""
        return tuple(kpi for kpi in self.kpis if isinstance(kpi, KPI))


class Arrow(Part):
    """Step 3: one cause-effect hypothesis, `from_` the cause and `to` the effect."""

    from_: Identifier = Field(alias="from")
    to: Identifier
    sign: Literal["+", "-"] | None = None
    lag: Duration | None = None
    why: Prose | None = None
    review: Date | None = None


class KeyResult(Part):
    """Step 5: one segment to cover in one cycle, normally a stretch of a KPI's path."""

    id: Identifier
    was: Identifier | None = None
    objective: Identifier
    kpi: Identifier | None = None
    name: Title
    description: Prose | None = None
    type: MeasureType | None = None
    unit: PlainUnit | None = None
    baseline: Number | None = None
    target: PlainTarget | None = None
    path: tuple[Point, ...] = ()
    red_flag: PlainRedFlag | None = None
    milestones: tuple[Milestone, ...] = ()
    measure: Literal["shared", "own"] = "shared"
    cadence: Literal["week", "month", "quarter"] | None = None
    publication_lag: Duration | None = None
    team: Identifier | None = None
    owner: Role | None = None
    weight: Weight = ONE
    due: Date | None = None
    retired: Date | None = None
    check_ins: tuple[CheckIn, ...] = ()
    confidence: Number | None = Field(default=None, ge=0, le=10)
    scoring: Scoring | None = None
    status: StatusRule | None = None
    override: Override | None = None


class Cycle(Part):
    """A stretch of time that key results are set for; a quarter unless it says otherwise."""

    id: Identifier
    kind: Literal["quarter", "year", "half", "month", "own"] = "quarter"
    within: Identifier | None = None
    from_: Date = Field(alias="from")
    to: Date
    closes: Duration = Span(count=10, unit="day")
    closed: Date | None = None
    key_results: tuple[KeyResult, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise Unfit(f"ends on {self.to}, before it begins on {self.from_}", "correct from or to")
        return self

    def contains(self, day: dt.date) -> bool:
        """Whether the day lies in the cycle, both ends included."""
        return self.from_ <= day <= self.to


class Calendar(Part):
    """How days are counted on the way to a target."""

    days: Literal["calendar", "working"] = "calendar"
    holidays: tuple[Date, ...] = ()


class Silenced(Part):
    """Advice of the strategy review that the authors have decided against, and why."""

    code: Identifier
    id: Text | None = None
    reason: Title


class Review(Part):
    silence: tuple[Silenced, ...] = ()


PERSPECTIVES = (
    Perspective(id="learning", name="Learning and growth"),
    Perspective(id="internal", name="Internal processes"),
    Perspective(id="customer", name="Customer"),
    Perspective(id="financial", name="Financial", apex=True),
)


def _to_zone(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit(f"expected a time zone, got {shown(value)}", "write a name such as Europe/Zurich")
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise Unfit(f"{quoted(value)} is not a time zone", "write a name such as Europe/Zurich") from None
    return str(value)


_CARD_ID = matching(
    r"[a-z0-9][a-z0-9-]{0,39}",
    "the id of a scorecard",
    "use lower-case letters, digits and -, at most 40 (it becomes a Jira label)",
)


class Scorecard(Part):
    """The whole file. Perspectives stand bottom first, the apex last."""

    format: FormatOne
    id: Annotated[Text, AfterValidator(_CARD_ID)]
    name: Title
    timezone: Annotated[str, BeforeValidator(_to_zone)] = "UTC"
    destination: Destination = Destination()
    perspectives: Annotated[tuple[Perspective, ...], Field(min_length=1)] = PERSPECTIVES
    teams: tuple[Team, ...] = ()
    themes: tuple[Theme, ...] = ()
    objectives: tuple[Objective, ...] = ()
    map: tuple[Arrow, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    calendar: Calendar = Calendar()
    scoring: Scoring = Scoring()
    review: Review = Review()

    @property
    def zone(self) -> ZoneInfo:
        """The scorecard's time zone: its days begin and end there."""
        return ZoneInfo(self.timezone)

    def today(self, now: dt.datetime) -> dt.date:
        """The calendar day of an aware moment, in the scorecard's time zone."""
        return now.astimezone(self.zone).date()

    def objective(self, ref: str) -> Objective:
        """The objective of that id; KeyError when there is none."""
        return self._by_id[ref]

    def kpi(self, ref: str) -> KPI:
        """The KPI of that id, whichever objective defines it; KeyError when there is none."""
        for objective in self.objectives:
            for kpi in objective.own_kpis:
                if kpi.id == ref:
                    return kpi
        raise KeyError(ref)

    @cached_property
    def _by_id(self) -> dict[str, Objective]:
        return {objective.id: objective for objective in reversed(self.objectives)}

    def key_results(self) -> Iterator[tuple[Cycle, KeyResult]]:
        """Every key result with its cycle, in the order of the file."""
        for cycle in self.cycles:
            for key_result in cycle.key_results:
                yield cycle, key_result

    def due_of(self, objective: Objective) -> dt.date | None:
        """An objective's own date, else its last KPI's target date, else the horizon's end (DOMAIN 1)."""
        ends = [kpi.target.on for kpi in objective.own_kpis if kpi.target.on]
        horizon = self.destination.horizon
        return objective.due or max(ends, default=horizon.to if horizon else None)

    def ids(self) -> tuple[str, ...]:
        """The id of every objective, KPI and key result."""
        objectives = [ref for one in self.objectives for ref in (one.id, *(kpi.id for kpi in one.own_kpis))]
        return (*objectives, *(one.id for _, one in self.key_results()))

    def renames(self) -> dict[str, str]:
        """Old id -> new id, of every objective, KPI and key result that says `was:`."""
        told = {one.was: one.id for one in self.objectives if one.was}
        told |= {kpi.was: kpi.id for one in self.objectives for kpi in one.own_kpis if kpi.was}
        return told | {one.was: one.id for _, one in self.key_results() if one.was}

    def current_cycles(self, day: dt.date) -> tuple[Cycle, ...]:
        """The cycles that contain the day; else the one that began last; else the first to come.

        Nested cycles (a year and its quarter) can both be current.
        """
        containing = tuple(cycle for cycle in self.cycles if cycle.contains(day))
        if containing:
            return containing
        begun = [cycle for cycle in self.cycles if cycle.from_ <= day]
        if begun:
            return (max(begun, key=lambda cycle: (cycle.from_, cycle.to)),)
        return tuple(sorted(self.cycles, key=lambda cycle: cycle.from_)[:1])
