"""Jira as the tracker of the sync: seen, created, changed; in the fewest requests that are safe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bsc_sync.alignment.scopes import WorkScope
from bsc_sync.alignment.work import WorkItem
from bsc_sync.atlassian import queries, workload
from bsc_sync.atlassian.fields import field_info
from bsc_sync.atlassian.issues import FETCH, NUMBERS, Issues, Raw
from bsc_sync.atlassian.jql import quoted
from bsc_sync.atlassian.places import create_screen, issue_types
from bsc_sync.atlassian.seeing import ALWAYS, as_seen
from bsc_sync.atlassian.writing import Place, Writing
from bsc_sync.errors import RemoteError
from bsc_sync.mapping.catalog import Catalog, FieldInfo, IssueTypeInfo, Screen, carrier
from bsc_sync.plan.claims import LABELS
from bsc_sync.plan.item import Seen, mark_label
from bsc_sync.plan.order import Look, Order, Reply

_ABSENT_IN_A_ROW = 50
_MANY_STRANGERS = 500


@dataclass(slots=True)
class JiraTracker:
    """One Jira, Cloud or Data Center. `browse_url` is where people read issues, without the key.

    `label_only`: the site forbids entity properties, so labels alone say what is ours.
    """

    issues: Issues
    browse_url: str
    label_only: bool = False
    _writing: Writing | None = None
    _places: dict[tuple[str, str], Place] = field(default_factory=dict)

    def catalog(self) -> Catalog:
        """The account and the fields that it can see."""
        me = self.issues.client.myself()
        infos = tuple(field_info(raw) for raw in self.issues.fields())
        epics = self.issues.epics
        return Catalog(
            str(me.get("accountId") or me.get("name") or me.get("key") or ""),
            infos,
            filled=frozenset(name for name in (epics.name, epics.link, "parent") if name),
            parent_field=epics.link,
        )

    def with_screens(self, catalog: Catalog, places: Collection[tuple[str, str]]) -> Catalog:
        """The catalog with the create screens of these (project, issue type name or id) places."""
        types: dict[str, tuple[IssueTypeInfo, ...]] = dict(catalog.types)
        projects = dict(catalog.projects)
        screens: list[Screen] = list(catalog.screens)
        scoped = any(info.project is not None for info in catalog.fields)
        for project in sorted({project for project, _ in places}.difference(types)):
            types[project] = issue_types(self.issues, project)
            if scoped and types[project]:
                projects[project] = str(self.issues.client.project(project).get("id") or "")
        for project, wanted in sorted(places):
            found = next((kind for kind in types[project] if wanted in {kind.id, kind.name}), None)
            if found is None or catalog.screen(project, wanted) is not None:
                continue
            shown = create_screen(self.issues, project, found.id)
            name = self.issues.epics.name
            self._places[project, wanted] = Place(found, None if shown is None else name in shown)
            screens.append(Screen(project, found, shown))
        return replace(catalog, types=types, screens=tuple(screens), projects=projects)

    def faults(self, jql: Sequence[str]) -> dict[str, str]:
        """Which of the queries Jira cannot carry out as they are meant, and why."""
        return queries.faults(self.issues, jql)

    def observe(self, look: Look) -> tuple[Seen, ...]:
        """Ids from the index and from what is known, values by id: a lagging index never looks like drift."""
        fields = self._wanted(look.fields)
        expand = ("changelog",) if look.history else ()
        label = f"labels = {quoted(mark_label(look.card))}"
        if self.issues.reads_many:
            found = self.issues.search(label, ["id"]) if look.search else ()
            names = self._names(look)
            shown = dict.fromkeys(str(issue["id"]) for issue in found)
            self._check_labels([one for one in shown if one not in names], mark_label(look.card))
            ids = dict.fromkeys([*names, *shown])
            raws = self.issues.fetch([*ids, *look.candidates], fields, expand=expand)
        else:
            raws = self._observe_one_by_one(look, label, fields, expand)
        raws += self._by_key(look, raws, fields, expand)
        seen = {str(raw["id"]): as_seen(raw, look, self.issues.dialect, self.issues.epics) for raw in raws}
        return tuple(seen[identifier] for identifier in sorted(seen, key=int))

    def floor(self, project: str) -> int:
        """The number of the newest key that the index knows; it may lag behind, never lead."""
        newest = self.issues.first(f"project = {quoted(project)} ORDER BY key DESC")
        key = str(newest["key"]) if newest else ""
        # a server that leaves out the clause shows another project's newest
        return int(key.rpartition("-")[2]) if key.rpartition("-")[0] == project else 0

    def following(self, card: str, project: str, floor: int, fields: Sequence[FieldInfo]) -> Iterator[Seen]:
        """What follows the floor, read by key and not by the index."""
        look = Look(card=card, known={}, candidates=(), fields=tuple(fields), search=False)
        number = floor + 1
        while True:
            keys = [f"{project}-{number + offset}" for offset in range(_ABSENT_IN_A_ROW)]
            found = self.issues.fetch(keys, self._wanted(fields))
            yield from (as_seen(raw, look, self.issues.dialect, self.issues.epics) for raw in found)
            if not found:
                return
            number += _ABSENT_IN_A_ROW

    def create(self, orders: Sequence[Order], label: str) -> Sequence[Reply]:
        """One bulk request; what it refuses is told for each, what it accepts exists with its mark."""
        return self._pen.create(orders, label, self._places)

    def change(self, orders: Sequence[Order], label: str) -> Sequence[Reply]:
        """Side by side, one request an issue (two where one is retired)."""
        return self._pen.change(orders, label)

    def work(
        self,
        scopes: Sequence[WorkScope],
        *,
        since: dt.datetime,
        ours: Collection[str],
        points: FieldInfo | None,
        numbers: Sequence[FieldInfo],
        before: Sequence[str] = (),
    ) -> Iterable[WorkItem]:
        """The teams' work, streamed."""
        shape = workload.Shape(points, tuple(numbers))
        return workload.stream(
            self.issues, scopes, since=since, ours=frozenset(ours), shape=shape, before=before
        )

    def url(self, key: str) -> str:
        """The issue's page for people."""
        return f"{self.browse_url}/browse/{key}"

    @property
    def _pen(self) -> Writing:
        if self._writing is None:
            self._writing = Writing(self.issues, label_only=self.label_only)
        return self._writing

    def _wanted(self, fields: Iterable[FieldInfo]) -> list[str]:
        asked = [*ALWAYS, *self.issues.epics.fields, *(carrier(info.id) for info in fields)]
        return list(dict.fromkeys(asked))

    def _observe_one_by_one(
        self, look: Look, label: str, fields: Sequence[str], expand: Sequence[str]
    ) -> list[Raw]:
        """Many by the index; one by one what it may not show yet, and what only its own mark can tell."""
        known = set(look.known.values())
        found = {str(raw["id"]): raw for raw in self.issues.search(label, fields)} if look.search else {}
        close = set(found).difference(look.marks) | (known & look.closely if look.search else known)
        close |= known & look.recent - set(found)  # too new for the index, or its label is gone
        names = dict(zip(look.known.values(), self._names(look), strict=True))
        rest = known.difference(found, close)
        named = [*(names.get(one, one) for one in sorted(close)), *look.candidates]
        read = self.issues.fetch(named, fields, expand=expand)
        more = self.issues.fetch(sorted(rest), fields, closely=False)
        shown = [*(raw for one, raw in found.items() if one not in close), *more]
        indexed = [raw for raw in shown if "properties" not in raw]
        unsure = [str(raw["id"]) for raw in indexed if _claimed(raw, look.card) or self._doubted(raw, look)]
        if unsure:  # their marks say whose they are; or the index may lag behind what was written
            near = {str(raw["id"]): raw for raw in self.issues.fetch(unsure, fields, expand=expand)}
            shown = [near.get(str(raw["id"]), raw) for raw in shown]
        return [*shown, *read]

    def _doubted(self, raw: Raw, look: Look) -> bool:
        """Whether it was moved, which can cost it its mark, or shows something else than was just written."""
        one = str(raw["id"])
        return look.keys.get(one, raw["key"]) != raw["key"] or (
            one in look.recent and look.doubts(as_seen(raw, look, self.issues.dialect, self.issues.epics))
        )

    def _check_labels(self, strange: Sequence[str], label: str) -> None:
        """Some servers leave out a clause that they do not know, and show every issue that they have."""
        if len(strange) <= _MANY_STRANGERS:
            return
        sample = self.issues.fetch(strange[:FETCH], ["labels"])
        if not any(label in ((raw.get("fields") or {}).get("labels") or ()) for raw in sample):
            raise RemoteError(
                f"the search for the label {label} shows {len(strange)} issues that do not carry it",
                hint="this Jira does not search by label: is the index being rebuilt, or a proxy in between?",
            )

    def _names(self, look: Look) -> list[str]:
        """How the known issues are asked for."""
        return [self.issues.name_of(one, look.keys.get(one, one)) for one in look.known.values()]

    def _by_key(
        self, look: Look, raws: Sequence[Raw], fields: Sequence[str], expand: Sequence[str]
    ) -> list[Raw]:
        """Once more by key for those that did not answer to their id, if it is they who answer."""
        shown = {str(raw["id"]) for raw in raws}
        lost = {one: look.keys[one] for one in look.known.values() if one not in shown and one in look.keys}
        if not lost or NUMBERS in self.issues.can.missing:
            return []
        raws = self.issues.fetch(lost.values(), fields, expand=expand)
        found = [raw for raw in raws if str(raw["id"]) in lost]
        if found:
            self.issues.can.missing.add(NUMBERS)
        return found


def _claimed(raw: Raw, card: str) -> bool:
    """Whether an issue has a label such as other scorecards put on theirs."""
    own = mark_label(card)
    labels = map(str, (raw.get("fields") or {}).get("labels") or ())
    return any(one.startswith(LABELS) and one != own and not one.startswith(f"{own}/") for one in labels)
