"""From the store and the files to scores, alignment and page; nothing here asks the network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bsc_sync.alignment.ledger import Alignment, align
from bsc_sync.attainment.attain import attain
from bsc_sync.attainment.book import shared_measures
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.attainment.score import Scores
from bsc_sync.mapping.model import Mapping as MappingFile
from bsc_sync.plan.change import Adopt, Outcome
from bsc_sync.plan.link_state import LinkState, links_after
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.verdict import Verdict
from bsc_sync.report.page import HoldNote, IssueLink, LinkRow, Page, PlanNote, RunNote, compose
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.state.history import History
from bsc_sync.state.store import Memory

LAST_PAGE = "page"  # what any place shows: decides what has moved since
_ASTRAY = frozenset(
    {
        *(LinkState.OUT_OF_SCOPE, LinkState.GONE, LinkState.ARCHIVED, LinkState.FORGOTTEN),
        LinkState.UNKNOWN,
    }
)
LAST_SENT = "page sent to readers"  # decides when publishing is due again


@dataclass(frozen=True, slots=True)
class Strategy:
    """Both files as read, with their digests; `lines` tells where each part of the mapping stands."""

    card: Scorecard
    mapping: MappingFile
    scorecard_digest: str
    mapping_digest: str
    lines: Mapping[str, str] = field(default_factory=dict, repr=False)


def assess(
    strategy: Strategy,
    history: History,
    *,
    as_of: dt.date,
    known_by: dt.datetime | None = None,
    readings: Sequence[Measurement] | None = None,
) -> Scores:
    """The scores of a day from what the store holds; `known_by` leaves out what was learned later.

    `readings` are those of the scorecard, where they have been read already.
    """
    shares, why = history.progress(as_of)
    if readings is None:
        readings = known_readings(strategy.card, history)
    if known_by is not None:
        readings = [reading for reading in readings if reading.recorded <= known_by]
    return attain(
        strategy.card,
        readings,
        as_of=as_of,
        status=strategy.mapping.status,
        scoring=strategy.mapping.scoring,
        work_progress=shares,
        undefined_work=why,
        reasons=history.absences(),
    )


def known_readings(card: Scorecard, history: History) -> Sequence[Measurement]:
    """The readings of the KPIs and key results that the scorecard has today."""
    return list(history.readings(frozenset(shared_measures(card))))


def ledger(strategy: Strategy, history: History, *, as_of: dt.date) -> Alignment:
    """Whom the work serves, from the work that was last pulled."""
    card = strategy.card
    return align(card, history.each_work(), rule=strategy.mapping.alignment, as_of=as_of, zone=card.zone)


def compose_page(
    strategy: Strategy,
    memory: Memory,
    history: History,
    *,
    as_of: dt.date,
    now: dt.datetime,
    run_id: str,
    version: str,
    browse_url: str,
    note: PlanNote,
) -> tuple[Page, Scores]:
    """The page of a day. `browse_url` is where people read issues (without /browse)."""
    readings = known_readings(strategy.card, history)
    scores = assess(strategy, history, as_of=as_of, readings=readings)
    before = history.publication(LAST_PAGE)
    previous = None
    if before is not None and before.published < now:
        then = min(strategy.card.today(before.published), as_of)
        previous = assess(strategy, history, as_of=then, known_by=before.published, readings=readings)
    page = compose(
        strategy.card,
        scores,
        ledger(strategy, history, as_of=as_of),
        links=issue_links(memory, browse_url),
        changes=note,
        mapping=strategy.mapping,
        previous=previous,
        run=RunNote(
            id=run_id,
            at=now,
            scorecard_digest=strategy.scorecard_digest,
            mapping_digest=strategy.mapping_digest,
            version=version,
        ),
        browse=f"{browse_url}/browse/" if browse_url else "",
    )
    return page, scores


def issue_links(memory: Memory, browse_url: str) -> Mapping[str, IssueLink]:
    """The issue of each ref, with the address where people read it."""
    return {
        ref: IssueLink(link.key, f"{browse_url}/browse/{link.key}" if browse_url else "")
        for ref, link in memory.links().items()
    }


def plan_note(plan: Plan, outcomes: tuple[Outcome, ...]) -> PlanNote:
    """What the page says of the plan: what is pending, what is held, what has failed, whom no link leads to.

    Where an epic has just been adopted, its own texts are on hold from now on.
    """
    done = {(outcome.action, outcome.ref) for outcome in outcomes if outcome.result == "applied"}
    pending = [change for change in plan.writes() if (change.action, change.ref) not in done]
    held = [(hold.ref, part) for hold in plan.holds() for part in hold.fields]
    held += [
        (change.ref, part)
        for change in plan.changes
        if isinstance(change, Adopt) and (change.action, change.ref) in done
        for part in change.differs
    ]
    notes: dict[bool, list[HoldNote]] = {False: [], True: []}
    for ref, part in held:
        drifted = part.verdict in {Verdict.DRIFT_HOLD, Verdict.DRIFT_ADOPT}
        notes[drifted].append(
            HoldNote(ref, part.name, _shown(part.new), _shown(part.old), part.verdict.value)
        )
    stray = [note for note in links_after(plan.links, plan.changes, outcomes) if note.state in _ASTRAY]
    rows = tuple(LinkRow(note.ref, note.key, str(note.state), note.note) for note in stray)
    told = {note.ref for note in stray}
    notes[False] += [
        HoldNote(hold.ref, "", "", "", hold.reason)
        for hold in plan.holds()
        if not hold.fields and hold.ref not in told
    ]
    failures = tuple(f"{outcome.ref}: {outcome.reason}" for outcome in outcomes if outcome.result == "failed")
    return PlanNote(len(pending), tuple(notes[False]), tuple(notes[True]), failures, rows)


def _shown(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
