"""`status`: how things stand as the store knows them; nothing is asked of the network."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bsc_sync.cli.endings import ending, moment, run_json
from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.render import Line, say, say_json, say_table, wrapped
from bsc_sync.mapping.bind import subjects
from bsc_sync.mapping.homes_check import of_their_own
from bsc_sync.plan.link_state import WORST_FIRST, LinkNote, LinkState
from bsc_sync.runtime import Office, open_office, system_clock, who_runs
from bsc_sync.state.address import shown
from bsc_sync.state.database import REVISION
from bsc_sync.state.history import Publication
from bsc_sync.state.lease import Held, holder_of
from bsc_sync.state.run_records import RunRecord
from bsc_sync.state.store import Intent
from bsc_sync.sync.assess import LAST_PAGE

_MOST_NAMED = 20
_BELOW = " " * len("Last run:  ")
_STYLES = {
    LinkState.GONE: "bad",
    LinkState.OUT_OF_SCOPE: "bad",
    LinkState.ARCHIVED: "warn",
    LinkState.DRIFTED: "warn",
    LinkState.IN_SYNC: "good",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """All that `status` tells."""

    office: Office
    last: RunRecord | None
    held: Held | None
    intents: Sequence[Intent]
    holds: Sequence[Mapping[str, str]]
    links: Sequence[tuple[LinkNote, dt.datetime | None]]
    without_issue: Mapping[str, str]  # ref -> why it has none
    pages: Mapping[str, Publication]


@click.command()
@json_option
@project_option
def status(*, as_json: bool, folder: Path) -> int:
    """Show the last run, who is at it now, what waits for a decision, and how each link stands.

    \b
    Example:  bsc-sync status
    """
    office = open_office(project_of(folder))
    found = standing(office)
    if as_json:
        say_json(status_json(found))
        return 0
    say(*_lines(found))
    if found.links:
        say("")
        say_table(("id", "issue", "state", "since", "note"), list(_rows(found)), right=frozenset())
    return 0


def standing(office: Office) -> Standing:
    """How things stand, from the store; links in trouble first."""
    last = office.history.runs(limit=1)
    intents, holds = office.memory.open_intents(), office.history.last_holds()
    known = office.memory.link_notes()
    unsettled = {one.ref: (_unsettled(one.ref), None) for one in intents if one.ref not in known}
    held = {hold["ref"]: f"on hold: {hold['reason']}" for hold in holds if not hold["key"]}
    notes = {**unsettled, **known}
    return Standing(
        office,
        last[0] if last else None,
        holder_of(office.engine, office.strategy.card.id, asker=who_runs()),
        intents,
        holds,
        sorted(notes.values(), key=lambda note: (WORST_FIRST.index(note[0].state), note[0].ref)),
        {ref: held.get(ref, "not created yet") for ref in _asked_for(office) if ref not in notes},
        office.history.publications(),
    )


def _unsettled(ref: str) -> LinkNote:
    return LinkNote(ref=ref, key="", state=LinkState.UNKNOWN, note="a write is not settled yet")


def _asked_for(office: Office) -> Iterator[str]:
    """The ids of the file that are to have an issue of their own today."""
    card, mapping = office.strategy.card, office.strategy.mapping
    today = card.today(system_clock())
    ended = {one.id: one.retired for one in card.objectives}
    for _, one in card.key_results():
        ended[one.id] = min(filter(None, (one.retired, ended[one.objective])), default=None)
    living = [one for one in subjects(card) if one.kind != "kpi"]
    for ref in of_their_own(mapping, living):
        day = ended[ref]
        if day is None or day > today:
            yield ref


def status_json(found: Standing) -> dict[str, object]:
    """How things stand as data."""
    counts = Counter(str(note.state) for note, _ in found.links)
    return {
        "scorecard": found.office.strategy.card.id,
        "store": {
            "address": shown(found.office.engine.url),
            "id": found.office.memory.store_id,
            "revision": REVISION,
        },
        "last_run": run_json(found.last, found.held) if found.last else None,
        "lease": {
            "holder": found.held.holder,
            "since": found.held.since.isoformat() if found.held.since else None,
            "expires": found.held.expires.isoformat(),
        }
        if found.held
        else None,
        "open_intents": [
            {"ref": one.ref, "action": one.action, "created": one.created.isoformat()}
            for one in found.intents
        ],
        "holds": [dict(hold) for hold in found.holds],
        "states": dict(counts),
        "links": [
            {**note.model_dump(mode="json"), "since": since.isoformat() if since else None}
            for note, since in found.links
        ],
        "without_issue": [{"ref": ref, "why": why} for ref, why in found.without_issue.items()],
        "published": {
            target: {"url": one.url, "version": one.version, "at": one.published.isoformat()}
            for target, one in found.pages.items()
        },
    }


def _lines(found: Standing) -> Iterator[Line]:
    card = found.office.strategy.card
    yield Line(f"{card.name} ({card.id}); times are {card.zone.key}", "strong")
    yield _last_run(found)
    if found.held is None:
        yield Line("Now:       no run is at it")
    else:
        since = f" since {moment(found.held.since, card.zone)}" if found.held.since else ""
        yield Line(f"Now:       {found.held.holder} is at it{since}", "warn")
    if found.intents:
        named = ", ".join(sorted({one.ref for one in found.intents}))
        yield Line(f"Unsettled: {len(found.intents)} writes, the next run finds out: {named}", "warn")
    for hold in found.holds:
        key = f" ({hold['key']})" if hold["key"] else ""
        yield from (
            Line(part, "hold")
            for part in wrapped(f"On hold:   {hold['ref']}{key}: {hold['reason']}", below=_BELOW)
        )
    yield from _page(found)
    yield Line(f"Store:     revision {REVISION}")
    yield Line(f"{_BELOW}{shown(found.office.engine.url)}")
    counts = Counter(note.state for note, _ in found.links)
    told = ", ".join(f"{counts[state]} {state}" for state in reversed(WORST_FIRST) if counts[state])
    yield from (Line(part, "strong") for part in wrapped(f"Links:     {told or 'none yet'}", below=_BELOW))
    reasons: dict[str, list[str]] = {}
    for ref, why in found.without_issue.items():
        reasons.setdefault(why, []).append(ref)
    for why, refs in reasons.items():
        more = f", and {len(refs) - _MOST_NAMED} more" if len(refs) > _MOST_NAMED else ""
        text = f"No issue:  {why}: {len(refs)} ({', '.join(refs[:_MOST_NAMED])}{more})"
        yield from (Line(part, "warn") for part in wrapped(text, below=_BELOW))


def _last_run(found: Standing) -> Line:
    if found.last is None:
        return Line("Last run:  none is recorded yet")
    word, style = ending(found.last, found.held)
    began = moment(found.last.started, found.office.strategy.card.zone)
    return Line(f"Last run:  {found.last.verb} of {began}: {word} (run {found.last.id[:8]})", style)


def _page(found: Standing) -> Iterator[Line]:
    zone = found.office.strategy.card.zone
    pages = [one for one in found.pages.values() if one.url]
    if pages:
        newest = max(pages, key=lambda one: one.published)
        yield Line(f"Page:      version {newest.version} of {moment(newest.published, zone)}")
        yield Line(f"{_BELOW}{newest.url}")
        return
    last = found.pages.get(LAST_PAGE)
    yield Line(f"Page:      of {moment(last.published, zone)}" if last else "Page:      never published")


def _rows(found: Standing) -> Iterator[list[Line]]:
    zone = found.office.strategy.card.zone
    for note, since in found.links:
        day = f"{since.astimezone(zone):%Y-%m-%d}" if since else ""
        style = _STYLES.get(note.state, "plain")
        yield [
            Line(note.ref),
            Line(note.key),
            Line(str(note.state), style),
            Line(day),
            Line(note.note, "quiet"),
        ]
