"""What somebody edits in Jira comes into the file, on both products: offered, adopted, and then in sync."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER
from bsc_sync.atlassian.documents import rich_text
from bsc_sync.cli.plan import look
from bsc_sync.errors import StalePlan
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.verdict import Verdict
from bsc_sync.plan.wishes import NO_WISH
from bsc_sync.scorecard.load import load_scorecard
from bsc_sync.scorecard.markdown import canonical_markdown
from bsc_sync.sync.adopting import Basis, Proposal, Wanted, propose
from bsc_sync.sync.card_files import CardFiles, read_card_files
from tests import runs_on_acme
from tests.people_in_jira import move
from tests.runs_on_acme import Acme, key_of

ASSIGNED = {
    "STRAT": {
        "Epic": [
            "summary",
            "description",
            "labels",
            "duedate",
            "priority",
            "assignee",
            "KR target",
            "KR current",
        ],
        "Task": ["summary", "description", "labels", "duedate", "parent", "Target value", "Current value"],
    }
}

PEOPLE = """  cfo: "acme:cfo"
  head-of-success: "acme:mia"
  head-of-sales: "acme:jonas"
  head-of-operations: "acme:tomas"
  head-of-people: "acme:priya"
  cto: "acme:priya"
"""
OFFERED = {
    "summary:     {from: name, owner: scorecard}": "summary:     {from: name, on_drift: adopt}",
    "{from: description, owner: scorecard, on_drift: hold}": "{from: description, on_drift: adopt}",
    "{from: due, owner: scorecard, on_drift: restore}": """{from: due, on_drift: adopt}
      assignee:    {from: owner, on_drift: adopt}""",
    "summary:        {from: name, owner: scorecard}": "summary:        {from: name}",
    "{from: due, owner: scorecard}": "{from: due, on_drift: adopt}",
    '"Target value": {from: target, owner: scorecard}': '"Target value": {from: target, on_drift: adopt}',
    '  cfo: "acme:cfo"\n': PEOPLE,
}


def apply(acme: Acme, **policy: Any) -> None:
    done = runs_on_acme.apply(acme, **policy)
    assert {outcome.result for outcome in done.outcomes if outcome.action != "hold"} <= {"applied"}


def with_assignees(seed: dict[str, Any]) -> None:
    """Epics of the strategy can have an assignee."""
    for project in seed["projects"]:
        if project["key"] in ASSIGNED:
            project["screens"] = ASSIGNED[project["key"]]


@pytest.fixture
def begun(flavor: str, begin: Callable[..., Acme]) -> Acme:
    """The example, applied, with a mapping that offers everything to the file."""
    acme = begin(flavor, change=with_assignees)
    for old, new in OFFERED.items():
        acme.edit(old, new, "mapping.yaml")
    mapping = acme.folder / "mapping.yaml"
    for user in acme.site.users.values():
        mapping.write_text(
            mapping.read_text().replace(f'"{user.account_id}"', f'"{account(acme, user.account_id)}"')
        )
    apply(acme)
    assert {hold.ref for hold in looked(acme)[0].changes} == {"P2"}  # adopted: its texts were never agreed on
    return acme


def looked(acme: Acme) -> tuple[Plan, Any]:
    office = acme.office()
    prepared = look(office, acme.world(office), wishes=NO_WISH, targets=())
    return prepared.plan, prepared


def offered(acme: Acme, wanted: Wanted) -> tuple[CardFiles, Proposal]:
    office = acme.office()
    files = read_card_files(office.project.scorecard, digest=office.strategy.scorecard_digest)
    _, prepared = looked(acme)
    today = office.strategy.card.today(acme.world(office).clock())
    strategy = office.strategy
    basis = Basis(prepared.plan, prepared.items, prepared.binding, strategy.mapping, strategy.lines)
    return files, propose(basis, files, wanted, today=today)


def by_person(acme: Acme, ref: str, **fields: Any) -> None:
    acme.ask("PUT", f"{acme.api}/issue/{key_of(acme, ref)}", {"fields": fields})


def rich(acme: Acme, *paragraphs: str) -> Any:
    """A description as an editor writes it."""
    if not acme.cloud:
        return "\n\n".join(paragraphs)
    content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in paragraphs]
    return {"type": "doc", "version": 1, "content": content}


def account(acme: Acme, identifier: str) -> str:
    """As whom the mapping names somebody: Data Center goes by user names."""
    return identifier if acme.cloud else str(acme.site.users[identifier].login)


def person(acme: Acme, identifier: str) -> dict[str, str]:
    return {"accountId" if acme.cloud else "name": account(acme, identifier)}


def held(acme: Acme) -> set[tuple[str, str]]:
    return {(part.asked_by, part.verdict) for hold in looked(acme)[0].holds() for part in hold.fields}


def adopted(acme: Acme, wanted: Wanted) -> Proposal:
    files, proposal = offered(acme, wanted)
    files.write(proposal.texts)
    return proposal


def test_what_is_edited_in_jira_comes_into_the_file_and_is_in_sync_then(begun: Acme) -> None:
    by_person(
        begun,
        "C1",
        summary="Keep customers: 90 % # of them",
        duedate="2027-06-30",
        assignee=person(begun, "acme:cfo"),
    )
    by_person(begun, "F1", description=rich(begun, "They stay.", "Two: paragraphs - and # signs."))
    target = begun.field("Target value")
    by_person(begun, "C1.retention.q4", duedate="2026-12-24", **{target: 88.5})
    assert held(begun) == {
        *((ref, Verdict.DRIFT_ADOPT) for ref in ("C1", "F1", "C1.retention.q4")),
        ("P2", Verdict.BASE_UNKNOWN),
    }
    files, proposal = offered(begun, Wanted())
    begins = "id: C1.retention.q4, objective: C1, kpi: C1.retention, name: Increase customer retention rate "
    begins, ends = f"{begins}from 85 % to 87 %", "team: success, owner: head-of-success"
    assert proposal.left == ()
    assert [line for line in proposal.diff(files).splitlines() if line[0] in "+-"] == [
        "--- scorecard.yaml",
        "+++ scorecard.yaml",
        "-    description: Customers that stay and grow are worth more than customers that are won.",
        "+    description: |",
        "+      They stay.",
        "+",
        "+      Two: paragraphs - and # signs.",
        "-    name: Increase customer retention",
        '+    name: "Keep customers: 90 % # of them"',
        "+    due: 2027-06-30",
        "-    owner: head-of-success",
        "+    owner: cfo",
        f"-      - {{{begins}, baseline: 85, target: 87, {ends}}}",
        f"+      - {{{begins}, baseline: 85, target: 88.5, {ends}, due: 2026-12-24}}",
    ]
    files.write(proposal.texts)
    writes = begun.writes()
    assert held(begun) == {("P2", Verdict.BASE_UNKNOWN)}
    apply(begun)
    assert begun.writes() == writes
    again = offered(begun, Wanted())[1]
    assert (again.taken, again.left, dict(again.texts)) == ((), (), {})


def test_a_text_that_is_cleared_in_jira_is_null_in_the_file(begun: Acme) -> None:
    by_person(begun, "F1", description=None)
    assert [one.key for one in adopted(begun, Wanted()).taken] == ["objectives[0].description"]
    assert "    description: null\n" in (begun.folder / "scorecard.yaml").read_text()
    assert held(begun) == {("P2", Verdict.BASE_UNKNOWN)}


def test_what_was_never_agreed_on_and_conflicts_only_by_name(begun: Acme) -> None:
    by_person(begun, "P1", summary="Convert more")
    begun.edit("name: Improve the sales conversion process", "name: Convert better")
    assert held(begun) == {("P1", Verdict.CONFLICT), ("P2", Verdict.BASE_UNKNOWN)}
    assert adopted(begun, Wanted()).taken == ()
    assert len(adopted(begun, Wanted(frozenset({"P2"}), field="due")).taken) == 1
    assert len(adopted(begun, Wanted(frozenset({"P2", "P1"}))).taken) == 2
    text = (begun.folder / "scorecard.yaml").read_text()
    assert "    name: Incident early-warning\n    owner: head-of-operations\n    due: 2026-11-15\n" in text
    assert "    name: Convert more\n" in text
    assert looked(begun)[0].changes == ()


def test_what_is_no_single_value_of_the_file_is_left_and_told(begun: Acme) -> None:
    by_person(begun, "C1", assignee=person(begun, "sandbox:admin"))
    by_person(begun, "C2", assignee=person(begun, "acme:priya"), duedate=None)
    stranger, double = account(begun, "sandbox:admin"), account(begun, "acme:priya")
    proposal = adopted(begun, Wanted())
    place = begun.folder / "scorecard.yaml"
    lines = place.read_text().splitlines()
    told = {(left.part.asked_by, left.part.name): left.problem for left in proposal.left}
    assert {key: (problem.what, problem.hint) for key, problem in told.items()} == {
        ("C1", "Assignee"): (
            f'the mapping does not know the account "{stranger}"',
            f'name its role in mapping.yaml (people: {{owner-of-c1: "{stranger}"}}), adopt again',
        ),
        ("C2", "Assignee"): (
            f'the mapping knows "{double}" as head-of-people and cto',
            "write the one that is meant by hand",
        ),
        ("C2", "Due date"): (
            'with Jira\'s value in objectives[3].due the scorecard would ask for "2026-12-31"',
            "change it by hand, or apply with --take scorecard",
        ),
    }
    assert lines[int(told["C1", "Assignee"].where.rsplit(":", 2)[1]) - 1] == "  - id: C1"
    assert proposal.taken == ()
    assert dict(proposal.texts) == {}


def test_a_file_that_was_changed_meanwhile_is_left_alone(begun: Acme) -> None:
    by_person(begun, "C1", summary="Keep customers")
    files, proposal = offered(begun, Wanted())
    begun.edit("# Step 3. The strategy map: cause -> effect", "# Step 3. The strategy map")
    before = (begun.folder / "scorecard.yaml").read_bytes()
    with pytest.raises(StalePlan, match="changed meanwhile"):
        files.write(proposal.texts)
    assert (begun.folder / "scorecard.yaml").read_bytes() == before


def test_a_link_stays_a_link_and_a_files_ways_stay_its_ways(begun: Acme, tmp_path: Path) -> None:
    here, real = begun.folder / "scorecard.yaml", tmp_path / "real.yaml"
    crlf = b"\xef\xbb\xbf" + here.read_bytes().replace(b"\n", b"\r\n").rstrip()
    real.write_bytes(crlf)
    real.chmod(0o640)
    here.unlink()
    here.symlink_to(real)
    by_person(begun, "L2", summary="One source of truth", description=None)
    by_person(begun, "F1", description=rich(begun, "They stay.", "And grow."))
    adopted(begun, Wanted())
    assert here.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_bytes() == crlf.replace(
        b"description: Customers that stay and grow are worth more than customers that are won.\r\n",
        b"description: |\r\n      They stay.\r\n\r\n      And grow.\r\n",
    ).replace(b"One source of truth for customer data", b"One source of truth")
    assert held(begun) == {("P2", Verdict.BASE_UNKNOWN)}


def test_our_part_of_a_text_comes_back_as_markdown(begun: Acme) -> None:
    begun.edit(
        "{from: description, on_drift: adopt}",
        "{from: description, region: managed, on_drift: adopt}",
        "mapping.yaml",
    )
    apply(begun, take="scorecard", targets=("F1",))
    key = key_of(begun, "F1")
    issue = begun.ask("GET", f"{begun.api}/issue/{key}?fields=description")["fields"]["description"]
    by_person(begun, "F1", description=replaced(issue, "Customers that stay", "Customers who stay"))
    assert held(begun) == {("F1", Verdict.DRIFT_ADOPT), ("P2", Verdict.BASE_UNKNOWN)}
    adopted(begun, Wanted())
    text = (begun.folder / "scorecard.yaml").read_text()
    assert (
        "    description: Customers who stay and grow are worth more than customers that are won.\n" in text
    )
    assert held(begun) == {("P2", Verdict.BASE_UNKNOWN)}


def replaced(value: Any, old: str, new: str) -> Any:
    """A description with a text in it replaced."""
    if isinstance(value, dict):
        return {key: replaced(inner, old, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, old, new) for inner in value]
    return value.replace(old, new) if isinstance(value, str) else value


def test_whoever_takes_the_file_back_finds_the_field_on_hold_and_not_written_over(begun: Acme) -> None:
    before = (begun.folder / "scorecard.yaml").read_bytes()
    by_person(begun, "C1", summary="Keep customers")
    adopted(begun, Wanted())
    assert held(begun) == {("P2", Verdict.BASE_UNKNOWN)}
    (begun.folder / "scorecard.yaml").write_bytes(before)
    assert held(begun) == {("C1", Verdict.DRIFT_ADOPT), ("P2", Verdict.BASE_UNKNOWN)}


def test_a_key_result_that_lives_as_a_field_is_adopted_where_it_stands_in_the_file(begun: Acme) -> None:
    by_person(begun, "P1", **{begun.field("KR target"): 16.25})
    assert held(begun) == {("P1.conversion.q4", Verdict.DRIFT_HOLD), ("P2", Verdict.BASE_UNKNOWN)}
    assert adopted(begun, Wanted()).taken == ()
    (taken,) = adopted(begun, Wanted(frozenset({"P1"}))).taken
    assert (taken.part.asked_by, taken.key) == ("P1.conversion.q4", "cycles[0].key_results[2].target")
    assert ", baseline: 13, target: 16.25}\n" in (begun.folder / "scorecard.yaml").read_text()
    assert held(begun) == {("P2", Verdict.BASE_UNKNOWN)}


def test_a_text_with_all_that_editors_offer_comes_back_as_markdown(begun: Acme) -> None:
    parts = (
        "# Why",
        "They **stay**:",
        "- for *us*\n- for `them`",
        "1. one\n2. two",
        "> quoted",
        "[x](https://a.b/c#d)",
    )
    text = "\n\n".join(parts)
    by_person(begun, "F1", description=rich_text(text, CLOUD if begun.cloud else DATA_CENTER))
    adopted(begun, Wanted())
    found = load_scorecard(begun.folder / "scorecard.yaml").card.objective("F1").description
    assert found is not None
    assert found.rstrip("\n") == canonical_markdown(text)
    assert held(begun) == {("P2", Verdict.BASE_UNKNOWN)}


def test_of_labels_the_themes_come_into_the_file_and_not_the_constants_of_the_mapping(
    acme_here: Acme,
) -> None:
    acme = acme_here
    summary = "      summary:     {from: name, owner: scorecard}\n"
    acme.edit(summary, f"{summary}      labels: {{from: themes, owner: scorecard}}\n", "mapping.yaml")
    apply(acme)
    by_person(acme, "C2", labels=["bsc-acme", "strategy", "loyal", "somebody-elses"])
    (taken,) = adopted(acme, Wanted(frozenset({"C2"}))).taken
    assert (taken.key, taken.origin.value) == ("objectives[3].themes", ("loyal",))
    assert held(acme) == {("P2", Verdict.BASE_UNKNOWN)}
    by_person(acme, "C2", labels=["bsc-acme", "loyal"])  # a constant is gone: no theme's doing
    (left,) = offered(acme, Wanted(frozenset({"C2"})))[1].left
    assert "the scorecard would ask for" in left.problem.what


def test_labels_that_are_all_constants_are_changed_in_the_mapping(begun: Acme) -> None:
    by_person(begun, "C2", labels=["bsc-acme"])
    (left,) = offered(begun, Wanted(frozenset({"C2"})))[1].left
    assert (left.problem.what, left.problem.hint) == (
        "these labels are constants of the mapping",
        "change labels: in mapping.yaml by hand (adopt writes the scorecard only)",
    )
    place = begun.folder / "mapping.yaml"
    assert line_at(place, left.problem.where) == "    labels: [strategy]"


def line_at(file: Path, where: str) -> str:
    """The line of a file that a `file:line:column` names."""
    name, line, _ = where.rsplit(":", 2)
    assert Path(name).name == file.name
    return file.read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_a_constant_of_the_mapping_is_changed_there_and_the_line_is_named(begun: Acme) -> None:
    begun.edit("{value: High, owner: seed}", "{value: High, owner: scorecard}", "mapping.yaml")
    apply(begun, take="scorecard")
    by_person(begun, "C1", priority={"name": "Low"})
    (left,) = offered(begun, Wanted(frozenset({"C1"})))[1].left
    assert left.problem.what == "its value is a constant of the mapping"
    assert left.problem.hint.startswith(
        "change jira.objectives.fields.priority.value in mapping.yaml by hand"
    )
    assert "priority:" in line_at(begun.folder / "mapping.yaml", left.problem.where)


def test_a_list_in_brackets_over_several_lines_is_left_with_what_to_write(acme_here: Acme) -> None:
    acme = acme_here
    summary = "      summary:     {from: name, owner: scorecard}\n"
    acme.edit(summary, f"{summary}      labels: {{from: themes, owner: scorecard}}\n", "mapping.yaml")
    acme.edit("    themes: [loyal, lead]\n", "    themes: [\n      loyal, lead\n    ]\n")
    apply(acme)
    by_person(acme, "C2", labels=["bsc-acme", "strategy", "loyal", "somebody-elses"])
    proposal = offered(acme, Wanted(frozenset({"C2"})))[1]
    (left,) = proposal.left
    assert (left.problem.what, left.problem.hint) == (
        "themes is a list in brackets over several lines",
        "change it by hand to [loyal], or write it on one line and adopt again",
    )
    assert line_at(acme.folder / "scorecard.yaml", left.problem.where) == "    themes: ["
    assert dict(proposal.texts) == {}


def test_a_key_result_that_was_moved_below_another_epic_gets_that_objective(begun: Acme) -> None:
    by_person(begun, "C2.ttfv.q4", **begun.below(key_of(begun, "C1")))
    (taken,) = adopted(begun, Wanted(frozenset({"C2.ttfv.q4"}), field="objective")).taken
    assert (taken.key, taken.origin.value) == ("cycles[0].key_results[1].objective", "C1")
    assert held(begun) == {("P2", Verdict.BASE_UNKNOWN)}
    by_person(begun, "C2.ttfv.q4", **begun.below("CRM-12"))
    (left,) = offered(begun, Wanted(frozenset({"C2.ttfv.q4"})))[1].left
    assert left.problem.what == "in Jira it hangs below CRM-12, and that is no objective that is pursued"


def test_what_only_the_scorecard_has_moved_is_not_taken_back_where_a_guard_holds_it(begun: Acme) -> None:
    move(begun, key_of(begun, "C2.ttfv.q4"), "CRM")
    begun.edit("Bring time to first value from 48 to 24 hours", "Bring it down to 24 hours")
    _, proposal = offered(begun, Wanted(frozenset({"C2.ttfv.q4"})))
    assert (proposal.taken, proposal.left) == ((), ())
    _, proposal = offered(begun, Wanted(every=True))
    assert {taken.part.asked_by for taken in proposal.taken} == {"P2"}
