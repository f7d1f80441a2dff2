"""The alignment ledger as it is shown: whom the work serves, and what nobody works for."""

from __future__ import annotations

from fractions import Fraction

from bsc_sync.alignment.ledger import Alignment, Bucket
from bsc_sync.alignment.noticed import Noticed
from bsc_sync.alignment.work import WorkItem
from bsc_sync.mapping.model import Mapping
from bsc_sync.report.parts import BucketRow, Example, Figure, Ledger, ProjectRow, WorkList
from bsc_sync.report.words import day, one_line, quantity, safe_url, share
from bsc_sync.scorecard.model import Scorecard

_UNITS = {"count": "items", "points": "points", "time": "h"}
_HOUR = 3600


def ledger_view(card: Scorecard, alignment: Alignment, mapping: Mapping, browse: str) -> Ledger:
    """The ledger in words and figures; restricted work is counted, not named."""
    names = {objective.id: one_line(objective.name) for objective in card.objectives}
    hidden = mapping.publish.restricted == "count"
    rule = mapping.alignment
    return Ledger(
        since=alignment.since,
        until=alignment.until,
        unit=_UNITS.get(alignment.effort, one_line(alignment.effort)),
        items=alignment.items,
        total=_effort(alignment.total, alignment.effort),
        buckets=_buckets(alignment.buckets, alignment.effort, browse),
        by_project=tuple(
            ProjectRow(one_line(project), _buckets(buckets, alignment.effort, browse))
            for project, buckets in alignment.by_project
        ),
        overlap=alignment.overlap,
        coverage=one_line(alignment.coverage),
        idle=tuple((ref, names.get(ref, "")) for ref in alignment.idle_objectives),
        untouched=_work_list(alignment.untouched, browse, hidden=hidden),
        untouched_after=str(rule.untouched_after) if rule is not None else "",
        late=_work_list(alignment.late, browse, hidden=hidden),
        why=one_line(alignment.why),
    )


def _buckets(buckets: tuple[Bucket, ...], effort: str, browse: str) -> tuple[BucketRow, ...]:
    return tuple(
        BucketRow(
            name=one_line(bucket.name),
            items=bucket.items,
            effort=_effort(bucket.effort, effort),
            share=share(bucket.share, "no effort in this period"),
            examples=tuple(_example(item, browse) for item in bucket.examples if not item.restricted),
            restricted=bucket.restricted,
        )
        for bucket in buckets
    )


def _effort(value: Fraction, effort: str) -> Figure:
    if effort == "time":
        return quantity(value / _HOUR, "h")
    return quantity(value, "points" if effort == "points" else "")


def _work_list(noticed: Noticed, browse: str, *, hidden: bool) -> WorkList:
    named = noticed.first_open if hidden else noticed.first
    restricted = noticed.restricted if hidden else 0
    return WorkList(
        named=tuple(_example(item, browse) for item in named),
        restricted=restricted,
        more=noticed.items - restricted - len(named),
    )


def _example(item: WorkItem, browse: str) -> Example:
    touched = f"last touched {day(item.touched.date())}" if item.touched is not None else ""
    return Example(
        key=one_line(item.key),
        summary=one_line(item.summary),
        url=safe_url(browse + item.key) if browse else "",
        detail=", ".join(filter(None, (one_line(item.status), touched))),
    )
