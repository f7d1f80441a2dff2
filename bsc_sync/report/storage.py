"""The page in Confluence's storage format: tables, status macros, and the map as an attached picture."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element as Element

from bsc_sync.report.jira_side import said_of_jira
from bsc_sync.report.markup import Child
from bsc_sync.report.parts import BucketRow, Example, HoldNote, Missing, ObjectiveRow, Page, Section, WorkList
from bsc_sync.report.storage_parts import (
    bullets,
    document,
    figure,
    heading,
    image,
    issue,
    link,
    macro,
    paragraph,
    soft,
    status,
    strong,
    table,
)
from bsc_sync.report.strategy_map import describe
from bsc_sync.report.words import count, day, moment


def render_storage(page: Page, *, map_image: str | None, map_width: int = 760) -> str:
    """The page's body in storage format, well-formed by construction.

    `map_image` is the file name under which the strategy map is attached to the page, None
    where it is not: then the map is told in words. The anchor at the top is our mark.
    """
    return document(_parts(page, map_image, map_width))


def _parts(page: Page, map_image: str | None, map_width: int) -> Iterator[Element]:
    yield paragraph(macro("anchor", [("", f"bsc-sync-{page.id}")]))
    yield macro("info", body=[paragraph(strong(page.headline)), paragraph(page.standing_behind)])
    yield from _decisions(page)
    yield heading(2, "Strategy map")
    if map_image is not None:
        yield paragraph(image(map_image, describe(page.map), map_width))
    yield macro("expand", [("title", "The map as text")], [*_map_as_text(page)])
    yield from _exceptions(page)
    for section in page.sections:
        yield from _section(section)
    yield from _ledger(page)
    yield from _missing(page)
    yield from _changes(page)
    yield heading(2, "The rules behind the figures")
    rules = bullets([[rule] for rule in page.rules]) if page.rules else paragraph("None declared.")
    yield macro("expand", [("title", "Rules")], [rules])
    run = page.run
    yield paragraph(
        soft(
            f"As of {day(page.as_of)}. Made {moment(run.at)} by run {run.id} of bsc-sync {run.version}, from "
            f"scorecard {run.scorecard_digest[:12]} and mapping {run.mapping_digest[:12]}."
        )
    )


def _decisions(page: Page) -> Iterator[Element]:
    if not page.decisions:
        return
    yield heading(2, "Decisions wanted")
    items: list[list[Child]] = []
    for wanted in page.decisions:
        due = f", by {day(wanted.due)}" if wanted.due else ""
        overdue = ", overdue" if wanted.overdue else ""
        owner = f", {wanted.owner}" if wanted.owner else ""
        items.append([strong(wanted.text), f" ({wanted.objective}{owner}{due}{overdue})"])
    if page.more_decisions:
        items.append([f"and {page.more_decisions} more later"])
    yield bullets(items)


def _map_as_text(page: Page) -> Iterator[Element]:
    for row in page.map.rows:
        yield paragraph(strong(row.name))
        if row.nodes:
            yield bullets(
                [
                    link(node.id, node.url),
                    f" {node.name}: ",
                    *status(node.standing),
                    f" KPI attainment {figure(node.attainment)}",
                ]
                for node in row.nodes
            )
        else:
            yield paragraph("no objectives")
    if page.map.arrows:
        yield paragraph(strong("Cause and effect"))
        yield bullets(
            [
                " ".join(filter(None, (f"{a.cause} → {a.effect}", a.sign, a.lag)))
                + (f": {a.why}" if a.why else "")
            ]
            for a in page.map.arrows
        )


def _exceptions(page: Page) -> Iterator[Element]:
    yield heading(2, "Exceptions")
    if not page.exceptions:
        yield paragraph("Everything that can be judged is on plan.")
        return
    yield table(
        ("Objective", "Status", "What shows it", "Latest note", "Owner", "Jira"),
        (
            (
                [f"{entry.id} {entry.name}"],
                status(entry.standing),
                [entry.what],
                [f"{entry.note} ({day(entry.noted_on)})" if entry.noted_on else "none"],
                [entry.owner or "none"],
                issue(entry.link),
            )
            for entry in page.exceptions
        ),
    )
    if page.more_exceptions:
        yield paragraph(f"and {page.more_exceptions} more below")


def _section(section: Section) -> Iterator[Element]:
    yield heading(2, section.name)
    yield paragraph(f"{section.summary}.")
    for row in section.objectives:
        yield from _objective(row)


def _objective(row: ObjectiveRow) -> Iterator[Element]:
    yield heading(3, f"{row.id} {row.name}")
    facts = [f"owner {row.owner or 'none'}"]
    facts += [f"team {row.team}"] if row.team else []
    facts += [f"due {day(row.due)}"] if row.due else []
    facts += [", ".join(row.themes)] if row.themes else []
    yield paragraph(*status(row.standing), f" {'; '.join(facts)} ", *issue(row.link))
    before = f", was {row.before}" if row.before else ""
    yield paragraph(
        strong("KPI attainment "),
        f"{figure(row.attainment)}, expected {figure(row.expected)}{before}; ",
        strong("key-result attainment "),
        f"{figure(row.okr_progress)}; ",
        strong("work progress "),
        figure(row.work_progress),
    )
    if not row.measures:
        return
    yield table(
        (
            "Measure", "Value", "Baseline", "Target", "Attainment", "Expected", "Status",
            "Work progress", "Owner", "Jira",
        ),
        (
            (
                [strong(one.name), f" {_origin(one.kind, one.id, one.cycle, one.shared_from, one.by)}"],
                [figure(one.value) + (f", read {day(one.read_on)}" if one.read_on else "")],
                [one.baseline or "none"],
                [(one.target or "none") + (f", by {day(one.due)}" if one.due else "")],
                [figure(one.attainment) + (f", was {one.before}" if one.before else "")],
                [figure(one.expected)],
                status(one.standing),
                [figure(one.work_progress) if one.work_progress else "not of a KPI"],
                [one.owner or "none"],
                issue(one.link),
            )
            for one in row.measures
        ),
    )  # fmt: skip


def _origin(kind: str, ref: str, cycle: str, shared_from: str, by: str) -> str:
    shared = f"shared from {shared_from}" if shared_from else ""
    measured = f"measured by {by}" if by else ""
    return ", ".join(filter(None, (f"{kind} {ref}", cycle, shared, measured)))


def _ledger(page: Page) -> Iterator[Element]:
    ledger = page.ledger
    yield heading(2, "Alignment of work")
    if ledger.why:
        yield paragraph(ledger.why)
    else:
        coverage = f" ({ledger.coverage})" if ledger.coverage else ""
        overlap = (
            f" {count(ledger.overlap, 'item')} served more than one objective." if ledger.overlap else ""
        )
        yield paragraph(
            f"From {day(ledger.since)} to {day(ledger.until)}: {count(ledger.items, 'item')},"
            f" effort {ledger.total.text}{coverage}.{overlap}"
        )
        yield table(("Bucket", "Items", "Effort", "Share", "Examples"), map(_bucket, ledger.buckets))
    if ledger.by_project:
        yield table(
            ("Project", *(bucket.name for bucket in ledger.buckets)),
            (
                (
                    [project.name],
                    *([f"{figure(one.share)}, {count(one.items, 'item')}"] for one in project.buckets),
                )
                for project in ledger.by_project
            ),
        )
    yield heading(3, "Objectives that no work serves")
    yield bullets([[f"{ref} {name}"] for ref, name in ledger.idle]) if ledger.idle else paragraph("None.")
    yield from _work_list("Linked work left untouched", ledger.untouched)
    if ledger.late.named or ledger.late.restricted:
        yield from _work_list("Work still flowing to what is closed", ledger.late)


def _bucket(bucket: BucketRow) -> list[list[Child]]:
    examples: list[Child] = []
    for example in bucket.examples:
        examples += [*_example(example), "; "]
    if bucket.restricted:
        examples.append(f"{count(bucket.restricted, 'restricted item')}, counted but not named")
    elif examples:
        examples.pop()
    return [[bucket.name], [str(bucket.items)], [figure(bucket.effort)], [figure(bucket.share)], examples]


def _example(example: Example) -> list[Child]:
    return [link(example.key, example.url), f" {example.summary}"]


def _work_list(title: str, work: WorkList) -> Iterator[Element]:
    yield heading(3, title)
    items = [[*_example(one), f" ({one.detail})" if one.detail else ""] for one in work.named]
    if work.more:
        items.append([f"and {work.more} more"])
    if work.restricted:
        items.append([f"{count(work.restricted, 'restricted item')}, counted but not named"])
    yield bullets(items) if items else paragraph("None.")


def _missing(page: Page) -> Iterator[Element]:
    yield heading(2, "Missing and stale data")
    yield paragraph(
        "An undefined figure is shown as “–” and never counts as 0: it is left out of every mean."
    )
    yield from _lacking("Undefined", page.undefined)
    yield from _lacking("Older than its cadence allows", page.stale)


def _lacking(title: str, entries: tuple[Missing, ...]) -> Iterator[Element]:
    yield heading(3, title)
    if entries:
        yield bullets([strong(one.id), f" {one.name}: {one.reason}"] for one in entries)
    else:
        yield paragraph("None.")


def _changes(page: Page) -> Iterator[Element]:
    plan = page.plan
    yield heading(2, "Changes on hold")
    yield paragraph(" ".join(said_of_jira(plan)))
    if plan.holds:
        yield _holds("On hold", plan.holds)
    if plan.drift:
        yield _holds("Edited in Jira", plan.drift)
    if plan.links:
        yield table(
            ("Issues to look at", "Issue", "How it stands", "What to know"),
            (([row.ref], [row.key], [row.state], [row.advice]) for row in plan.links),
        )
    if plan.failures:
        yield heading(3, "Failed")
        yield bullets([failure] for failure in plan.failures)


def _holds(title: str, notes: tuple[HoldNote, ...]) -> Element:
    return table(
        (title, "Field", "The scorecard says", "Jira says", "Why"),
        (
            ([one.ref], [one.field], [one.desired or "nothing"], [one.seen or "nothing"], [one.reason])
            for one in notes
        ),
    )
