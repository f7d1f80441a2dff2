"""What a site says of itself, of the account, of a project, of a space - as a doctor asks for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """Which Jira it is. `time` is its clock at the moment `asked` of ours; None where it does not tell."""

    kind: str  # cloud | data-center
    version: str = ""
    time: dt.datetime | None = None
    asked: dt.datetime | None = None
    told: bool = False  # the settings say which Jira it is, for it does not


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Who the credentials belong to; `zone` is the time zone in which Jira reads dates of queries."""

    id: str
    name: str
    zone: str = ""


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """One project that the account can see."""

    key: str
    id: str
    name: str
    team_managed: bool = False


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """One issue that the account can see; `marked` tells whether it carries a mark of ours."""

    key: str
    issue_type: str
    is_epic: bool | None = None  # None where the site does not tell epics apart
    marked: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class SpaceFacts:
    """A space, and what the account may do there; None where Confluence does not tell."""

    flavor: str  # cloud | data-center
    id: str
    key: str
    may_create: bool | None = None
    may_attach: bool | None = None


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A page that holds a title (current, archived, trashed); `ours` tells whether it carries our mark."""

    title: str
    status: str
    ours: bool


@dataclass(frozen=True, slots=True)
class ScreenFacts:
    """A screen: its first tab, and the ids of all fields on it."""

    id: str
    tab: str
    fields: frozenset[str]
