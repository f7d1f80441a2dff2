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
from bsc_sync.report.page import IssueLink, Page, PlanNote, RunNote, compose
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.state.history import History
from bsc_sync.state.store import Memory

LAST_PAGE = "page"  # what any place shows: decides what has moved since
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
