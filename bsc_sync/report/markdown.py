"""The page in Markdown: for a repository, a chat or a terminal; every text escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bsc_sync.report.jira_side import said_of_jira
from bsc_sync.report.parts import (
    Example,
    Figure,
    HoldNote,
    IssueLink,
    MeasureRow,
    Missing,
    ObjectiveRow,
    Page,
    Section,
    Standing,
    WorkList,
)
from bsc_sync.report.words import count, day, moment, one_line, safe_url

_SHAPES = {"good": "●", "warn": "▲", "bad": "◆", "wait": "⧖", "none": "○"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]|~^$@]|:(?=//))")
_LEADING = re.compile(r"^(?:([#=]|--|[+-](?=\s|$))|(\d+)([.)](?=\s|$)))")


def render_markdown(page: Page) -> str:
    """The whole page as CommonMark with tables; no text in it can become markup or a table cell."""
    return "\n\n".join(_blocks(page)) + "\n"


def escaped(text: str) -> str:
    """The text on one line, so that Markdown shows it as it is."""
    line = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _SPECIAL.sub(r"\\\1", line)
    return _LEADING.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", line)


def _blocks(page: Page) -> Iterator[str]:
    yield f"# {escaped(page.name)}"
    yield f"**{escaped(page.headline)}**"
    yield escaped(page.standing_behind)
    if page.decisions:
        yield "## Decisions wanted"
        yield _bullets(_decisions(page))
    yield "## Strategy map"
    for row in page.map.rows:
        yield f"**{escaped(row.name)}**"
        yield (
            _bullets(
                f"{_link(node.id, node.url)} {escaped(node.name)}: {_status(node.standing)},"
                f" KPI attainment {_figure(node.attainment)}"
                for node in row.nodes
            )
            if row.nodes
            else "no objectives"
        )
    if page.map.arrows:
        yield "**Cause and effect**"
        yield _bullets(
            f"{escaped(one.cause)} → {escaped(one.effect)}"
            + "".join(f" ({escaped(part)})" for part in (f"{one.sign} {one.lag}".strip(),) if part)
            + (f" {escaped(one.why)}" if one.why else "")
            for one in page.map.arrows
        )
    yield "## Exceptions"
    yield _bullets(_exceptions(page)) if page.exceptions else "Everything that can be judged is on plan."
    for section in page.sections:
        yield from _section(section)
    yield from _ledger(page)
    yield "## Missing and stale data"
    yield "An undefined figure is shown as “–” and never counts as 0: it is left out of every mean."
    yield from _lacking("Undefined", page.undefined)
    yield from _lacking("Older than its cadence allows", page.stale)
    yield from _changes(page)
    yield "## The rules behind the figures"
    yield _bullets(map(escaped, page.rules))
    run = page.run
    yield escaped(
        f"As of {day(page.as_of)}. Made {moment(run.at)} by run {run.id} of bsc-sync {run.version}, from "
        f"scorecard {run.scorecard_digest[:12]} and mapping {run.mapping_digest[:12]}."
    )


def _decisions(page: Page) -> Iterator[str]:
    for wanted in page.decisions:
        facts = [wanted.objective, wanted.owner, f"by {day(wanted.due)}" if wanted.due else ""]
        facts.append("overdue" if wanted.overdue else "")
        yield f"**{escaped(wanted.text)}** ({escaped(', '.join(filter(None, facts)))})"
    if page.more_decisions:
        yield f"and {page.more_decisions} more later"


def _exceptions(page: Page) -> Iterator[str]:
    for entry in page.exceptions:
        note = f" “{escaped(entry.note)}”" if entry.note else ""
        when = f", {day(entry.noted_on)}" if entry.noted_on else ""
        name = f"**{escaped(entry.id)} {escaped(entry.name)}**"
        owner = f"{escaped(entry.owner or 'no owner')}{when}{_issue(entry.link, ', ')}"
        yield f"{name}, {_status(entry.standing)}: {escaped(entry.what)}.{note} ({owner})"
    if page.more_exceptions:
        yield f"and {page.more_exceptions} more below"


def _section(section: Section) -> Iterator[str]:
    yield f"## {escaped(section.name)}"
    yield f"{escaped(section.summary)}."
    for row in section.objectives:
        yield from _objective(row)


def _objective(row: ObjectiveRow) -> Iterator[str]:
    yield f"### {escaped(row.id)} {escaped(row.name)}"
    facts = [f"owner {row.owner or 'none'}", f"team {row.team}" if row.team else ""]
    facts += [f"due {day(row.due)}" if row.due else ""]
    yield f"{_status(row.standing)}, {escaped(', '.join(filter(None, facts)))}{_issue(row.link, ', ')}"
    before = f", was {row.before}" if row.before else ""
    yield _bullets(
        (
            f"KPI attainment: {_figure(row.attainment)}, expected {_figure(row.expected)}{before}",
            f"Key-result attainment: {_figure(row.okr_progress)}",
            f"Work progress: {_figure(row.work_progress)}",
        )
    )
    if row.measures:
        yield _table(
            (
                "Measure", "Value", "Baseline", "Target", "Attainment", "Expected", "Status",
                "Work progress", "Owner", "Jira",
            ),
            (
                (
                    f"{escaped(one.name)} ({escaped(_origin(one))})",
                    _figure(one.value),
                    escaped(one.baseline or "none"),
                    escaped((one.target or "none") + (f", by {day(one.due)}" if one.due else "")),
                    _figure(one.attainment),
                    _figure(one.expected),
                    _status(one.standing),
                    _figure(one.work_progress) if one.work_progress else "not of a KPI",
                    escaped(one.owner or "none"),
                    _issue(one.link, ""),
                )
                for one in row.measures
            ),
        )  # fmt: skip


def _origin(row: MeasureRow) -> str:
    shared = f"shared from {row.shared_from}" if row.shared_from else ""
    measured = f"measured by {row.by}" if row.by else ""
    return ", ".join(filter(None, (f"{row.kind} {row.id}", row.cycle, shared, measured)))


def _ledger(page: Page) -> Iterator[str]:
    ledger = page.ledger
    yield "## Alignment of work"
    if ledger.why:
        yield escaped(ledger.why)
    else:
        coverage = f" ({escaped(ledger.coverage)})" if ledger.coverage else ""
        yield (
            f"From {day(ledger.since)} to {day(ledger.until)}: {count(ledger.items, 'item')},"
            f" effort {escaped(ledger.total.text)}{coverage}, {ledger.overlap} under several objectives."
        )
        yield _table(
            ("Bucket", "Items", "Effort", "Share", "Restricted", "Examples"),
            (
                (
                    escaped(one.name),
                    str(one.items),
                    _figure(one.effort),
                    _figure(one.share),
                    str(one.restricted),
                    "; ".join(map(_example, one.examples)),
                )
                for one in ledger.buckets
            ),
        )
    if ledger.by_project:
        yield _table(
            ("Project", *(escaped(bucket.name) for bucket in ledger.buckets)),
            (
                (
                    escaped(one.name),
                    *(f"{_figure(part.share)}, {count(part.items, 'item')}" for part in one.buckets),
                )
                for one in ledger.by_project
            ),
        )
    yield "### Objectives that no work serves"
    yield _bullets(f"{escaped(ref)} {escaped(name)}" for ref, name in ledger.idle) if ledger.idle else "None."
    yield from _work_list("Linked work left untouched", ledger.untouched)
    if ledger.late.named or ledger.late.restricted:
        yield from _work_list("Work still flowing to what is closed", ledger.late)


def _work_list(title: str, work: WorkList) -> Iterator[str]:
    yield f"### {title}"
    items = [_example(one) + (f" ({escaped(one.detail)})" if one.detail else "") for one in work.named]
    items += [f"and {work.more} more"] if work.more else []
    items += (
        [f"{count(work.restricted, 'restricted item')}, counted but not named"] if work.restricted else []
    )
    yield _bullets(items) if items else "None."


def _lacking(title: str, entries: tuple[Missing, ...]) -> Iterator[str]:
    yield f"### {title}"
    lines = [f"{escaped(one.id)} {escaped(one.name)}: {escaped(one.reason)}" for one in entries]
    yield _bullets(lines) if lines else "None."


def _changes(page: Page) -> Iterator[str]:
    plan = page.plan
    yield "## Changes on hold"
    yield escaped(" ".join(said_of_jira(plan)))
    for title, notes in (("On hold", plan.holds), ("Edited in Jira", plan.drift)):
        if notes:
            yield _table((title, "Field", "The scorecard says", "Jira says", "Why"), map(_hold, notes))
    if plan.links:
        yield _table(
            ("Issues to look at", "Issue", "How it stands", "What to know"),
            (tuple(map(escaped, (row.ref, row.key, row.state, row.advice))) for row in plan.links),
        )
    if plan.failures:
        yield "### Failed"
        yield _bullets(map(escaped, plan.failures))


def _hold(note: HoldNote) -> tuple[str, ...]:
    texts = (note.ref, note.field, note.desired or "nothing", note.seen or "nothing", note.reason)
    return tuple(map(escaped, texts))


def _status(standing: Standing) -> str:
    by_hand = f", set by hand: {escaped(standing.overridden)}" if standing.overridden else ""
    return f"{_SHAPES[standing.tone]} {escaped(standing.word)}{', stale' if standing.stale else ''}{by_hand}"


def _figure(value: Figure) -> str:
    return escaped(value.text if value.exact is not None else f"{value.text} ({value.why})")


def _example(example: Example) -> str:
    return f"{_link(example.key, example.url)} {escaped(example.summary)}"


def _issue(link: IssueLink | None, before: str) -> str:
    return f"{before}{_link(link.key, link.url)}" if link is not None else ""


def _link(text: str, url: str) -> str:
    address = safe_url(url).replace("(", "%28").replace(")", "%29")
    return f"[{escaped(text)}](<{address}>)" if address else escaped(text)


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
