"""A mapping as a first one should be: every issue that was found under its key, its fields as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bsc_sync.scorecard.yaml_text import remark, scalar

Fields = Mapping[str, str | None]
"""Field name -> what of the scorecard it comes from; None: it is Jira's, and only read."""


@dataclass(frozen=True, slots=True)
class DraftRule:
    """Which issue an item is; `fields` where they differ from the default, with the reason of each."""

    ref: str
    existing: str
    project: str | None = None
    issue_type: str | None = None
    fields: Fields | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftKind:
    """How objectives or key results live in Jira by default."""

    issue_type: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class DraftMapping:
    """The whole file. `work` says in words which work counts; `current` is the field that teams fill."""

    scorecard: str
    heading: tuple[str, ...]
    project: str
    objectives: DraftKind
    key_results: DraftKind | None
    rules: Sequence[DraftRule]
    people: Mapping[str, str]
    work: tuple[str, ...] = ()
    current: str | None = None


def mapping_text(draft: DraftMapping) -> str:
    """The draft as `mapping.yaml`."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: DraftMapping) -> Iterator[str]:
    yield from (f"# {remark(line)}" for line in draft.heading)
    yield from ("format: 1", f"scorecard: {draft.scorecard}", "", "jira:")
    yield f"  project: {scalar(draft.project)}  # where new ones are created"
    yield from _kind("objectives", draft.objectives)
    if draft.key_results is not None:
        yield from _kind("key_results", draft.key_results)
    yield "  rules:  # the issues that were there first: found again by their keys, should the store be lost"
    for rule in draft.rules:
        yield from _rule(rule)
    if draft.current is not None:
        yield from ("", "measures:", "  - match: {kind: key_result}")
        yield f"    source: {{field: {_in_braces(draft.current)}}}"
    if draft.work:
        yield from ("", *(f"# {remark(line)}" for line in draft.work))
    if draft.people:
        yield from (
            "",
            "people:  # who is meant by the owners in scorecard.yaml; roles read better than names",
        )
        for alias, account in draft.people.items():
            yield f"  {scalar(alias)}: {scalar(account)}"


def _kind(name: str, kind: DraftKind) -> Iterator[str]:
    yield f"  {name}:"
    yield f"    issue_type: {scalar(kind.issue_type)}"
    yield "    fields:"
    yield from _fields(kind.fields, {}, "      ")


def _rule(rule: DraftRule) -> Iterator[str]:
    apart = {"project": rule.project, "issue_type": rule.issue_type}
    given = {name: value for name, value in apart.items() if value is not None}
    if rule.fields is None:
        more = "".join(f", {name}: {_in_braces(value)}" for name, value in given.items())
        yield f"    - {{match: {{id: {scalar(rule.ref)}}}, existing: {scalar(rule.existing)}{more}}}"
        return
    yield f"    - match: {{id: {scalar(rule.ref)}}}"
    yield f"      existing: {scalar(rule.existing)}"
    for name, value in given.items():
        yield f"      {name}: {scalar(value)}"
    yield "      fields:"
    yield from _fields(rule.fields, rule.reasons, "        ")


def _fields(fields: Fields, reasons: Mapping[str, str], pad: str) -> Iterator[str]:
    for name, origin in fields.items():
        value = "{owner: jira}" if origin is None else f"{{from: {origin}}}"
        reason = f"  # {remark(reasons[name])}" if name in reasons else ""
        yield f"{pad}{scalar(name)}: {value}{reason}"


def _in_braces(text: str) -> str:
    bare = scalar(text)
    return f'"{bare}"' if not bare.startswith('"') and "," in bare else bare
