"""Write the generated parts of the documents: `python -m tests.documents`; a test tells when they are old."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bsc_sync import errors
from bsc_sync.mapping.directions import directions
from bsc_sync.mapping.model import Limit, Limits
from bsc_sync.plan.link_state import LinkState
from bsc_sync.plan.schema import plan_schema
from bsc_sync.plan.verdict import Verdict
from bsc_sync.project import Project
from bsc_sync.runtime import read_strategy
from bsc_sync.sync.guards import GUARDS
from tests.promised_never import NEVER, TABLE_TESTS, TOGETHER
from tests.promises import RULES
from tests.proofs import Promise
from tests.verdict_table import DRIFT, EMPTY, SEEN, TABLE, WORDS, cells, rows

ROOT = Path(__file__).parents[1]
SYNC = ROOT / "docs" / "sync.md"
SCHEMA = ROOT / "docs" / "plan.schema.json"
_PART = re.compile(r"(<!-- generated: (\w[\w -]*) -->\n).*?(\n<!-- end -->)", re.DOTALL)

_STATES = {
    LinkState.UNKNOWN: ("a write to it is not settled yet", "run again in two minutes"),
    LinkState.FORGOTTEN: (
        "it had vanished, and you gave it up",
        "nothing; it is followed again if it comes back",
    ),
    LinkState.GONE: (
        "it does not answer: deleted, archived, or not to be seen by our account (all look alike)",
        "restore it or the permission, or decide: `--recreate ID`, `--forget ID`",
    ),
    LinkState.OUT_OF_SCOPE: (
        "it stands in a project that the mapping does not name: nothing is written there",
        "name it (`jira.projects: [CRM]`), or `--force projects` once",
    ),
    LinkState.RETIRED: ("nothing asks for it any more; it is labeled, commented on, closed", "nothing"),
    LinkState.ARCHIVED: (
        "it is archived: it can be read, and nothing is written to it nor put below it",
        "restore it in Jira, or take it out of the file",
    ),
    LinkState.DRIFTED: (
        "a field of ours, or the issue's type, differs: somebody edited it, or it was never agreed on",
        "`adopt`, `--take`, or edit the file; the type is changed by hand, in Jira or in the mapping",
    ),
    LinkState.PENDING: ("there is something to write", "`apply`, or the next `sync`"),
    LinkState.MOVED: ("it has another key or project; it is followed by its numeric id", "nothing"),
    LinkState.IN_SYNC: ("both sides agree", "nothing"),
}
_GUARDS = {
    "creates": "more new issues than `limits.creates`",
    "updates": "more edits (and returns) than `limits.updates`; a new id alone is none: nobody sees it there",
    "retires": "more retirements than `limits.retires`",
    "vanished": "more linked issues do not answer than `limits.vanished`, or none does",
    "projects": "an issue of ours stands in a project that the mapping does not name (only it is left alone)",
}
_CODES = {
    0: "nothing is left to write; what is on hold is shown and waits",
    1: "the files or the settings have to be mended",
    2: "`plan --exit-code`: something would be written (holds do not count)",
    3: "stopped, since going on could harm; the message says what resolves it",
    4: "Jira, Confluence or the store did not do it",
    5: "some changes were made and some were not; run again",
    64: "wrong usage of the command line",
    70: "a bug of ours; the message says where the log is",
    130: "ended by Ctrl-C; the next run goes on",
    143: "ended by SIGTERM; the next run goes on",
}


def part(name: str) -> str:
    """The text of one generated part."""
    return _PARTS[name]()


def renewed(text: str) -> str:
    """A document with its generated parts made anew."""
    return _PART.sub(lambda found: f"{found[1]}{part(found[2])}{found[3]}", text)


def schema_text() -> str:
    """The published schema of a saved plan."""
    return json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write what is generated."""
    SYNC.write_text(renewed(SYNC.read_text(encoding="utf-8")), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _directions() -> str:
    mapping = read_strategy(Project(ROOT / "bsc_sync" / "examples" / "acme")).mapping
    blocks = []
    for group in directions(mapping.jira):
        blocks.append(f"**{group.name}** ({group.where})")
        if group.fields:
            body = [
                (f"`{one.field}`", one.source, one.way.replace("->", "→"), one.owner, one.on_drift or "-")
                for one in group.fields
            ]
            blocks.append(_table(("field", "from", "way", "owner", "on drift"), body))
    return "\n\n".join(blocks)


def _matrix(table: str) -> str:
    names = {"-": "(not named)", "0": "(empty)"}
    agreed_names = {"-": "(not known)", "0": "(empty)"}
    seen_names = {"-": "(empty)", "0": "(empty)"}
    head = ("wanted", "agreed on", *(f"seen: {seen_names.get(seen, seen)}" for seen in SEEN[table]))
    body = [
        (names.get(wanted, wanted), agreed_names.get(agreed, agreed), *(WORDS[letter] for letter in letters))
        for wanted, agreed, letters in rows(table)
    ]
    return _table(head, body)


def _verdicts() -> str:
    drift = ", ".join(f"`{on_drift}` → {verdict}" for on_drift, verdict in DRIFT.items())
    whole = len([*cells(TABLE)])
    told = (
        f"*drift* depends on the field's `on_drift`: {drift}. With `owner: jira` and `owner: seed` every "
        f"cell is *left alone*. That makes {whole} cells (4 × 4 × 4 values, 3 owners, 3 ways of meeting "
        "drift); each is a test of its own."
    )
    empty = "A key that is not in the file is no wish; `null` is the wish that the field be empty:"
    return "\n\n".join((_matrix(TABLE), told, empty, _matrix(EMPTY), _tests(TABLE_TESTS)))


def _states() -> str:
    assert set(_STATES) == set(LinkState), "every state is explained"
    return _table(
        ("state", "what it means", "what to do"),
        [(f"*{state}*", *_STATES[state]) for state in LinkState],
    )


def _holds() -> str:
    from bsc_sync.plan.field_changes import _HINTS, _REASONS

    return _table(
        ("verdict", "shown as", "what to do"),
        [(str(ruling), _REASONS[ruling], _HINTS[ruling]) for ruling in Verdict if ruling in _HINTS],
    )


def _codes() -> str:
    classes = [
        one
        for _, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, errors.BscSyncError) and one is not errors.BscSyncError
    ]
    assert {one.exit_code for one in classes} <= set(_CODES), "every exit code is explained"
    body = []
    for code, meaning in _CODES.items():
        mine = [one for one in classes if one.exit_code == code and code in vars(one).values()]
        below = [one for one in classes if one.exit_code == code and one not in mine]
        named = ", ".join(f"`{one.__name__}`" for one in (*mine, *below))
        body.append((str(code), meaning, named or "-"))
    details = [
        f"- `{one.__name__}`: {_first(one)}"
        for one in classes
        if one.exit_code == errors.UnsafePlan.exit_code and one is not errors.UnsafePlan
    ]
    return _table(("exit", "means", "failures"), body) + "\n\nExit 3 in detail:\n\n" + "\n".join(details)


def _first(one: type) -> str:
    text = " ".join((one.__doc__ or "").split())
    return text[:1].lower() + text[1:].removesuffix(".") + "."


def _guards() -> str:
    assert set(_GUARDS) == set(GUARDS), "every guard is explained"
    limits = Limits()
    body = []
    for guard in GUARDS:
        limit = getattr(limits, guard, None)
        default = _limit(limit) if isinstance(limit, Limit) else "any"
        body.append((f"`--force {guard}`", _GUARDS[guard], default))
    return _table(("overridden by", "stops when", "default"), body)


def _limit(limit: Limit) -> str:
    parts = [f"count {limit.count}"] if limit.count is not None else []
    if limit.share is not None:
        parts.append(f"share {limit.share:.0%} above {limit.floor}")
    return ", ".join(parts)


def _tests(names: Iterable[str]) -> str:
    return "Proved by " + ", ".join(f"`{name}`" for name in names) + "."


def _rules() -> str:
    rules = "\n".join(f"{number}. {_promised(one)}" for number, one in enumerate(RULES, 1))
    return f"{rules}\n\nAll of them together, in any order of events: `{TOGETHER[0]}`."


def _never() -> str:
    return "\n".join(f"- **{one.what}**\n  {_tests(one.tests)}" for one in NEVER)


def _promised(one: Promise) -> str:
    return f"{one.what}\n   {_tests(one.tests)}"


_PARTS: dict[str, Callable[[], str]] = {
    "directions": _directions,
    "verdicts": _verdicts,
    "holds": _holds,
    "link states": _states,
    "exit codes": _codes,
    "guards": _guards,
    "rules": _rules,
    "never": _never,
}

if __name__ == "__main__":
    main()
