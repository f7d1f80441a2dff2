"""A plan as people read it: a legend, one block for each change, one last line that counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bsc_sync.cli.render import Line
from bsc_sync.plan.change import (
    Adopt,
    Change,
    Create,
    FieldChange,
    Forget,
    Hold,
    Outcome,
    Reinstate,
    Retire,
    Update,
)
from bsc_sync.plan.item import Value
from bsc_sync.plan.plan import Plan

_SIGNS = {
    "create": "+",
    "update": "~",
    "adopt": "adopt",
    "hold": "hold",
    "retire": "retire",
    "reinstate": "back",
    "forget": "forget",
}
_LEGEND = (
    "+ create  ~ update  adopt: mark an issue that a team has  retire: close  hold: waits for a decision"
)
_LONGEST = 60
_BEFORE = 15


def plan_lines(plan: Plan) -> Iterator[Line]:
    """The whole plan; the last line is always the count."""
    if plan.changes:
        yield Line(_LEGEND, "quiet")
        yield Line("")
    for change in plan.changes:
        yield from _change_lines(change)
        yield Line("")
    yield Line(count_line(plan), "strong")


def count_line(plan: Plan) -> str:
    """`Plan: 13 to create, 1 to adopt, 0 to update, 0 to retire, 0 on hold.`"""
    counts = plan.counts()
    return (
        f"Plan: {counts.creates} to create, {counts.adopts} to adopt, {counts.updates} to update, "
        f"{counts.retires} to retire, {counts.holds} on hold."
    )


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
            yield Line(f"{sign} {change.ref}  {change.name}  ({where}{below})", "create")
            values = [(part.name, None, part.value) for part in change.item.fields if part.value is not None]
            yield from _aligned(values)
        case Adopt():
            yield Line(f"{sign} {change.ref}  {change.name}  ({change.key})", "adopt")
            yield Line(f"    marks {change.key} as this objective's epic; its own texts stay", "quiet")
            yield from _left_alone(change.differs)
        case Update():
            yield Line(f"{sign} {change.ref}  {change.name}  ({change.key})", "update")
            yield from _aligned([(part.name, part.old, part.new) for part in change.fields])
        case Retire() | Reinstate():
            yield from _life_lines(change)
        case Forget():
            yield Line(f"{sign} {change.ref}  {change.name}  ({change.key}): {change.reason}", "quiet")
        case Hold():
            key = f"  ({change.key})" if change.key else ""
            yield Line(f"{sign} {change.ref}  {change.name}{key}: {change.reason}", "hold")
            yield from _aligned([(part.name, part.old, part.new) for part in change.fields])
            yield Line(f"    {change.hint}", "quiet")


def _life_lines(change: Retire | Reinstate) -> Iterator[Line]:
    """An issue that goes, or comes back."""
    head = f"{_SIGNS[change.action]} {change.ref}  {change.name}  ({change.key}): {change.reason}"
    yield Line(head, "retire" if isinstance(change, Retire) else "update")
    if change.transition:
        yield Line(f"    transition: {change.transition}")
    if isinstance(change, Retire):
        if change.comment:
            yield Line(f"    comment: {_short(change.comment)}")
        if change.label:
            yield Line(f"    label: {change.label}")
        return
    if change.label:
        yield Line(f"    label taken off: {change.label}")
    yield from _aligned([(part.name, part.old, part.new) for part in change.fields])


def _left_alone(differs: Sequence[FieldChange]) -> Iterator[Line]:
    if differs:
        names = ", ".join(part.name for part in differs)
        yield Line(f"    differs from the scorecard, will be on hold: {names}", "quiet")


def _aligned(values: Sequence[tuple[str, Value, Value]]) -> Iterator[Line]:
    width = max((len(name) for name, _, _ in values), default=0)
    shown = [(name, old is not None, *_pair(old, new)) for name, old, new in values]
    olds = max((len(old) for _, changes, old, _ in shown if changes), default=0)
    for name, _, old, new in shown:
        before = f"{old:<{olds}} -> " if olds else ""
        yield Line(f"    {name + ':':<{width + 1}} {before}{new}")


def _pair(old: Value, new: Value) -> tuple[str, str]:
    """Both values, short; two long texts from shortly before the place where they part."""
    if not isinstance(old, str) or not isinstance(new, str):
        return _short(old), _short(new)
    texts = [" ".join(value.split()) for value in (old, new)]
    both = zip(*texts, strict=False)
    skip = next((at for at, (one, other) in enumerate(both) if one != other), min(map(len, texts))) - _BEFORE
    if skip <= 0 or max(map(len, texts)) <= _LONGEST:
        return _short(old), _short(new)
    one, other = (_short(text[skip:]) for text in texts)
    return f'"…{one[1:]}', f'"…{other[1:]}'


def _short(value: Value) -> str:
    if value is None:
        return "(empty)"
    text = ", ".join(value) if isinstance(value, tuple) else " ".join(value.split())
    return f'"{text[:_LONGEST]}…"' if len(text) > _LONGEST else f'"{text}"'
