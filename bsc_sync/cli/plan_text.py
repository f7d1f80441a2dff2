"""A plan as people read it: a legend, one block for each change, one last line that counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bsc_sync.cli.render import WIDTH, Line, wrapped
from bsc_sync.plan.change import (
    Adopt,
    Change,
    Counts,
    Create,
    FieldChange,
    Forget,
    Hold,
    Outcome,
    Reinstate,
    Retire,
    Update,
)
from bsc_sync.plan.link_state import LinkNote, LinkState
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.shown import parted, shown

_SIGNS = {
    "create": "+",
    "update": "~",
    "adopt": "adopt",
    "hold": "hold",
    "retire": "retire",
    "reinstate": "back",
    "forget": "forget",
}
_LEGEND = {
    "create": "+ create",
    "update": "~ update",
    "adopt": "adopt: mark an issue that a team has",
    "reinstate": "back: bring back",
    "retire": "retire: close",
    "forget": "forget: wait no more",
    "hold": "hold: waits for a decision",
}
_TOLD_ELSEWHERE = frozenset(
    {LinkState.IN_SYNC, LinkState.PENDING, LinkState.DRIFTED, LinkState.RETIRED, LinkState.FORGOTTEN}
)
_ONLY_ADDED = frozenset({"link", "mark"})
_TOLD_BY_A_CHANGE = frozenset({LinkState.GONE, LinkState.ARCHIVED})


def plan_lines(plan: Plan) -> Iterator[Line]:
    """The whole plan; the count always ends it."""
    if plan.changes:
        kinds = {change.action for change in plan.changes}
        legend = "  ".join(words for kind, words in _LEGEND.items() if kind in kinds)
        yield from (Line(part, "quiet") for part in wrapped(legend))
        yield Line("")
    for change in plan.changes:
        yield from _change_lines(change)
        yield Line("")
    odd = odd_links(plan)
    if odd:
        yield Line("Links to look at:")
        for one in odd:
            yield from (Line(part, "warn") for part in wrapped(f"  {one.ref} ({one.key}) {link_words(one)}"))
        yield Line("")
    yield from (Line(part, "strong") for part in count_lines(plan))


def count_line(plan: Plan) -> str:
    """`Plan: 13 to create, 1 to adopt, 0 to update, 0 to retire, 0 on hold.`"""
    return _counted(plan.counts())


def count_lines(plan: Plan) -> list[str]:
    """The count as it is shown, the last line what there always is: the rest before it where it is wide."""
    line, counts = count_line(plan), plan.counts()
    if len(line) <= WIDTH:
        return [line]
    also = [
        f"{count} {what}"
        for count, what in ((counts.reinstates, "to bring back"), (counts.forgets, "to forget"))
        if count
    ]
    usual = counts.model_copy(update={"reinstates": 0, "forgets": 0})
    return [f"Also: {', '.join(also)}.", _counted(usual)]


def _counted(counts: Counts) -> str:
    back = f"{counts.reinstates} to bring back, " if counts.reinstates else ""
    given_up = f"{counts.forgets} to forget, " if counts.forgets else ""
    return (
        f"Plan: {counts.creates} to create, {counts.adopts} to adopt, {counts.updates} to update, "
        f"{back}{counts.retires} to retire, {given_up}{counts.holds} on hold."
    )


def odd_links(plan: Plan) -> tuple[LinkNote, ...]:
    """The links that are not in sync or that Jira keeps, as far as no change of the plan says so already."""
    held = {change.ref for change in plan.changes}
    return tuple(
        one
        for one in plan.links
        if (one.state not in _TOLD_ELSEWHERE and not (one.state in _TOLD_BY_A_CHANGE and one.ref in held))
        or (one.state is LinkState.IN_SYNC and one.note)
        or (one.state is LinkState.DRIFTED and "its type is" in one.note)
    )


def link_words(one: LinkNote) -> str:
    """How a link stands, in a few words."""
    kept = one.state is LinkState.IN_SYNC and "Jira keeps" in one.note
    state = "kept by Jira" if kept else str(one.state)
    return f"{state}: {one.note}" if one.note else state


def outcome_lines(outcomes: Sequence[Outcome]) -> Iterator[Line]:
    """What became of each change, one line each."""
    width = max((len(outcome.ref) for outcome in outcomes), default=0)
    words = {
        "create": "created",
        "adopt": "adopted",
        "update": "updated",
        "retire": "retired",
        "reinstate": "is back",
        "forget": "forgotten",
        "hold": "on hold",
    }
    for outcome in outcomes:
        done = outcome.result == "applied"
        word = words[outcome.action] if done or outcome.action == "hold" else outcome.result
        text = f"{outcome.ref:<{width}}  {word:<8} {outcome.key or '':<10} {outcome.reason}".rstrip()
        style = "hold" if outcome.action == "hold" else "good" if done and not outcome.reason else "warn"
        yield Line(text, "bad" if outcome.result == "failed" else style)


def _change_lines(change: Change) -> Iterator[Line]:
    sign = _SIGNS[change.action]
    match change:
        case Create():
            where = f"{change.item.project} {change.item.issue_type}"
            below = f" below {change.parent_key or change.item.parent}" if change.item.parent else ""
            if change.item.link_to:
                below = f", {change.item.link} {change.item.link_to}"
            instead = f": {change.reason}" if change.replaces else ""
            yield from _head(f"{sign} {change.ref}  {change.name}", f"({where}{below}){instead}", "create")
            fields = [part for part in change.item.fields if part.value is not None]
            yield from _aligned([(part.name, None, shown(part.value)) for part in fields])
        case Adopt():
            yield from _head(f"{sign} {change.ref}  {change.name}", f"({change.key})", "adopt")
            whose = "objective" if change.kind == "objective" else "key result"
            yield Line(f"    marks {change.key} as the issue of this {whose}; its own texts stay", "quiet")
            if change.other_type:
                yield from (Line(part, "warn") for part in wrapped(f"    {change.other_type}"))
            yield from _left_alone(change.differs)
        case Update():
            yield from _head(f"{sign} {change.ref}  {change.name}", f"({change.key})", "update")
            yield from _aligned(map(_old_and_new, change.fields))
        case Retire() | Reinstate():
            yield from _life_lines(change)
        case Forget():
            key = f"({change.key}): " if change.key else ": "
            yield from _head(f"{sign} {change.ref}  {change.name}", f"{key}{change.reason}", "quiet")
        case Hold():
            key = f"({change.key}): " if change.key else ": "
            yield from _head(f"{sign} {change.ref}  {change.name}", f"{key}{change.reason}", "hold")
            yield from _aligned(map(_old_and_new, change.fields))
            yield from (Line(part, "quiet") for part in wrapped(f"    {change.hint}"))


def _head(what: str, where: str, style: str) -> Iterator[Line]:
    """The first line of a change; what does not fit beside its name stands below it."""
    gap = "" if where.startswith(":") else "  "
    if len(what) + len(gap) + len(where) <= WIDTH:
        yield Line(f"{what}{gap}{where}", style)
        return
    yield Line(what, style)
    yield from (Line(part, style) for part in wrapped(f"    {where.removeprefix(': ')}"))


def _life_lines(change: Retire | Reinstate) -> Iterator[Line]:
    """An issue that goes, or comes back."""
    where = f"({change.key}): {change.reason}"
    style = "retire" if isinstance(change, Retire) else "update"
    yield from _head(f"{_SIGNS[change.action]} {change.ref}  {change.name}", where, style)
    if change.transition:
        yield Line(f"    transition: {change.transition}")
    if isinstance(change, Retire):
        if change.comment:
            yield Line(f"    comment: {shown(change.comment)}")
        if change.label:
            yield Line(f"    label: {change.label}")
        return
    if change.label:
        yield Line(f"    label taken off: {change.label}")
    yield from _aligned(map(_old_and_new, change.fields))


def _left_alone(differs: Sequence[FieldChange]) -> Iterator[Line]:
    if differs:
        names = ", ".join(part.name for part in differs)
        yield Line(f"    differs from the scorecard, will be on hold: {names}", "quiet")


def _old_and_new(part: FieldChange) -> tuple[str, str | None, str]:
    """Both values as they are shown; of what we only add beside the fields, the new one."""
    old, new = parted(part.old, part.new)
    return part.name, None if part.old is None and part.type in _ONLY_ADDED else old, new


def _aligned(values: Iterable[tuple[str, str | None, str]]) -> Iterator[Line]:
    parts = [*values]
    width = max((len(name) for name, _, _ in parts), default=0)
    olds = max((len(old) for _, old, _ in parts if old is not None), default=0)
    news = max((len(new) for _, _, new in parts), default=0)
    narrow = 4 + width + 2 + olds + 4 + news <= WIDTH
    for name, old, new in parts:
        start = f"    {name + ':':<{width + 1}}"
        if old is None:
            yield Line(f"{start} {new}")
        elif narrow:
            yield Line(f"{start} {old:<{olds}} -> {new}")
        else:
            yield Line(f"{start} {old}")
            yield Line(f"{'->':>{len(start)}} {new}")
