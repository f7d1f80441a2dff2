"""Importing: epics that are there become a scorecard about which there is nothing left to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from bsc_sync.errors import UserError
from bsc_sync.plan.found import Found
from bsc_sync.state.history import History
from bsc_sync.state.lease import NO_WAIT, Wait
from bsc_sync.state.run_records import Beginning
from bsc_sync.state.store import Link, Memory
from bsc_sync.sync.importing.ask import Ask, Survey
from bsc_sync.sync.importing.drafting import card_id_of
from bsc_sync.sync.importing.explorer import Explorer, Step
from bsc_sync.sync.importing.proving import Proven, prove
from bsc_sync.sync.importing.survey import refuse_claimed, survey


@dataclass(frozen=True)
class Imported:
    """What was found, and what was made of it."""

    card: str
    survey: Survey
    proven: Proven

    def link(self, found: Found) -> Link:
        """What the store remembers of an issue: whose it is, and that nothing was written to it yet."""
        kind = "key_result" if found.id in self.survey.key_result_ids else "objective"
        return Link(found.key, found.id, found.key, kind, self._names[found.key], 0)

    def left(self, found: Found) -> Mapping[str, str]:
        """The fields of an issue that stay Jira's, and why."""
        return self._left.get(found.key, {})

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {item.ref: item.name for item in self.proven.items}

    @cached_property
    def _left(self) -> Mapping[str, Mapping[str, str]]:
        told: dict[str, dict[str, str]] = {}
        for (ref, name), why in self.proven.left.items():
            told.setdefault(ref, {})[name] = why
        return told


def read_in(ask: Ask, explorer: Explorer, *, now: dt.datetime, tell: Step) -> Imported:
    """Find, draft and prove; nothing is written anywhere.

    Raises UserError when there is nothing to import or no sound draft comes of it, NotOurs when another
    scorecard holds some of it.
    """
    catalog = explorer.catalog()
    found = survey(ask, explorer, catalog, tell=tell)
    card = card_id_of(ask, found)
    refuse_claimed(found.issues, card)
    return Imported(card, found, prove(ask, found, catalog, explorer, today=now.date()))


def keep(
    imported: Imported,
    memory: Memory,
    *,
    holder: str,
    version: str,
    now: dt.datetime,
    wait: Wait = NO_WAIT,
    write: Callable[[str, str], None],
) -> None:
    """Write both files (`write` takes a name and a text), then remember what they speak of, and on what both
    sides agree. Raises UserError when the store knows issues of a scorecard of that id already.
    """
    with memory.lease(holder=holder, wait=wait):
        known = memory.links()
        if known:
            raise UserError(
                f"nothing was imported: the store knows {len(known)} issues of {imported.card} already",
                hint="import into another folder, or under another --id",
            )
        write("scorecard.yaml", imported.proven.scorecard)
        write("mapping.yaml", imported.proven.mapping)
        memory.agree(imported.proven.agreed)
        memory.keep_links([imported.link(found) for found in imported.survey.issues])
        history = History(memory.engine, memory.card)
        run_id, _ = history.start_run(Beginning("import", "", version, who=holder), now=now)
        story = {"imported": [found.key for found in imported.survey.issues]}
        history.end_run(run_id, exit_code=0, report=story, now=now)
