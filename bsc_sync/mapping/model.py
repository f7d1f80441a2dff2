"""How the two vocabularies meet: `mapping.yaml`, format 1, as frozen values."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bsc_sync.mapping.match import Match
from bsc_sync.mapping.sources import MeasureRule
from bsc_sync.scorecard.measures import Scoring, StatusRule
from bsc_sync.scorecard.quantity import (
    Count,
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
from bsc_sync.scorecard.wording import shown

Owner = Literal["scorecard", "jira", "seed"]
OnDrift = Literal["hold", "restore", "adopt"]
From = Literal[
    "id",
    "name",
    "description",
    "due",
    "target",
    "baseline",
    "owner",
    "team",
    "unit",
    "perspective",
    "themes",
    "cycle",
    "objective",
]
ProjectKey = Annotated[
    Text,
    AfterValidator(
        matching(r"[A-Z][A-Z0-9_]{1,99}", "a project key", "write it as in Jira, in capitals: STRAT")
    ),
]
IssueKey = Annotated[
    Text,
    AfterValidator(
        matching(r"[A-Z][A-Z0-9_]{1,99}-[1-9][0-9]{0,17}", "an issue key", "write it as in Jira: CRM-12")
    ),
]
Label = Annotated[
    Text,
    AfterValidator(
        matching(
            r"[^\s\"]{1,255}", "a label", "labels have no spaces or quotes, and no more than 255 characters"
        )
    ),
]


def _plain_value(given: object) -> object:
    """A constant is text or an exact number; a number keeps its digits."""
    if given is None or isinstance(given, bool | dict | list):
        raise Unfit(f"expected a text or a number, got {shown(given)}", "write a single value")
    return str(given)


class FieldRule(Part):
    """One mapped field: where its value comes from and who owns it afterwards.

    `owner: scorecard` keeps the field in step, `seed` writes it once, `jira` only reads it.
    `region: managed` keeps one part of a paragraph field, between two visible lines, and leaves
    what people write around it alone; `whole` (the default) is the whole field.
    """

    from_: From | None = Field(default=None, alias="from")
    value: Annotated[str, BeforeValidator(_plain_value)] | None = None
    owner: Owner = "scorecard"
    on_drift: OnDrift = "hold"
    region: Literal["whole", "managed"] = "whole"

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if self.region == "managed" and self.owner != "scorecard":
            raise Unfit(
                "region: managed is kept in step with the scorecard, so it is the scorecard's",
                "take owner out, or region",
            )
        if self.owner == "jira":
            if self.from_ is not None or self.value is not None:
                raise Unfit("a field owned by jira is only read", "take from and value out")
        elif (self.from_ is None) == (self.value is None):
            raise Unfit(
                "a field takes its value either from the scorecard or as a constant",
                "give one of from and value, or owner: jira",
            )
        return self


class ItemRule(Part):
    """How one kind of item lives in Jira: as an issue of a type, or as fields of its parent's."""

    as_: Literal["issue", "field"] = Field(default="issue", alias="as")
    project: ProjectKey | None = None
    issue_type: Text = "Task"
    labels: tuple[Label, ...] = ()
    parent: Literal["objective", "none"] = "objective"
    link: Text | None = None
    fields: dict[Text, FieldRule] = Field(default_factory=dict)


class ExceptionRule(Part):
    """What is different for the items that match; what it leaves out stays as the default says."""

    match: Match
    as_: Literal["issue", "field"] | None = Field(default=None, alias="as")
    existing: IssueKey | None = None
    project: ProjectKey | None = None
    issue_type: Text | None = None
    labels: tuple[Label, ...] | None = None
    parent: Literal["objective", "none"] | None = None
    link: Text | None = None
    fields: dict[Text, FieldRule] | None = None


class Retire(Part):
    """What becomes of an issue whose objective or key result has left the scorecard.

    `reopen` is the transition or status by which it comes back; without it, the status that it had.
    """

    label: Label | None = "bsc-retired"
    transition: Text | None = None
    comment: Prose | None = None
    reopen: Text | None = None


DEFAULT_FIELDS: dict[str, FieldRule] = {
    "summary": FieldRule.model_validate({"from": "name"}),
    "description": FieldRule.model_validate({"from": "description"}),
}


class JiraSide(Part):
    """`projects` are others to which issues of ours may be moved and where they are still kept in step."""

    project: ProjectKey
    projects: tuple[ProjectKey, ...] = ()
    objectives: ItemRule = ItemRule(issue_type="Epic", fields=DEFAULT_FIELDS)
    key_results: ItemRule = ItemRule(issue_type="Task", fields={"summary": DEFAULT_FIELDS["summary"]})
    rules: tuple[ExceptionRule, ...] = ()
    retire: Retire = Retire()
    points: Text | None = None
    label_only: Truth = False

    @model_validator(mode="before")
    @classmethod
    def _objectives_are_epics(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("objectives"), dict):
            return {**given, "objectives": {"issue_type": "Epic", **given["objectives"]}}
        return given


class WorkRule(Part):
    """Which of the teams' work serves what; several ways of saying it add up."""

    match: Match | None = None
    epics: tuple[IssueKey, ...] = ()
    depth: Annotated[Count, Field(ge=1, le=5)] = 1
    jql: Prose | None = None
    links: Text | None = None
    epic: IssueKey | None = None
    split: dict[Identifier, Number] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.epic is not None:
            if (
                not self.split
                or any(share <= 0 for share in self.split.values())
                or sum(self.split.values()) > 1
            ):
                raise Unfit(
                    "split gives each objective a positive share, together at most 1", "correct the shares"
                )
        elif self.match is None:
            raise Unfit("the rule does not say whom the work serves", "add match, or epic with split")
        elif not (self.epics or self.jql or self.links):
            raise Unfit("the rule does not say which work it is", "add epics, jql or links")
        return self


class Exclude(Part):
    resolution: tuple[Text, ...] = ()


class AlignmentRule(Part):
    """The portfolio whose work is asked what it serves."""

    scope: Prose
    period: Duration = Span(count=90, unit="day")
    run_the_business: Prose | None = None
    exclude: Exclude = Exclude()
    effort: Literal["count", "points", "time"] = "count"
    untouched_after: Duration = Span(count=14, unit="day")


def _length(given: object) -> object:
    """`30 minutes`, `90s`, `2h` as a length of time."""
    if given is None or isinstance(given, dt.timedelta):
        return given
    found = _LENGTH.fullmatch(given.strip()) if isinstance(given, str) else None
    if not found:
        raise Unfit(f"expected a length of time, got {shown(given)}", "write 30 minutes, 90s or 2h")
    return dt.timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


_LENGTH = re.compile(r"([1-9]\d{0,5})\s*([smh])(?:ec(?:ond)?s?|in(?:ute)?s?|ours?)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
Deadline = Annotated[dt.timedelta, BeforeValidator(_length)]


class Limit(Part):
    """A run that would do more than this stops; the share counts only above the floor."""

    count: Annotated[Count, Field(ge=0)] | None = None
    share: Number | None = Field(default=None, ge=0, le=1)
    floor: Annotated[Count, Field(ge=0)] = 0


class Limits(Part):
    """What a run may do at most, and how many issues may have vanished since the last one; after the
    `deadline` it begins nothing new."""

    creates: Limit = Limit(count=100)
    updates: Limit = Limit(share=Decimal("0.5"), count=50, floor=5)
    retires: Limit = Limit(share=Decimal("0.1"), count=5, floor=3)
    vanished: Limit = Limit(share=Decimal("0.5"), floor=3)
    deadline: Deadline | None = None


class Service(Part):
    mode: Literal["apply", "observe"] = "observe"


class ConfluencePlace(Part):
    space: Text
    title: Title
    parent: Text | None = None


class Publish(Part):
    confluence: ConfluencePlace | None = None
    html: Text | None = None
    every: Literal["sync", "day", "week", "month"] = "sync"
    restricted: Literal["count", "name"] = "count"


class Mapping(Part):
    """The whole file."""

    format: FormatOne
    scorecard: Text
    jira: JiraSide
    work: tuple[WorkRule, ...] = ()
    measures: tuple[MeasureRule, ...] = ()
    alignment: AlignmentRule | None = None
    status: StatusRule = StatusRule()
    scoring: Scoring | None = None
    limits: Limits = Limits()
    service: Service = Service()
    publish: Publish = Publish()
    people: dict[Role, Text] = Field(default_factory=dict)

    @property
    def named_projects(self) -> frozenset[str]:
        """The projects in which issues of ours may stand, and be written to."""
        side = self.jira
        named = {side.project, *side.projects, side.objectives.project, side.key_results.project}
        for rule in side.rules:
            named |= {rule.project, rule.existing.rpartition("-")[0] if rule.existing else None}
        return frozenset(project for project in named if project)
