"""What a doctor asks of a Jira. Not one of these questions changes anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote

import requests

from bsc_sync.atlassian.fields import field_info, moment
from bsc_sync.atlassian.issues import Issues, Raw
from bsc_sync.atlassian.session import chunks
from bsc_sync.atlassian.tracker import JiraTracker
from bsc_sync.errors import NotOffered, Refused, Rejected
from bsc_sync.mapping.catalog import Catalog, FieldInfo
from bsc_sync.mapping.site_facts import AccountFacts, IssueFacts, ProjectFacts, ServerFacts

T = TypeVar("T")
R = TypeVar("R")
_FACTS = ("issuetype", "project", "labels", "status")
_FEW = 3  # projects that are asked for one by one
_AT_ONCE = 50


@dataclass(slots=True)
class JiraExaminer:
    """One Jira, asked and never told. `clock` is our own."""

    tracker: JiraTracker
    clock: Callable[[], dt.datetime]
    _statuses: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def issues(self) -> Issues:
        """What reads the issues."""
        return self.tracker.issues

    def server(self) -> ServerFacts:
        """Which Jira answers, and what time it has: its own word, else that of the reply's header."""
        kind = self.issues.deployment.kind  # raises when nothing answers, or nobody says which Jira it is
        try:
            reply = self.issues.site.session.get(f"{self.issues.site.url}/rest/api/2/serverInfo")
        except (NotOffered, Refused):
            return ServerFacts(kind, told=self.issues.told is not None)
        asked = self.clock()
        said: Raw = reply.json() if reply.content else {}
        return ServerFacts(
            kind,
            str(said.get("version") or ""),
            _time_of(said.get("serverTime"), reply),
            asked,
            told=self.issues.told is not None,
        )

    def account(self) -> AccountFacts:
        """Who we are; Refused when the site takes us for an anonymous visitor."""
        me = self.issues.client.myself()
        identifier = str(me.get("accountId") or me.get("name") or "")
        return AccountFacts(
            identifier, str(me.get("displayName") or identifier), str(me.get("timeZone") or "")
        )

    def catalog(self) -> Catalog:
        """The fields that the account can see."""
        return self.tracker.catalog()

    def with_screens(self, catalog: Catalog, places: Collection[tuple[str, str]]) -> Catalog:
        """The catalog with the create screens of these places."""
        return self.tracker.with_screens(catalog, places)

    def projects(self, keys: Collection[str]) -> Mapping[str, ProjectFacts]:
        """Those of the projects that exist and may be seen, by the key that was asked for."""
        none: list[Raw] = []
        listed = self.issues.can.first_of(
            ("lists of projects", lambda: self._listed(list(keys))), ("project", lambda: none)
        )
        found = {str(raw["key"]): raw for raw in listed if raw.get("key") in keys}
        # a key from before a renaming is known by itself only
        rest = [key for key in keys if key not in found]
        single = self.issues.site.side_by_side(self._project, rest)
        found |= {key: raw for key, raw in zip(rest, single, strict=True) if raw is not None}
        return {key: _project_facts(key, raw) for key, raw in found.items()}

    def granted(
        self, projects: Sequence[ProjectFacts], permissions: Sequence[str]
    ) -> Mapping[str, Mapping[str, bool]]:
        """Which of the permissions the account has in each project; what Jira does not know is left out."""
        if len(projects) > _FEW and self._cloud:
            return self.issues.can.first_of(
                ("permissions/check", lambda: self._granted_at_once(projects, permissions)),
                ("mypermissions", lambda: self._granted_singly(projects, permissions)),
            )
        return self._granted_singly(projects, permissions)

    def sample(self, project: str, issue_type: str) -> str | None:
        """The key of some issue of that type (by id) in the project."""
        found = self.issues.first(f'project = "{project}" AND issuetype = {int(issue_type)}')
        key = str(found["key"]) if found else ""
        # a server that leaves out the clause shows an issue of another project
        return key if key.rpartition("-")[0] == project else None

    def editable(self, key: str) -> Mapping[str, FieldInfo]:
        """The fields that can be set on an issue that exists, by id."""
        reply = self.issues.site.get(f"{self.issues.api}/issue/{quote(key)}/editmeta") or {}
        infos = (
            field_info({**raw, "id": identifier})
            for identifier, raw in (reply.get("fields") or {}).items()
            if "set" in (raw.get("operations") or ("set",)) or "add" in (raw.get("operations") or ())
        )
        return {info.id: info for info in infos}

    def link_types(self) -> tuple[str, ...]:
        """The link types, and both ways of reading each."""
        kinds = self.issues.client.link_types()
        return tuple(str(kind[way]) for kind in kinds for way in ("name", "inward", "outward") if way in kind)

    def statuses(self) -> tuple[str, ...]:
        """The names of all statuses."""
        return tuple(str(one.get("name")) for one in self.issues.site.get(f"{self.issues.api}/status") or ())

    def statuses_of(self, project: str) -> Mapping[str, tuple[str, ...]]:
        """The names of the statuses of each issue type in a project, by the type's id and name."""
        if project in self._statuses:
            return self._statuses[project]
        found: dict[str, tuple[str, ...]] = {}
        for kind in self.issues.site.get(f"{self.issues.api}/project/{quote(project)}/statuses") or ():
            names = tuple(str(one.get("name")) for one in kind.get("statuses") or ())
            found[str(kind.get("id"))] = found[str(kind.get("name"))] = names
        self._statuses[project] = found
        return found

    def ways(self, key: str) -> tuple[str, ...]:
        """The transitions that an issue offers now, by their names and by the status that each leads to."""
        offered = self.issues.client.transitions(key)
        return tuple(
            str(name)
            for way in offered
            for name in (way.get("name"), (way.get("to") or {}).get("name"))
            if name
        )

    def present(self, keys: Collection[str]) -> Mapping[str, IssueFacts]:
        """Those of the issues that exist and may be seen, by their keys now."""
        epics = self.issues.epics
        wanted = [*_FACTS, *(part for part in (epics.name,) if part)]
        found = {}
        for raw in self.issues.fetch(keys, wanted):
            kind = (raw.get("fields") or {}).get("issuetype") or {}
            status = (raw.get("fields") or {}).get("status") or {}
            found[str(raw["key"])] = IssueFacts(
                str(raw["key"]),
                str(kind.get("name") or ""),
                self._is_epic(raw, kind),
                bool(raw.get("properties")),
                (status.get("statusCategory") or {}).get("key") == "done",
            )
        return found

    def offers_properties(self, key: str) -> bool:
        """Whether the site lets programs read the notes that they keep on an issue."""
        try:
            self.issues.site.get(f"{self.issues.api}/issue/{quote(key)}/properties")
        except (NotOffered, Refused):
            return False
        return True

    def faults(self, jql: Sequence[str]) -> Mapping[str, str]:
        """Which of the queries cannot be carried out as they are meant, and why."""
        return self.tracker.faults(jql)

    def count(self, jql: str) -> int:
        """About how many issues a query finds: Cloud estimates it, Data Center knows it."""
        if self._cloud:
            reply = self.issues.site.read(f"{self.issues.api}/search/approximate-count", {"jql": jql}) or {}
            return int(reply.get("count") or 0)
        page = self.issues.strictly({"jql": jql, "fields": ["key"], "maxResults": 1})
        return int(page.get("total") or 0)

    def person(self, account: str) -> str | None:
        """The name of the person with that account id (Cloud) or user name (Data Center)."""
        key = "accountId" if self._cloud else "username"
        try:
            found = self.issues.site.get(f"{self.issues.api}/user", **{key: account}) or {}
        except NotOffered:
            raise
        except Rejected as error:
            if error.status in {400, 404}:
                return None
            raise
        return str(found.get("displayName") or account)

    def together(self, ask: Callable[[T], R], parts: Sequence[T]) -> list[R]:
        """Ask for several things side by side; replies in order."""
        return self.issues.site.side_by_side(ask, parts)

    def _is_epic(self, raw: Raw, kind: Mapping[str, object]) -> bool | None:
        if self._cloud:
            level = kind.get("hierarchyLevel")
            return None if level is None else int(str(level)) > 0
        epics = self.issues.epics
        return None if epics.name is None else epics.is_epic(raw)

    @property
    def _cloud(self) -> bool:
        return self.issues.deployment.kind == "cloud"

    def _listed(self, keys: list[str]) -> list[Raw]:
        """Many projects in few requests; Data Center lists all that there are."""
        if len(keys) <= _FEW:
            return []
        if not self._cloud:
            return self.issues.client.projects()
        found: list[Raw] = []
        for part in chunks(keys, _AT_ONCE):
            query = "&".join(f"keys={quote(key)}" for key in part)
            page = self.issues.site.get(f"{self.issues.api}/project/search?{query}&maxResults={_AT_ONCE}")
            found += (page or {}).get("values") or []
        return found

    def _project(self, key: str) -> Raw | None:
        try:
            return self.issues.client.project(key)
        except NotOffered:
            raise
        except Rejected as error:
            if error.status == 404:
                return None
            raise

    def _granted_at_once(
        self, projects: Sequence[ProjectFacts], permissions: Sequence[str]
    ) -> Mapping[str, Mapping[str, bool]]:
        wanted = [{"permissions": [*permissions], "projects": [int(one.id) for one in projects]}]
        path = f"{self.issues.api}/permissions/check"
        reply = self.issues.site.read(path, {"projectPermissions": wanted}) or {}
        had = {
            (str(one.get("permission")), str(number))
            for one in reply.get("projectPermissions") or ()
            for number in one.get("projects") or ()
        }
        return {one.key: {name: (name, one.id) in had for name in permissions} for one in projects}

    def _granted_singly(
        self, projects: Sequence[ProjectFacts], permissions: Sequence[str]
    ) -> Mapping[str, Mapping[str, bool]]:
        def one(project: ProjectFacts) -> Mapping[str, bool]:
            query = {"projectKey": project.key}
            if self._cloud:
                query["permissions"] = ",".join(permissions)  # Data Center tells all, and takes no choice
            told = (self.issues.site.get(f"{self.issues.api}/mypermissions", **query) or {}).get(
                "permissions"
            ) or {}
            return {
                name: bool(told[name].get("havePermission"))
                for name in permissions
                if isinstance(told.get(name), Mapping)
            }

        replies = self.issues.site.side_by_side(one, projects)
        return {project.key: reply for project, reply in zip(projects, replies, strict=True)}


def _project_facts(key: str, raw: Raw) -> ProjectFacts:
    own = raw.get("style") == "next-gen" or bool(raw.get("simplified"))
    return ProjectFacts(key, str(raw.get("id")), str(raw.get("name")), own)


def _time_of(said: object, reply: requests.Response) -> dt.datetime | None:
    try:
        if said:
            return moment(str(said))
        return parsedate_to_datetime(reply.headers["Date"])
    except (KeyError, ValueError, TypeError):
        return None
