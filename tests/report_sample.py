"""A believable page of the acme scorecard, eight weeks into its cycle: what the report tests look at."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from bsc_sync.alignment.ledger import Alignment, align
from bsc_sync.alignment.work import WorkItem
from bsc_sync.attainment.attain import attain
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.attainment.score import Scores
from bsc_sync.mapping.model import Mapping
from bsc_sync.report.page import HoldNote, IssueLink, LinkRow, Page, PlanNote, RunNote, StateCount, compose
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.scorecard.yaml_source import read

FILES = Path(__file__).parent / "golden" / "acme"
TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 7, 15, tzinfo=dt.timezone(dt.timedelta(hours=1), "CET"))
SITE = "https://acme.example/browse/"

_VALUES: dict[str, list[tuple[str, str, str, str | None]]] = {
    "F1.ltv": [("2026-09-30", "1290", "csv", None), ("2026-10-31", "1312", "csv", None)],
    "C1.retention.q4": [
        ("2026-11-16", "86.4", "field", None),
        ("2026-11-20", "86.8", "field", "Save desk calls every account that goes quiet for two weeks."),
    ],
    "C2.ttfv.q4": [("2026-11-13", "46", "field", None), ("2026-11-20", "43.5", "field", None)],
    "P1.conversion.q4": [
        ("2026-11-06", "13.2", "field", None),
        ("2026-11-20", "13.4", "field", "Two of five sellers left; hiring is under way."),
    ],
    "P2.open": [("2026-11-16", "14", "jql", None), ("2026-11-23", "11", "jql", None)],
}
_PROGRESS = {
    "C1": "7/12", "C2": "5/9", "P1": "4/11", "P2": "9/14", "L2": "5/13",
    "C1.retention.q4": "7/12", "C2.ttfv.q4": "5/9", "P1.conversion.q4": "4/11",
    "P2.open.q4": "9/14", "L2.migration.q4": "5/13",
}  # fmt: skip
_WORK: tuple[tuple[str, str, int, tuple[str, ...], bool], ...] = (
    ("CRM-101", "Guided import for the first contact list", 8, ("C2",), True),
    ("CRM-104", "Checklist on the first login", 5, ("C2",), True),
    ("CRM-117", "Warn when an account goes quiet", 5, ("C1",), False),
    ("CRM-121", "Starter plan: prices and limits", 3, ("C1", "C2"), False),
    ("CRM-126", "Qualification score on the lead card", 8, ("P1",), False),
    ("CRM-131", "Dark mode for the mobile app", 8, (), True),
    ("CRM-133", "Animated avatars", 5, (), False),
    ("CRM-140", "Quarterly dependency updates", 3, ("run",), True),
    ("CRM-142", "Match customers by tax number", 5, ("L2",), False),
    ("OPS-44", "Alert on queue depth before users see delays", 5, ("P2",), True),
    ("OPS-47", "Runbook for payment time-outs", 3, ("P2",), True),
    ("OPS-51", "Rotate certificates", 2, ("run",), True),
    ("OPS-52", "On-call handbook", 3, ("run",), False),
    ("OPS-58", "Postgres 17 in staging", 5, (), False),
    ("OPS-60", "Board reporting prototype", 8, (), False),
)


def card() -> Scorecard:
    """The acme scorecard."""
    return Scorecard.model_validate(read(FILES / "scorecard.yaml").data)


def mapping() -> Mapping:
    """The acme mapping."""
    return Mapping.model_validate(read(FILES / "mapping.yaml").data)


def scores(on: dt.date) -> Scores:
    """The scores of a day from the sample's readings."""
    rules = mapping()
    readings = [
        Measurement(
            subject=subject,
            value=Fraction(value),
            effective=dt.date.fromisoformat(day),
            recorded=dt.datetime.fromisoformat(f"{day}T18:00:00+00:00"),
            source=source,
            note=note,
        )
        for subject, values in _VALUES.items()
        for day, value, source, note in values
        if day <= on.isoformat()
    ]
    return attain(
        card(),
        readings,
        as_of=on,
        status=rules.status,
        scoring=rules.scoring,
        work_progress={ref: Fraction(share) for ref, share in _PROGRESS.items()},
        reasons={"L1.trained.q4": "the field Current value of STRAT-14 is empty"},
    )


def alignment(on: dt.date) -> Alignment:
    """The ledger of the sample's work."""
    return align(card(), work(), rule=mapping().alignment, as_of=on, zone=card().zone)


def work() -> tuple[WorkItem, ...]:
    """The teams' work: aligned, running the business, unexplained, and one restricted item."""
    moment = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
    items = [
        WorkItem(
            id=key,
            key=key,
            project=key.partition("-")[0],
            type="Story",
            summary=summary,
            status="Done" if done else "In Progress",
            category="done" if done else "indeterminate",
            created=moment - dt.timedelta(days=20),
            resolved=moment + dt.timedelta(days=number) if done else None,
            touched=moment + dt.timedelta(days=number),
            points=Decimal(points),
            serves=tuple(ref for ref in serves if ref != "run"),
            in_scope=True,
            run_the_business=serves == ("run",),
        )
        for number, (key, summary, points, serves, done) in enumerate(_WORK)
    ]
    secret = WorkItem(
        id="OPS-70",
        key="OPS-70",
        project="OPS",
        type="Bug",
        summary="Something only a few may read",
        status="Open",
        category="new",
        created=moment,
        touched=moment,
        points=Decimal(3),
        serves=("P2",),
        restricted=True,
        in_scope=True,
    )
    return (*items, secret)


def links() -> dict[str, IssueLink]:
    """An issue for each objective and each key result that is one."""
    refs = [objective.id for objective in card().objectives]
    refs += [key_result.id for _, key_result in card().key_results() if key_result.id != "P1.conversion.q4"]
    found = {ref: f"STRAT-{number}" for number, ref in enumerate(refs, start=1)}
    found["P2"] = "OPS-1"
    return {ref: IssueLink(key, SITE + key) for ref, key in found.items()}


def sample_page() -> Page:
    """The page of 23 November 2026, a week after the one before."""
    return compose(
        card(),
        scores(TODAY),
        alignment(TODAY),
        links=links(),
        changes=PlanNote(
            looked=TODAY,
            pending=1,
            holds=(
                HoldNote(
                    "P2",
                    "summary",
                    "Resolve incidents before customers notice",
                    "Incident backlog 2026",
                    "adopted: who decides is not settled yet",
                ),
            ),
            drift=(
                HoldNote("C2", "duedate", "2026-12-31", "2027-01-15", "edited in Jira, put back by rule"),
            ),
            states=(StateCount("in sync", 10), StateCount("moved", 1), StateCount("drifted", 2)),
            links=(
                LinkRow("C2", "STRAT-4", "drifted", "differs: Due date"),
                LinkRow("P2", "OPS-1", "drifted", "differs: Summary"),
                LinkRow("L1", "STRAT-8", "moved", "it was OPS-7"),
            ),
        ),
        mapping=mapping(),
        previous=scores(dt.date(2026, 11, 16)),
        run=RunNote(
            id="2026-11-23.1",
            at=NOW,
            scorecard_digest="5f0c" * 16,
            mapping_digest="a91e" * 16,
            version="0.1.0",
        ),
        browse=SITE,
    )
