"""What must be true in the lives of the state machine, whenever nothing is left to do."""

from __future__ import annotations

from typing import Any

from bsc_sync.sync.run import RunReport
from tests.machine_life import FIELDS, NAMES, Life
from tests.machine_scene import Issue
from tests.machine_start import US


def check(life: Life, report: RunReport) -> None:
    """Everything, when nothing is left to do."""
    issues = life.scene.issues()
    _check_people(life, issues)
    held = {(hold.ref, part.id) for hold in report.plan.holds() for part in hold.fields}
    whole = {hold.ref for hold in report.plan.holds() if not hold.fields}
    said = ("nobody knows", "it may be that")
    unknown = {hold.ref for hold in report.plan.holds() if any(words in hold.reason for words in said)}
    links = life.scene.links()
    by_ref = {links[issue.id]: issue for issue in issues if issue.id in links}
    twice = [
        one.key
        for one in issues
        if one.creator == US and one.id not in links
        if not ("security" in one.values and one.ref in unknown)  # held, and nothing made in its place
    ]
    assert len(twice) <= len(life.replaced), f"made by us, and not known: {twice}"
    hidden = {ref for ref, issue in by_ref.items() if "security" in issue.values}
    for kind, entries in (("objective", life.objectives()), ("key_result", life.key_results())):
        for entry in entries:
            ref = entry["id"]
            if "retired" in entry or ref in hidden:
                continue
            if ref not in by_ref:
                above = entry.get("objective")
                waits = {ref, above} & (life.gone | hidden | unknown)
                assert waits, f"{ref} has no issue"
                continue
            _check_fields(life, kind, entry, by_ref[ref], held, whole)
            above = by_ref.get(entry.get("objective", ""))
            if above is not None and ref not in {one for one, _ in held} | whole:
                assert by_ref[ref].values.get("parent") == above.id, f"{ref} hangs elsewhere"
    for ref, issue in by_ref.items():
        comments = life.scene.our_comments(issue.id)
        assert comments <= life.retirements.get(ref, 0) + 1, f"{ref} was commented on {comments} times"


def _check_fields(
    life: Life,
    kind: str,
    entry: dict[str, Any],
    issue: Issue,
    held: set[tuple[str, str]],
    whole: set[str],
) -> None:
    ref = entry["id"]
    for name in FIELDS[kind]:
        if NAMES[name] not in entry:
            continue
        wanted, shown = entry[NAMES[name]], life.scene.shown(issue, name)
        if _alike(shown, wanted):
            life.excused.discard((issue.id, name))
            life.theirs.pop((issue.id, name), None)
            continue
        where = f"{name} of {ref} ({issue.key}) is {shown!r}, the file says {wanted!r}"
        assert (issue.id, name) in life.excused or issue.project == "LEFT", where
        is_held = (ref, life.scene.ids.get(name, name)) in held or ref in whole
        assert is_held, f"{where}, and it is not on hold"
    if kind == "objective" and (issue.id, "labels") not in life.excused and issue.project != "LEFT":
        label = life.scene.mapping["jira"]["objectives"]["fields"]["labels"]["value"]
        assert label in issue.values.get("labels", ()), f"{ref} has no label {label}"


def _check_people(life: Life, issues: list[Issue]) -> None:
    known = {issue.id: issue for issue in issues}
    for (number, name), value in life.theirs.items():
        if number in known:
            shown = life.scene.shown(known[number], name)
            assert shown == value, f"{name} of {known[number].key} was {value!r}, and is {shown!r}"
    for number, labels in life.labels.items():
        if number in known:
            assert labels <= set(known[number].values.get("labels", ())), f"labels of {known[number].key}"
    for issue in issues:
        if issue.creator != US and issue.id not in life.adopted:
            assert not life.scene.our_edits(issue.id), f"{issue.key} is not ours, and was touched"
        if issue.id in life.strayed:
            edits = life.scene.our_edits(issue.id)
            assert edits == life.strayed[issue.id], f"{issue.key} was touched where we may not write"
    assert not any(entry.method == "DELETE" and entry.user == US for entry in life.scene.writes())


def _alike(shown: Any, wanted: Any) -> bool:
    if isinstance(wanted, int) and shown is not None:
        return float(shown) == wanted
    return str(shown) == str(wanted)
