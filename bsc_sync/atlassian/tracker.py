"""Jira Cloud as the tracker of the sync: seen, created, changed; in the fewest requests that are safe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bsc_sync.alignment.scopes import WorkScope
from bsc_sync.alignment.work import WorkItem
from bsc_sync.atlassian import workload
from bsc_sync.atlassian.client import Client
from bsc_sync.atlassian.documents import document_of
from bsc_sync.atlassian.fields import field_info, from_payload, to_payload
from bsc_sync.atlassian.jql import quoted
from bsc_sync.atlassian.marks import mark_property, read_mark
from bsc_sync.atlassian.search import fetch, first, search
from bsc_sync.atlassian.session import Site
from bsc_sync.errors import Ambiguous, BscSyncError, Rejected, Unreachable
from bsc_sync.mapping.catalog import Catalog, FieldInfo, IssueTypeInfo, Screen
from bsc_sync.plan.change import Adopt, Create, Retire
from bsc_sync.plan.item import Mark, Seen, mark_label
from bsc_sync.plan.order import Look, Order, Reply

_API = "/rest/api/3"
_ALWAYS = ("summary", "status", "issuetype", "project", "labels")
_ABSENT_IN_A_ROW = 50


@dataclass(slots=True)
class JiraTracker:
    """One Jira Cloud site. `browse_url` is where people read issues, without the key."""

    site: Site
    client: Client
    browse_url: str
    _types: dict[tuple[str, str], str] = field(default_factory=dict)

    def catalog(self) -> Catalog:
        """The account and the fields that it can see."""
        me = self.client.myself()
        infos = tuple(field_info(raw) for raw in self.client.fields())
        return Catalog(str(me.get("accountId") or me.get("key") or ""), infos)

    def with_screens(self, catalog: Catalog, places: Collection[tuple[str, str]]) -> Catalog:
        """The catalog with the create screens of these (project, issue type name or id) places."""
        types: dict[str, tuple[IssueTypeInfo, ...]] = dict(catalog.types)
        screens: list[Screen] = list(catalog.screens)
        for project in sorted({project for project, _ in places}):
            types[project] = self._issue_types(project)
        for project, wanted in sorted(places):
            found = next((kind for kind in types[project] if wanted in {kind.id, kind.name}), None)
            if found is not None:
                self._types[project, wanted] = found.id
                screens.append(Screen(project, found, self._screen(project, found.id)))
        return replace(catalog, types=types, screens=tuple(screens))

    def observe(self, look: Look) -> tuple[Seen, ...]:
        """Ids from the index and from what is known, values by id: a lagging index never looks like drift."""
        ids = dict.fromkeys(look.known.values())
        if look.search:
            jql = f"labels = {quoted(mark_label(look.card))}"
            ids.update(dict.fromkeys(str(issue["id"]) for issue in search(self.site, jql, ["id"])))
        return tuple(
            sorted(self._fetch([*ids, *look.candidates], look.fields), key=lambda seen: int(seen.id))
        )

    def floor(self, project: str) -> int:
        """The number of the newest key that the index knows; it may lag behind, never lead."""
        newest = first(self.site, f"project = {quoted(project)} ORDER BY key DESC")
        return int(str(newest["key"]).rpartition("-")[2]) if newest else 0

    def following(self, project: str, floor: int, fields: Sequence[FieldInfo]) -> Iterator[Seen]:
        """What follows the floor, read by key and not by the index."""
        number = floor + 1
        while True:
            keys = [f"{project}-{number + offset}" for offset in range(_ABSENT_IN_A_ROW)]
            found = self._fetch(keys, fields)
            yield from found
            if not found:
                return
            number += _ABSENT_IN_A_ROW

    def create(self, orders: Sequence[Order], label: str) -> Sequence[Reply]:
        """One bulk request; what it refuses is told for each, what it accepts exists with its mark."""
        updates = [self._creation(order, label) for order in orders]
        reply = self.site.post_many(f"{_API}/issue/bulk", {"issueUpdates": updates}) or {}
        errors = {int(error["failedElementNumber"]): error for error in reply.get("errors") or ()}
        created = iter(reply.get("issues") or ())
        replies = []
        for index in range(len(orders)):
            if index in errors:
                replies.append(Reply(error=_rejected(errors[index])))
                continue
            issue = next(created, None)
            if issue is None:
                replies.append(Reply(error=Ambiguous("Jira's reply does not say what became of it")))
            else:
                replies.append(self._linked(orders[index], str(issue["id"]), str(issue["key"])))
        return replies

    def change(self, orders: Sequence[Order], label: str) -> Sequence[Reply]:
        """Side by side, one request an issue (two where one is retired)."""

        def carry_out(order: Order) -> Reply:
            change = order.change
            if isinstance(change, Create):
                raise TypeError("creations go through create")
            try:
                if isinstance(change, Retire):
                    self._retire(change, order.mark)
                else:
                    body: dict[str, Any] = {"properties": [mark_property(order.mark)]}
                    if isinstance(change, Adopt):
                        body["update"] = {"labels": [{"add": label}]}
                    else:
                        body["fields"] = {part.id: to_payload(part.type, part.new) for part in change.fields}
                    self.site.put(f"{_API}/issue/{change.id}", body)
            except BscSyncError as error:
                return Reply(id=change.id, key=change.key, error=error)
            return Reply(id=change.id, key=change.key)

        return self.site.side_by_side(carry_out, orders)

    def work(
        self,
        scopes: Sequence[WorkScope],
        *,
        since: dt.datetime,
        ours: Collection[str],
        points: FieldInfo | None,
        numbers: Sequence[FieldInfo],
    ) -> Iterable[WorkItem]:
        """The teams' work, streamed."""
        shape = workload.Shape(points, tuple(numbers))
        return workload.stream(self.site, scopes, since=since, ours=frozenset(ours), shape=shape)

    def url(self, key: str) -> str:
        """The issue's page for people."""
        return f"{self.browse_url}/browse/{key}"

    def _fetch(self, ids: Iterable[str], fields: Sequence[FieldInfo]) -> list[Seen]:
        wanted = list(dict.fromkeys([*_ALWAYS, "issuelinks", *(info.id for info in fields)]))
        return [_seen(issue, fields) for issue in fetch(self.site, ids, wanted)]

    def _creation(self, order: Order, label: str) -> dict[str, Any]:
        change = order.change
        if not isinstance(change, Create):
            raise TypeError("only creations are created")
        item = change.item
        type_id = self._types.get((item.project, item.issue_type))
        fields: dict[str, Any] = {
            part.id: to_payload(part.type, part.value) for part in item.fields if part.value is not None
        }
        fields["project"] = {"key": item.project}
        fields["issuetype"] = {"id": type_id} if type_id else {"name": item.issue_type}
        fields["labels"] = sorted({*item.labels, label, *(fields.get("labels") or ())})
        if order.parent_key:
            fields["parent"] = {"key": order.parent_key}
        return {"fields": fields, "properties": [mark_property(order.mark)]}

    def _linked(self, order: Order, issue_id: str, key: str) -> Reply:
        """The reply for a created issue, after linking it where its home asks for a link."""
        change = order.change
        if not isinstance(change, Create) or not change.item.link or not order.link_key:
            return Reply(id=issue_id, key=key)
        verb = change.item.link.casefold()
        for kind in self.client.link_types():
            readings = {str(kind.get(way)).casefold(): way for way in ("name", "inward", "outward")}
            if verb in readings:
                ends = [{"key": key}, {"key": order.link_key}]
                source, target = reversed(ends) if readings[verb] == "inward" else ends
                body = {"type": {"name": kind["name"]}, "inwardIssue": source, "outwardIssue": target}
                try:
                    self.site.post(f"{_API}/issueLink", body)
                except BscSyncError as error:
                    return Reply(
                        id=issue_id, key=key, warning=f"not linked to {order.link_key}: {error.message}"
                    )
                return Reply(id=issue_id, key=key)
        return Reply(id=issue_id, key=key, warning=f'not linked: there is no link type "{change.item.link}"')

    def _retire(self, change: Retire, mark: Mark) -> None:
        body: dict[str, Any] = {"properties": [mark_property(mark)]}
        if change.comment:
            body["update"] = {"comment": [{"add": {"body": document_of(change.comment)}}]}
        self.site.put(f"{_API}/issue/{change.id}", body, repeatable=not change.comment)
        if change.transition is None:
            return
        offered = self.client.transitions(change.id)
        wanted = change.transition.casefold()
        found = next(
            (
                way
                for way in offered
                if wanted
                in {str(way.get("name")).casefold(), str((way.get("to") or {}).get("name")).casefold()}
            ),
            None,
        )
        if found is None:
            names = ", ".join(str(way.get("name")) for way in offered) or "none"
            raise Rejected(
                f'{change.key} offers no transition "{change.transition}" (offered: {names})',
                hint="correct jira.retire.transition in mapping.yaml",
            )
        self.client.transition(change.id, str(found["id"]))

    def _issue_types(self, project: str) -> tuple[IssueTypeInfo, ...]:
        try:
            found = self._paged(f"{_API}/issue/createmeta/{project}/issuetypes", "issueTypes")
        except Unreachable:
            raise
        except Rejected:
            return ()
        return tuple(
            IssueTypeInfo(str(kind["id"]), str(kind["name"]), int(kind.get("hierarchyLevel") or 0))
            for kind in found
        )

    def _screen(self, project: str, type_id: str) -> dict[str, FieldInfo]:
        found = self._paged(f"{_API}/issue/createmeta/{project}/issuetypes/{type_id}", "fields")
        infos = [field_info({**raw, "id": raw.get("fieldId") or raw.get("key")}) for raw in found]
        return {info.id: info for info in infos}

    def _paged(self, path: str, key: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        while True:
            page = self.site.get(path, startAt=len(entries), maxResults=200) or {}
            part = page.get(key) or page.get("values") or []
            entries += part
            if not part or len(entries) >= int(page.get("total") or 0):
                return entries


def _seen(issue: dict[str, Any], fields: Sequence[FieldInfo]) -> Seen:
    raw = issue.get("fields") or {}
    status = raw.get("status") or {}
    return Seen(
        id=str(issue["id"]),
        key=str(issue["key"]),
        project=str((raw.get("project") or {}).get("key") or str(issue["key"]).rpartition("-")[0]),
        issue_type=str((raw.get("issuetype") or {}).get("name") or ""),
        summary=str(raw.get("summary") or ""),
        category=str((status.get("statusCategory") or {}).get("key") or "undefined"),
        values={info.id: from_payload(info.type, raw.get(info.id)) for info in fields},
        mark=read_mark(issue.get("properties")),
        labels=tuple(raw.get("labels") or ()),
        links=tuple(_links(raw.get("issuelinks") or ())),
    )


def _links(raw: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for link in raw:
        kind = link.get("type") or {}
        for side, verb in (("inwardIssue", "outward"), ("outwardIssue", "inward")):
            other = link.get(side)
            if other:
                yield str(kind.get(verb) or ""), str(other.get("key") or "")
                yield str(kind.get("name") or ""), str(other.get("key") or "")


def _rejected(error: dict[str, Any]) -> BscSyncError:
    said = error.get("elementErrors") or {}
    fields = {str(name): str(text) for name, text in (said.get("errors") or {}).items()}
    texts = [
        *map(str, said.get("errorMessages") or ()),
        *(f"{name}: {text}" for name, text in fields.items()),
    ]
    return Rejected(
        "; ".join(texts)[:500] or "Jira refused it without a reason",
        hint="correct the mapping or the field in Jira",
        fields=fields,
        status=int(error.get("status") or 400),
    )
