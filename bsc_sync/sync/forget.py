"""Forgetting a person: out of the store in one go, and a list of where else the person is named."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from bsc_sync.report.document import page_json
from bsc_sync.state.forgetting import Forgotten, forget_person, published_at, wipe
from bsc_sync.state.history import History
from bsc_sync.state.lease import NO_WAIT, Wait
from bsc_sync.state.names import Names
from bsc_sync.state.run_records import Beginning
from bsc_sync.state.store import Memory
from bsc_sync.sync.assess import Strategy, compose_page
from bsc_sync.sync.last_look import last_look
from bsc_sync.sync.left_behind import Remains, in_files, in_jira, in_pages


@dataclass(frozen=True, slots=True)
class Place:
    """What belongs to one scorecard here: its files, its store; `store_files` are not looked into."""

    strategy: Strategy
    folder: Path
    memory: Memory
    history: History
    version: str
    browse_url: str
    store_files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Farewell:
    """What was (or would be) taken out of the store, and what is left elsewhere.

    `unwiped` says why the room of the old rows could not be given up.
    """

    names: tuple[str, ...]
    forgotten: Forgotten
    remains: tuple[Remains, ...]
    unwiped: str | None = None

    @property
    def found(self) -> bool:
        """Whether the store holds anything of the person."""
        return bool(self.forgotten.rows)


def names_of(alias: str, also: Sequence[str], people: Mapping[str, str]) -> Names:
    """Every name of a person: the alias or account given, what the mapping knows of it, and others."""
    account = people.get(alias, alias)
    aliases = [one for one, known in people.items() if known == account]
    return Names(tuple(dict.fromkeys((alias, account, *aliases, *(one for one in also if one.strip())))))


def forget_everywhere(
    place: Place,
    names: Names,
    *,
    holder: str,
    now: dt.datetime,
    dry_run: bool,
    wait: Wait = NO_WAIT,
    in_issues: Collection[tuple[str, str]] | None = None,
) -> Farewell:
    """Take a person out of the store, and find out where else they stand; with `dry_run`, only look.

    `in_issues` says which fields of which issues name them now, where Jira was asked.
    Raises Leased while a run is at work (not when it only looks), UnsafePlan while a write that names
    them is not settled.
    """
    memory, history = place.memory, place.history
    with nullcontext() if dry_run else memory.lease(holder=holder, wait=wait):
        links, former = memory.links(), memory.former_ids()
        forgotten = forget_person(memory.engine, memory.card, names, dry_run=dry_run)
        if not dry_run and forgotten.rows:
            begun = Beginning("forget", "", place.version, who=names.taken_out(holder))
            run_id, _ = history.start_run(begun, now=now)
            story = {"taken out": dict(forgotten.rows)}
            history.end_run(run_id, exit_code=0, report=story, now=now)
    unwiped = None if dry_run else wipe(memory.engine)  # again, too, where it could not be done before
    page, _ = compose_page(
        place.strategy,
        memory,
        history,
        as_of=place.strategy.card.today(now),
        now=now,
        run_id="forget",
        version=place.version,
        browse_url=place.browse_url,
        note=last_look(history),
    )
    shown = json.dumps(page_json(page), ensure_ascii=False)
    remains = (
        *in_files(place.folder, names, skip=place.store_files, also=_page_file(place)),
        *in_pages(published_at(memory.engine, memory.card), names, shown),
        *in_jira([ref for ref, _ in forgotten.unagreed], forgotten.named, links, former, in_issues),
    )
    return Farewell(names.known, forgotten, remains, unwiped)


def _page_file(place: Place) -> tuple[Path, ...]:
    html = place.strategy.mapping.publish.html
    return ((place.folder / html).resolve(),) if html else ()
