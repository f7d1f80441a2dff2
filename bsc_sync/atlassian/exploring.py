"""Jira seen by somebody who comes there for the first time: what a query finds, and what hangs below it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bsc_sync.atlassian.fields import from_payload
from bsc_sync.atlassian.issues import Issues, Raw
from bsc_sync.atlassian.marks import read_mark
from bsc_sync.atlassian.session import chunks
from bsc_sync.atlassian.tracker import JiraTracker
from bsc_sync.mapping.catalog import Catalog, FieldInfo
from bsc_sync.plan.claims import LABELS, label_claims
from bsc_sync.plan.found import Child, Found, Person
from bsc_sync.plan.unheld import unheld

_ALWAYS = ("summary", "status", "issuetype", "project", "labels", "assignee", "parent")
_AT_ONCE = 100
_PARENTS = 50


@dataclass(frozen=True, slots=True)
class JiraExplorer:
    """One Jira, Cloud or Data Center, through the tracker of the sync."""

    tracker: JiraTracker

    def catalog(self) -> Catalog:
        """The account and the fields that it can see."""
        return self.tracker.catalog()

    def with_screens(self, catalog: Catalog, places: Collection[tuple[str, str]]) -> Catalog:
        """The catalog with the create screens of these places."""
        return self.tracker.with_screens(catalog, places)

    def faults(self, jql: Sequence[str]) -> dict[str, str]:
        """Which of the queries Jira cannot carry out as they are meant, and why."""
        return self.tracker.faults(jql)

    def find(self, jql: str) -> list[str]:
        """The ids from the index, in the query's order."""
        return [str(raw["id"]) for raw in self._issues.search(jql, ["id"])]

    def read(self, ids: Sequence[str], fields: Sequence[FieldInfo]) -> Iterator[Found]:
        """By id; where marks are read one by one only what has a label of ours is."""
        wanted = list(dict.fromkeys([*_ALWAYS, *self._issues.epics.fields, *(info.id for info in fields)]))
        for part in chunks(ids, _AT_ONCE):
            raws = {str(raw["id"]): raw for raw in self._issues.fetch(part, wanted, closely=False)}
            near = [one for one, raw in raws.items() if "properties" not in raw and _has_our_label(raw)]
            raws |= {str(raw["id"]): raw for raw in self._issues.fetch(near, wanted)} if near else {}
            yield from (self._found(raws[one], fields) for one in part if one in raws)

    def below(self, keys: Sequence[str]) -> Iterator[Child]:
        """What hangs below, from the index."""
        issues = self._issues
        for part in chunks(keys, _PARENTS):
            for raw in issues.search(issues.below(part), ["issuetype", *issues.epics.fields]):
                epic = issues.parent_of(raw)
                if epic is not None:
                    kind = (raw.get("fields") or {}).get("issuetype") or {}
                    level = self._level(raw, kind)
                    yield Child(str(raw["id"]), str(raw["key"]), str(kind.get("name") or ""), level, epic)

    @property
    def _issues(self) -> Issues:
        return self.tracker.issues

    def _found(self, raw: Raw, fields: Iterable[FieldInfo]) -> Found:
        shown = raw.get("fields") or {}
        dialect = self._issues.dialect
        project, kind = shown.get("project") or {}, shown.get("issuetype") or {}
        key = str(raw["key"])
        labels = tuple(map(str, shown.get("labels") or ()))
        fields = tuple(fields)
        values = {info.id: from_payload(info.type, shown.get(info.id), dialect) for info in fields}
        unkept = {info.id: lost for info in fields if (lost := unheld(info.type, values[info.id]))}
        return Found(
            id=str(raw["id"]),
            key=key,
            project=str(project.get("key") or key.rpartition("-")[0]),
            project_name=str(project.get("name") or ""),
            issue_type=str(kind.get("name") or ""),
            level=self._level(raw, kind),
            category=str(((shown.get("status") or {}).get("statusCategory") or {}).get("key") or "undefined"),
            values=values,
            labels=labels,
            person=_person(shown.get("assignee"), dialect.users),
            mark=read_mark(raw.get("properties")) or next(iter(label_claims(labels)), None),
            epic=self._issues.parent_of(raw),
            unkept=unkept,
        )

    def _level(self, raw: Raw, kind: Mapping[str, Any]) -> int:
        if kind.get("subtask"):
            return -1
        level = int(kind.get("hierarchyLevel") or 0)
        is_epic = self._issues.epics.is_epic(raw) or str(kind.get("name")).casefold() == "epic"
        return max(level, 1) if is_epic else level


def _has_our_label(raw: Raw) -> bool:
    labels = (raw.get("fields") or {}).get("labels") or ()
    return any(str(label).startswith(LABELS) for label in labels)


def _person(raw: object, way: str) -> Person | None:
    if not isinstance(raw, Mapping):
        return None
    account = next((str(raw[name]) for name in (way, "accountId", "name", "key") if raw.get(name)), None)
    return Person(account, str(raw.get("displayName") or "")) if account else None
