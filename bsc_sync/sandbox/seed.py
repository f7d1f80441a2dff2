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
     scoped_token: scoped, time_zone: Europe/Berlin, kind: atlassian,  # kind: atlassian | app
     expires: 2027-01-01T00:00:00Z}    # the token; left out: never
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
permissions:                           # what people may not do; who is not listed may do everything
  - {user: "acme:cfo", projects: [CRM], without: [EDIT_ISSUES]}    # projects left out: in all of them
  - {user: "acme:cfo", only: [BROWSE_PROJECTS]}
security_levels: [{name: Board only, users: ["acme:cfo"]}]    # who sees issues with `security: Board only`
automation:                            # what the site does to a field, by name or id, whenever it is written
  - {field: duedate, does: ignore}     # ignore: it stays as it was; upper: in capitals
  - {field: Summary, does: refuse, having: DRAFT}   # 400 for a value that says so
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
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bsc_sync.sandbox.seed_parts import (
    DEFAULT_LINK_TYPES,
    DEFAULT_RESOLUTIONS,
    DEFAULT_STATUSES,
    DEFAULT_USER,
    TYPE_LEVELS,
    Seed,
)


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
        model = Seed.model_validate(dict(seed))
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


def _place(location: tuple[int | str, ...]) -> str:
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text or "seed"


def _crossed_references(seed: Seed) -> Iterator[str]:
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
    levels = {item.name for item in seed.security_levels or ()}
    fields = {*(item.name for item in every_field), *names["field ids"]}
    yield from _denied(seed, people, set(names["projects"]))
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
                ("security", {issue.security or ""} - {""}, levels),
                ("links", {link.type for link in issue.links or ()}, directions),
            ]
            for label, used, allowed in known:
                for name in sorted(used - allowed):
                    yield f"{spot}.{label}: unknown {name!r}"
            if issue.key and issue.key.rsplit("-", 1)[0] != project.key:
                yield f"{spot}.key: {issue.key!r} does not belong to project {project.key!r}"


def _unknown_owners(seed: Seed, people: set[str]) -> Iterator[str]:
    for number, client in enumerate(seed.oauth or []):
        if client.account_id not in people:
            yield f"oauth[{number}].account_id: unknown user {client.account_id!r}"


def _denied(seed: Seed, people: set[str], projects: set[str]) -> Iterator[str]:
    for number, denial in enumerate(seed.permissions or []):
        for name in sorted({denial.user} - people):
            yield f"permissions[{number}].user: unknown user {name!r}"
        for name in sorted(set(denial.projects or ()) - projects):
            yield f"permissions[{number}].projects: unknown project {name!r}"
