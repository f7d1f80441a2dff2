"""A plan as a comment on a pull request: no text in it can call people, link, or become markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from bsc_sync.cli.plan_text import count_line, link_words, odd_links
from bsc_sync.plan.change import Adopt, Change, Create, FieldChange, Forget, Hold, Reinstate, Retire, Update
from bsc_sync.plan.item import Value
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.shown import parted, shown
from bsc_sync.report.markdown import escaped
from bsc_sync.report.words import count, one_line, safe_url

LONGEST = 60_000  # GitHub takes 65,536 characters; a bot may want to add a few words of its own
_SHARES = {"changes": 25_000, "holds": 12_000, "links": 5_000}
_WORDS = {
    "create": "create",
    "adopt": "adopt",
    "update": "update",
    "retire": "retire",
    "reinstate": "bring back",
    "forget": "forget",
    "hold": "hold",
}
_NAME, _VALUE = 80, 200
_CALLS = re.compile(r"(?i)[@#]|\bGH-(?=\d)|:(?=//)|\bwww(?=\.)")
_APART = "\u200b"  # a space without width: it ends what would else be a mention or a link


def plan_markdown(plan: Plan) -> str:
    """The whole plan as GitHub shows it, cut with a count where it would be too long."""
    changes = [change for change in plan.changes if not isinstance(change, Hold)]
    blocks = [f"### {_head(plan)}", _origin(plan)]
    if changes:
        rows = [_row(plan, change) for change in changes]
        blocks += _table(("Change", "Id", "Name", "Issue", "Why"), rows, _SHARES["changes"], "change")
    if plan.holds():
        blocks.append("**On hold: waits for a decision, nothing is written**")
        rows = [_hold_row(plan, hold) for hold in plan.holds()]
        columns = ("Id", "Name", "Issue", "Fields", "Why", "What to do")
        blocks += _table(columns, rows, _SHARES["holds"], "hold")
    odd = odd_links(plan)
    if odd:
        blocks.append("**Links to look at**")
        rows = [(_text(one.ref), _issue(plan, one.key), _text(link_words(one))) for one in odd]
        blocks += _table(("Id", "Issue", "State"), rows, _SHARES["links"], "link")
    blocks += _details(plan, LONGEST - sum(len(block) + 2 for block in blocks) - 100)
    return "\n\n".join(blocks) + "\n"


def _head(plan: Plan) -> str:
    counted = count_line(plan).removeprefix("Plan: ").removesuffix(".")
    nothing = "nothing to do" if not plan.changes else counted
    return f"Scorecard {_text(plan.scorecard)}: {nothing}"


def _origin(plan: Plan) -> str:
    site = f" against {_text(plan.site)}" if plan.site else ""
    digests = f"scorecard {plan.digests.scorecard[:12]}, mapping {plan.digests.mapping[:12]}"
    decided = plan.decisions
    words = [f"--take {decided.take}"] if decided.take else []
    for name, refs in (
        ("target", decided.targets),
        ("recreate", decided.recreate),
        ("forget", decided.forget),
        ("force", ("projects",) if decided.anywhere else ()),
    ):
        words += [f"--{name} {_text(ref)}" for ref in refs[:20]]
    told = f" With {' '.join(words)}." if words else ""
    return f"<sub>Made {_text(plan.made)}{site}; {_text(digests)}.{told}</sub>"


def _row(plan: Plan, change: Change) -> tuple[str, ...]:
    key = getattr(change, "key", None)
    if isinstance(change, Create):
        issue = _text(f"{change.item.project} {change.item.issue_type}")
    else:
        issue = _issue(plan, key or "")
    name = _text(change.name, _NAME)
    why = _text(change.reason, _NAME)
    if isinstance(change, Adopt) and change.other_type:
        why += f"; {_text(change.other_type, _VALUE)}"
    return (f"**{_WORDS[change.action]}**", _text(change.ref), name, issue, why)


def _hold_row(plan: Plan, hold: Hold) -> tuple[str, ...]:
    fields = _text(", ".join(part.name for part in hold.fields), _NAME)
    name, why = _text(hold.name, _NAME), _text(hold.reason, _VALUE)
    return (_text(hold.ref), name, _issue(plan, hold.key or ""), fields, why, _text(hold.hint, _VALUE))


def _details(plan: Plan, room: int) -> Iterator[str]:
    """What changes into what, folded; as much as there is room for."""
    blocks = [block for change in plan.changes if (block := _detail(change))]
    for index, block in enumerate(blocks):
        room -= len(block) + 2
        if room < 0:
            left = count(len(blocks) - index, "more change")
            yield f"The values of {left} are left out: `bsc-sync plan` shows all."
            return
        yield block


def _detail(change: Change) -> str:
    columns: Sequence[str]
    rows: Iterable[Sequence[str]]
    match change:
        case Create():
            columns = ("Field", "Will be")
            fields = [part for part in change.item.fields if part.value is not None]
            rows = [(_text(part.name), _value(part.value)) for part in fields]
        case Update() | Hold():
            columns = ("Field", "In Jira", "In the scorecard")
            rows = map(_old_and_new, change.fields)
        case Adopt():
            columns = ("Field", "In Jira, stays", "In the scorecard")
            rows = map(_old_and_new, change.differs)
        case Reinstate():
            columns = ("Field", "In Jira", "Will be")
            steps = [("Label taken off", change.label), ("Transition", change.transition)]
            rows = [*_steps(steps, 1), *map(_old_and_new, change.fields)]
        case Retire():
            columns = ("Step", "Will be")
            steps = [("Label", change.label), ("Comment", change.comment), ("Transition", change.transition)]
            rows = _steps(steps, 0)
        case Forget():
            return ""
    rows = [*rows]
    if not rows:
        return ""
    sign = _WORDS[change.action]
    summary = f"{sign} {_plain(change.ref)} {_plain(change.name)}"
    table = "\n".join(_lines(columns, rows))
    return f"<details><summary>{summary}</summary>\n\n{table}\n\n</details>"


def _steps(steps: Sequence[tuple[str, str | None]], empty: int) -> list[tuple[str, ...]]:
    return [(name, *[""] * empty, _value(value)) for name, value in steps if value]


def _old_and_new(part: FieldChange) -> tuple[str, ...]:
    old, new = parted(part.old, part.new, longest=_VALUE)
    return (_text(part.name), _text(old), _text(new))


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], room: int, what: str) -> Iterator[str]:
    """One table of as many rows as there is room for, and a word on the others."""
    kept: list[Sequence[str]] = []
    for row in rows:
        room -= sum(map(len, row)) + 3 * len(row) + 2
        if room < 0:
            break
        kept.append(row)
    yield "\n".join(_lines(columns, kept))
    if len(kept) < len(rows):
        yield f"and {count(len(rows) - len(kept), f'more {what}')}: `bsc-sync plan` shows all."


def _lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for cells in (columns, tuple("---" for _ in columns), *rows):
        yield f"| {' | '.join(cells)} |"


def _issue(plan: Plan, key: str) -> str:
    url = safe_url(f"{plan.site}/browse/{key}") if plan.site and key else ""
    return f"[{_text(key)}](<{url}>)" if url and "(" not in url and ")" not in url else _text(key)


def _value(value: Value) -> str:
    return _text(shown(value, longest=_VALUE))


def _text(text: str, longest: int = 0) -> str:
    """A text inside Markdown that shows as it is, on one line, and calls nobody."""
    line = one_line(text)
    return escaped(_calm(f"{line[:longest]}…" if longest and len(line) > longest else line))


def _plain(text: str) -> str:
    """The same inside HTML."""
    line = one_line(text)
    return html.escape(_calm(f"{line[:_NAME]}…" if len(line) > _NAME else line))


def _calm(text: str) -> str:
    return _CALLS.sub(lambda found: found[0] + _APART, text)
