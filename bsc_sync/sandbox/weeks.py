"""Weeks of teams' work, played on a sandbox by people who check in, create, move and link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import requests
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock


class _Act(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Annotated[int, Field(ge=0, le=6)]
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    by: str


class CheckIn(_Act):
    """A value written into a field of an issue."""

    check_in: str
    field: str
    value: float


class Creation(_Act):
    """A new piece of work."""

    create: str
    project: str
    type: str
    parent: str | None = None
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    points: float | None = None


class Move(_Act):
    """An issue taken to a status, with a resolution if one is given."""

    move: str
    to: str
    resolution: str | None = None


class Link(_Act):
    """One issue linked to another: `link` contributes to `to`."""

    link: str
    type: str
    to: str


class Comment(_Act):
    """Something said."""

    comment: str
    text: str


_KINDS = ("check_in", "create", "move", "link", "comment")


def _kind(given: Any) -> str:
    keys = given if isinstance(given, dict) else vars(given)
    return next((kind for kind in _KINDS if kind in keys), "unknown")


Action = Annotated[
    Annotated[CheckIn, Tag("check_in")]
    | Annotated[Creation, Tag("create")]
    | Annotated[Move, Tag("move")]
    | Annotated[Link, Tag("link")]
    | Annotated[Comment, Tag("comment")],
    Discriminator(_kind),
]


class Week(BaseModel):
    """Seven days of actions, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actions: tuple[Action, ...]


class Quarter(BaseModel):
    """The weeks to play."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weeks: tuple[Week, ...]


class Unplayable(RuntimeError):
    """The sandbox does not hold what an action needs."""


def load_quarter(text: str) -> Quarter:
    """The quarter written in a YAML text; ValueError that lists every problem."""
    try:
        return Quarter.model_validate(YAML(typ="safe", pure=True).load(text))
    except ValidationError as error:
        places = (".".join(map(str, item["loc"])) + ": " + item["msg"] for item in error.errors())
        raise ValueError("\n".join(places)) from None
    except YAMLError as error:
        raise ValueError(str(error)) from None


def play(
    week: Week,
    *,
    start: dt.date,
    zone: ZoneInfo,
    session_for: Callable[[str], requests.Session],
    base_url: str,
    clock: Clock,
    flavor: Flavor = "cloud",
) -> int:
    """Play one week that begins on `start`; gives the number of actions.

    The clock stands at each action's moment while it happens. Raises Unplayable when an issue
    or a status is not found, or the sandbox refuses.
    """
    for action in sorted(week.actions, key=lambda one: (one.day, one.time)):
        hour, minute = map(int, action.time.split(":"))
        day = start + dt.timedelta(days=action.day)
        clock.set(dt.datetime.combine(day, dt.time(hour, minute), tzinfo=zone))
        _Person(session_for(action.by), base_url, flavor).do(action)
    return len(week.actions)


class _Person:
    def __init__(self, session: requests.Session, base_url: str, flavor: Flavor) -> None:
        self._session = session
        self._cloud = flavor == "cloud"
        self._base = f"{base_url}/rest/api/{3 if self._cloud else 2}"

    def do(self, action: CheckIn | Creation | Move | Link | Comment) -> None:
        match action:
            case CheckIn():
                field = self._field(action.field)
                self._ask("PUT", f"/issue/{self._key(action.check_in)}", {"fields": {field: action.value}})
            case Creation():
                self._create(action)
            case Move():
                self._move(action)
            case Link():
                self._ask(
                    "POST",
                    "/issueLink",
                    {
                        "type": {"name": action.type},
                        "inwardIssue": {"key": self._key(action.link)},
                        "outwardIssue": {"key": self._key(action.to)},
                    },
                )
            case Comment():
                words = {"type": "paragraph", "content": [{"type": "text", "text": action.text}]}
                text = {"version": 1, "type": "doc", "content": [words]} if self._cloud else action.text
                self._ask("POST", f"/issue/{self._key(action.comment)}/comment", {"body": text})

    def _create(self, action: Creation) -> None:
        fields: dict[str, Any] = {
            "project": {"key": action.project},
            "issuetype": {"name": action.type},
            "summary": action.create,
        }
        if action.parent:
            self._place(fields, action.type, self._key(action.parent))
        if action.labels:
            fields["labels"] = list(action.labels)
        if action.components:
            fields["components"] = [{"name": name} for name in action.components]
        if action.points is not None:
            fields[self._field("Story Points")] = action.points
        self._ask("POST", "/issue", {"fields": fields})

    def _place(self, fields: dict[str, Any], type_name: str, parent: str) -> None:
        types = [] if self._cloud else self._ask("GET", "/issuetype")
        subtask = any(one["subtask"] for one in types if one["name"] == type_name)
        if self._cloud or subtask:
            fields["parent"] = {"key": parent}
        else:
            fields[self._epic_link()] = parent

    def _epic_link(self) -> str:
        kinds = {one["id"]: one.get("schema", {}).get("custom", "") for one in self._ask("GET", "/field")}
        return str(next(key for key, kind in kinds.items() if kind.endswith(":gh-epic-link")))

    def _move(self, action: Move) -> None:
        key = self._key(action.move)
        offered = self._ask("GET", f"/issue/{key}/transitions")["transitions"]
        way = next((one["id"] for one in offered if one["to"]["name"] == action.to), None)
        if way is None:
            raise Unplayable(f"{key} cannot be moved to {action.to}")
        body: dict[str, Any] = {"transition": {"id": way}}
        if action.resolution:
            body["fields"] = {"resolution": {"name": action.resolution}}
        self._ask("POST", f"/issue/{key}/transitions", body)

    def _key(self, name: str) -> str:
        head, _, number = name.rpartition("-")
        if head.isupper() and number.isdigit():
            return name
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        body = {"jql": f'summary ~ "\\"{quoted}\\""', "fields": ["summary"], "maxResults": 100}
        found = self._ask("POST", "/search/jql" if self._cloud else "/search", body)["issues"]
        keys = [str(issue["key"]) for issue in found if issue["fields"]["summary"] == name]
        if len(keys) != 1:
            raise Unplayable(f'{len(keys)} issues are called "{name}", one is needed')
        return keys[0]

    def _field(self, name: str) -> str:
        for field in self._ask("GET", "/field"):
            if field["name"] == name:
                return str(field["id"])
        raise Unplayable(f'there is no field "{name}"')

    def _ask(self, method: Literal["GET", "POST", "PUT"], path: str, body: object = None) -> Any:
        reply = self._session.request(method, f"{self._base}{path}", json=body, timeout=60)
        if not reply.ok:
            raise Unplayable(f"{method} {path}: {reply.status_code} {reply.text[:300]}")
        return reply.json() if reply.content else None
