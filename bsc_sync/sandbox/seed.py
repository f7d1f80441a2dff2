"""The seed: what a new sandbox holds, as a YAML or JSON file.

```yaml
site: {title: Acme, time_zone: Europe/Berlin,
       cloud_id: 11111111-2222-3333-4444-555555555555,    # at the gateway
       index_lag: 5,                   # seconds after which searches learn of a change
       flavor: cloud,                  # cloud | data-center; one seed serves both
       version: 10.3.24,               # of Data Center; before 9.0 also with the old createmeta
       names: {Epic Link: Epos},       # Data Center's agile fields in the site's language
       missing: ["POST /issue/bulk", "GET /serverInfo 501"],    # not there: 404, or 405, 501
       properties: true}               # false: nobody may keep properties on issues
limits: {all: 10/s, endpoint: {PUT: 50/s}, issue_writes: [20/2s, 100/30s]}    # left out: none
clock: 2026-10-05T08:00:00Z            # a stopped clock; left out: the real time
users:                                 # left out: admin@sandbox.example with token sandbox-token
  - {account_id: "acme:cfo", name: Carla Cfo, email: cfo@acme.example, token: secret,
     scoped_token: scoped, time_zone: Europe/Berlin, kind: atlassian}  # kind: atlassian | app
oauth:                                 # clients with a first refresh token; `lifetime` s of an access token
  - {client_id: app, client_secret: shh, account_id: "acme:cfo", refresh_token: first, lifetime: 3600}
fields:                                # ids are given out from customfield_10100 up where left out
  - {name: Story Points, type: number}
  - {id: customfield_10101, name: Team, type: select, options: [Red, Blue]}
                                       # number text textarea date datetime select multiselect user labels url
                                       # radio checkboxes; cascading with options: {Red: [Dark], Blue: []}
                                       # `custom:` overrides the type key that GET /field shows
link_types: [{name: Contributes, inward: is contributed to by, outward: contributes to}]
statuses: [{name: To Do, category: new}, {name: Done, category: done}]    # new | indeterminate | done
transitions: [{name: Finish, to: Done, from: [To Do]}]    # `from` left out: from every status
resolutions: [Done, Duplicate]
projects:
  - key: CRM
    name: Customer relations
    style: classic                     # classic | next-gen (types, statuses and fields of its own; on Cloud)
    fields: [{name: Reach, type: number}]    # fields of this project alone; other projects may have the like
    lead: "acme:cfo"
    components: [onboarding]
    issue_types: [Epic, Story, Task, Bug, Sub-task]
    screens:                           # what may be set, by type ("*": every other type), by field name or id
      "*": [summary, description, labels, Story Points]
      Epic: {create: [summary, Team], edit: [summary, labels], required: [Team]}
    issues:
      - {key: CRM-7, type: Story, summary: Say hello, description: "Some *Markdown*", status: Done,
         resolution: Done, parent: CRM-1, labels: [a], components: [onboarding], priority: High,
         due: 2026-12-31, assignee: "acme:cfo", reporter: "acme:cfo", created: 2026-09-01T09:00:00Z,
         updated: 2026-09-02T09:00:00Z, resolved: 2026-09-02T09:00:00Z, fields: {Story Points: 3},
         links: [{type: contributes to, to: STRAT-3}]}
spaces:
  - key: STRAT
    name: Strategy
    permissions: {create: ["acme:cfo"], attach: ["acme:cfo"]}   # left out: everybody may
    pages: [{title: Home, body: "<p>Hello</p>", parent: Strategy, status: archived}]   # current | archived
```

Only `projects` is required. A story's `parent` is its Epic Link on Data Center. Keys of issues are honored;
a project's counter goes on behind the highest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.missing import MISSING_PATTERN
from bsc_sync.sandbox.weather.rules import Limits

DEFAULT_USER: dict[str, str] = {
    "account_id": "sandbox:admin",
    "name": "Ada Admin",
    "email": "admin@sandbox.example",
    "token": "sandbox-token",
}
DEFAULT_LINK_TYPES = (
    {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
    {"name": "Relates", "inward": "relates to", "outward": "relates to"},
)
DEFAULT_STATUSES = (
    {"name": "To Do", "category": "new"},
    {"name": "In Progress", "category": "indeterminate"},
    {"name": "Done", "category": "done"},
    {"name": "Closed", "category": "done"},
)
DEFAULT_RESOLUTIONS = ("Done", "Won't Do", "Duplicate", "Cannot Reproduce")
NEWEST_DATA_CENTER = "10.3.24"
PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest")
TYPE_LEVELS = {"Epic": 1, "Story": 0, "Task": 0, "Bug": 0, "Sub-task": -1}


def load_seed(path: str | Path) -> dict[str, Any]:
    """Read and check a seed file; ValueError that lists every problem."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file}: {error}") from None
    return read_seed(text, str(file))


def read_seed(text: str, name: str) -> dict[str, Any]:
    """Check a seed given as text, JSON if `name` ends so; ValueError that lists every problem."""
    try:
        loaded = json.loads(text) if name.endswith(".json") else YAML(typ="safe", pure=True).load(text)
        if not isinstance(loaded, dict):
            raise ValueError("a seed is a mapping with `projects`")
        return checked_seed(loaded)
    except (ValueError, YAMLError) as error:
        raise ValueError(f"{name}: {error}") from None


def checked_seed(seed: Mapping[str, Any]) -> dict[str, Any]:
    """The seed with plain types and without absent keys; ValueError that lists every problem."""
    try:
        model = _Seed.model_validate(dict(seed))
    except ValidationError as error:
        lines = [
            f"{_place(item['loc'])}: {item['msg'].removeprefix('Value error, ')}" for item in error.errors()
        ]
        raise ValueError("\n".join(lines)) from None
    problems = list(_crossed_references(model))
    if problems:
        raise ValueError("\n".join(problems))
    return model.model_dump(by_alias=True, exclude_none=True, exclude_unset=True)


def seed_moment(plan: Mapping[str, Any]) -> datetime | None:
    """The moment a checked seed stops the clock at, if any."""
    return plan.get("clock")


def checked_version(version: str) -> str:
    """The version; ValueError if it is not like 10.3.24."""
    if not re.fullmatch(_VERSION, version):
        raise ValueError(f"a version is like {NEWEST_DATA_CENTER}, not {version!r}")
    return version


def release_of(version: str) -> tuple[int, ...]:
    """A version in numbers that can be compared."""
    return tuple(int(part) for part in version.split("."))


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name!r}") from None
    return name


def _aware(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


_Zone = Annotated[str, AfterValidator(_known_zone)]
_Moment = Annotated[datetime, AfterValidator(_aware)]
_Name = Annotated[str, Field(min_length=1, max_length=255)]
_ProjectKey = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,9}$")]
_IssueKey = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,9}-[1-9][0-9]{0,8}$")]


_VERSION = r"^[0-9]{1,3}(\.[0-9]{1,4}){1,2}$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, coerce_numbers_to_str=False)


class _SiteSettings(_Part):
    title: _Name = "Sandbox"
    time_zone: _Zone = "UTC"
    flavor: Flavor = "cloud"
    version: Annotated[str, Field(pattern=_VERSION)] | None = None
    names: dict[Literal["Epic Link", "Epic Name", "Epic Status", "Epic Color", "Sprint", "Rank"], _Name] = (
        Field(default_factory=dict)
    )
    missing: list[Annotated[str, Field(pattern=MISSING_PATTERN)]] = Field(default_factory=list)
    properties: bool = True
    cloud_id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] | None = None
    index_lag: Annotated[float, Field(ge=0, le=3600)] = 0


class _Person(_Part):
    account_id: _Name
    name: _Name
    email: _Name
    token: _Name
    scoped_token: _Name | None = None
    time_zone: _Zone | None = None
    kind: Literal["atlassian", "app"] = "atlassian"


class _OAuthClient(_Part):
    client_id: _Name
    client_secret: _Name
    account_id: _Name
    refresh_token: _Name
    lifetime: Annotated[int, Field(ge=1, le=86_400)] = 3600


class _CustomField(_Part):
    id: Annotated[str, Field(pattern=r"^customfield_[1-9][0-9]{4,8}$")] | None = None
    name: _Name
    type: Literal[
        "number",
        "text",
        "textarea",
        "date",
        "datetime",
        "select",
        "multiselect",
        "user",
        "labels",
        "url",
        "cascading",
        "radio",
        "checkboxes",
    ]
    options: list[_Name] | dict[_Name, list[_Name] | None] | None = None
    custom: _Name | None = None
    description: str | None = None


class _LinkType(_Part):
    name: _Name
    inward: _Name
    outward: _Name


class _Status(_Part):
    name: _Name
    category: Literal["new", "indeterminate", "done"]


class _Transition(_Part):
    name: _Name
    to: _Name
    from_: list[_Name] | None = Field(default=None, alias="from")


class _Link(_Part):
    type: _Name
    to: _IssueKey


class _Issue(_Part):
    key: _IssueKey | None = None
    type: _Name
    summary: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\r\n]*$")]
    description: str | None = None
    status: _Name | None = None
    resolution: _Name | None = None
    parent: _IssueKey | None = None
    labels: list[Annotated[str, Field(pattern=r"^\S{1,255}$")]] | None = None
    components: list[_Name] | None = None
    priority: Literal["Highest", "High", "Medium", "Low", "Lowest"] | None = None
    due: date | None = None
    assignee: _Name | None = None
    reporter: _Name | None = None
    created: _Moment | None = None
    updated: _Moment | None = None
    resolved: _Moment | None = None
    fields: dict[_Name, Any] | None = None
    links: list[_Link] | None = None


class _Screens(_Part):
    create: list[_Name] | None = None
    edit: list[_Name] | None = None
    required: list[_Name] | None = None


class _Project(_Part):
    key: _ProjectKey
    name: _Name | None = None
    style: Literal["classic", "next-gen"] = "classic"
    lead: _Name | None = None
    components: list[_Name] | None = None
    issue_types: list[Literal["Epic", "Story", "Task", "Bug", "Sub-task"]] | None = None
    fields: list[_CustomField] | None = None
    screens: dict[str, list[_Name] | _Screens] | None = None
    issues: list[_Issue] | None = None


class _Permissions(_Part):
    create: list[str] | None = None
    attach: list[str] | None = None


class _Space(_Part):
    key: Annotated[str, Field(pattern=r"^~?[A-Za-z0-9]{1,255}$")]
    name: _Name | None = None
    permissions: _Permissions | None = None
    pages: list[dict[str, Any]] | None = None


class _Seed(_Part):
    site: _SiteSettings | None = None
    clock: _Moment | None = None
    users: list[_Person] | None = Field(default=None, min_length=1)
    oauth: list[_OAuthClient] | None = None
    limits: Limits | None = None
    fields: list[_CustomField] | None = None
    link_types: list[_LinkType] | None = None
    statuses: list[_Status] | None = Field(default=None, min_length=1)
    transitions: list[_Transition] | None = None
    resolutions: list[_Name] | None = Field(default=None, min_length=1)
    projects: list[_Project]
    spaces: list[_Space] | None = None


def _place(location: tuple[int | str, ...]) -> str:
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text or "seed"


def _crossed_references(seed: _Seed) -> Iterator[str]:
    people = {user.account_id for user in seed.users or []} or {DEFAULT_USER["account_id"]}
    every_field = [*(seed.fields or []), *(item for p in seed.projects for item in p.fields or [])]
    names = {
        "statuses": [item.name for item in seed.statuses or []],
        "fields": [item.name for item in seed.fields or []],
        "field ids": [item.id for item in every_field if item.id],
        "projects": [item.key for item in seed.projects],
        "spaces": [item.key for item in seed.spaces or []],
        "users": [item.account_id for item in seed.users or []],
        "scoped tokens": [item.scoped_token for item in seed.users or [] if item.scoped_token],
        "oauth clients": [item.client_id for item in seed.oauth or []],
        "issue keys": [issue.key for p in seed.projects for issue in p.issues or [] if issue.key],
    }
    for where, listed in names.items():
        for name in sorted({name for name in listed if listed.count(name) > 1}):
            yield f"{where}: {name!r} is given twice"
    yield from _unknown_owners(seed, people)
    statuses = set(names["statuses"]) or {item["name"] for item in DEFAULT_STATUSES}
    for number, transition in enumerate(seed.transitions or []):
        for name in sorted({transition.to, *(transition.from_ or [])} - statuses):
            yield f"transitions[{number}]: unknown status {name!r}"
    resolutions = set(seed.resolutions or DEFAULT_RESOLUTIONS)
    links = [*DEFAULT_LINK_TYPES, *(item.model_dump() for item in seed.link_types or [])]
    directions = {text for item in links for text in item.values()}
    fields = {*(item.name for item in every_field), *names["field ids"]}
    for number, project in enumerate(seed.projects):
        here = f"projects[{number}]"
        if project.lead and project.lead not in people:
            yield f"{here}.lead: unknown user {project.lead!r}"
        types = set(project.issue_types or TYPE_LEVELS)
        for name in sorted(set(project.screens or {}) - types - {"*"}):
            yield f"{here}.screens: unknown issue type {name!r}"
        for place, issue in enumerate(project.issues or []):
            spot = f"{here}.issues[{place}]"
            known: list[tuple[str, set[str], set[str]]] = [
                ("type", {issue.type}, types),
                ("status", {issue.status or ""} - {""}, statuses),
                ("resolution", {issue.resolution or ""} - {""}, resolutions),
                ("components", set(issue.components or ()), set(project.components or ())),
                ("assignee", {issue.assignee or ""} - {""}, people),
                ("reporter", {issue.reporter or ""} - {""}, people),
                ("fields", set(issue.fields or ()), fields),
                ("links", {link.type for link in issue.links or ()}, directions),
            ]
            for label, used, allowed in known:
                for name in sorted(used - allowed):
                    yield f"{spot}.{label}: unknown {name!r}"
            if issue.key and issue.key.rsplit("-", 1)[0] != project.key:
                yield f"{spot}.key: {issue.key!r} does not belong to project {project.key!r}"


def _unknown_owners(seed: _Seed, people: set[str]) -> Iterator[str]:
    for number, client in enumerate(seed.oauth or []):
        if client.account_id not in people:
            yield f"oauth[{number}].account_id: unknown user {client.account_id!r}"
