"""The parts of a page as values: everything is already in words, every figure exact beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from bsc_sync.attainment.score import ON_PLAN, Status

Tone = Literal["good", "warn", "bad", "wait", "none"]

TONES: dict[Status, Tone] = {
    **dict.fromkeys(ON_PLAN, "good"),
    Status.AT_RISK: "warn",
    Status.OFF_TRACK: "bad",
    Status.MISSED: "bad",
    Status.BREACHED: "bad",
    Status.NOT_STARTED: "wait",
    Status.TOO_EARLY: "wait",
    Status.NO_DATA: "none",
}


@dataclass(frozen=True, slots=True)
class IssueLink:
    """An issue of Jira, and where a person reads it; an `url` that is not http(s) is not linked."""

    key: str
    url: str


@dataclass(frozen=True, slots=True)
class HoldNote:
    """A field that the scorecard and Jira see differently, and why it is left as it is."""

    ref: str
    field: str
    desired: str
    seen: str
    reason: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """An objective or key result whose issue is to be looked at, how its link stands, what is to be said."""

    ref: str
    key: str
    state: str
    advice: str


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many links stand so."""

    state: str
    count: int


@dataclass(frozen=True, slots=True)
class PlanNote:
    """What the last run that looked at Jira left to say: writes still pending, fields on hold, edits in
    Jira, failures, how many links stand how, and those to be looked at. `looked` is the day on which it
    looked; None where that is not known, and with it all the rest."""

    looked: dt.date | None = None
    pending: int = 0
    holds: tuple[HoldNote, ...] = ()
    drift: tuple[HoldNote, ...] = ()
    failures: tuple[str, ...] = ()
    states: tuple[StateCount, ...] = ()
    links: tuple[LinkRow, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether nothing waits on either side; what was only moved is followed."""
        odd = any(row.state != "moved" for row in self.links)
        return self.looked is not None and not (
            self.pending or self.holds or self.drift or self.failures or odd
        )


@dataclass(frozen=True, slots=True)
class RunNote:
    """Which run made the page, when (an aware moment), from which files, with which version."""

    id: str
    at: dt.datetime
    scorecard_digest: str
    mapping_digest: str
    version: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as people read it, and `exact` as a decimal string.

    An undefined figure has no `exact`, reads "–", and `why` says what is missing.
    """

    text: str
    exact: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A status: the word that people read, its tone, and whether it was set by hand or is stale."""

    status: Status
    word: str
    tone: Tone
    overridden: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """An objective whose attainment reads otherwise than on the page before."""

    id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision that the board is asked for."""

    objective: str
    text: str
    owner: str
    due: dt.date | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Exceptional:
    """An objective that is off its plan, what shows it, and its owner's latest note."""

    id: str
    name: str
    standing: Standing
    what: str
    owner: str
    note: str
    noted_on: dt.date | None
    link: IssueLink | None


@dataclass(frozen=True, slots=True)
class Node:
    """An objective on the strategy map."""

    id: str
    name: str
    standing: Standing
    attainment: Figure
    expected: Figure
    url: str


@dataclass(frozen=True, slots=True)
class MapRow:
    """A perspective on the strategy map."""

    id: str
    name: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapArrow:
    """A hypothesis of the strategy map: `cause` moves `effect`."""

    cause: str
    effect: str
    sign: str
    lag: str
    why: str


@dataclass(frozen=True, slots=True)
class StrategyMap:
    """The strategy map, apex row first; `title` names it."""

    title: str
    rows: tuple[MapRow, ...]
    arrows: tuple[MapArrow, ...]


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A KPI or a key result, with everything that its attainment is made of."""

    kind: Literal["KPI", "Key result"]
    id: str
    name: str
    cycle: str
    shared_from: str
    by: str  # what takes the place of a value: milestones, linked work
    value: Figure
    read_on: dt.date | None
    source: str
    baseline: str
    target: str
    due: dt.date | None
    attainment: Figure
    expected: Figure
    before: str
    work_progress: Figure | None  # a KPI has none
    standing: Standing
    owner: str
    link: IssueLink | None


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """An objective with its three numbers, which are never mixed, and its measures."""

    id: str
    name: str
    description: str
    standing: Standing
    owner: str
    team: str
    themes: tuple[str, ...]
    due: dt.date | None
    link: IssueLink | None
    attainment: Figure
    expected: Figure
    before: str
    coverage: Figure
    okr_progress: Figure
    work_progress: Figure
    measures: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A perspective below the first screen."""

    id: str
    name: str
    summary: str
    attainment: Figure
    expected: Figure
    okr_progress: Figure
    coverage: Figure
    objectives: tuple[ObjectiveRow, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of work that may be named."""

    key: str
    summary: str
    url: str
    detail: str


@dataclass(frozen=True, slots=True)
class BucketRow:
    """One of the three buckets of the ledger."""

    name: str
    items: int
    effort: Figure
    share: Figure
    examples: tuple[Example, ...]
    restricted: int


@dataclass(frozen=True, slots=True)
class ProjectRow:
    name: str
    buckets: tuple[BucketRow, ...]


@dataclass(frozen=True, slots=True)
class WorkList:
    """Work worth a look: those that may be named, and how many more there are."""

    named: tuple[Example, ...]
    restricted: int
    more: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """Whom the work serves, in one period; `why` says why there is no ledger."""

    since: dt.date
    until: dt.date
    unit: str
    items: int
    total: Figure
    buckets: tuple[BucketRow, ...]
    by_project: tuple[ProjectRow, ...]
    overlap: int
    coverage: str
    idle: tuple[tuple[str, str], ...]  # id and name of objectives that no work serves
    untouched: WorkList
    untouched_after: str
    late: WorkList
    why: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A measure without a figure, or with one that is older than its cadence allows."""

    id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """The summary page of one scorecard: a value, to be rendered in any format."""

    id: str
    name: str
    vision: str
    as_of: dt.date
    headline: str
    standing_behind: str
    on_plan: int
    of: int
    unjudged: int
    since: dt.date | None
    moved: tuple[Move, ...]
    decisions: tuple[Wanted, ...]
    more_decisions: int
    map: StrategyMap
    exceptions: tuple[Exceptional, ...]
    more_exceptions: int
    sections: tuple[Section, ...]
    ledger: Ledger
    undefined: tuple[Missing, ...]
    stale: tuple[Missing, ...]
    plan: PlanNote
    rules: tuple[str, ...]
    run: RunNote
