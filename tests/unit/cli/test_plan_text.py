"""A plan shows what changes, also far down in a long text."""

from __future__ import annotations

from bsc_sync.cli.apply import done_before
from bsc_sync.cli.plan_markdown import plan_markdown
from bsc_sync.cli.plan_text import plan_lines
from bsc_sync.plan.change import Change, FieldChange, Forget, Hold, Reinstate, Update
from bsc_sync.plan.link_state import LinkNote, LinkState
from bsc_sync.plan.plan import Digests, Plan
from bsc_sync.plan.verdict import Verdict


def shown(old: str | None, new: str | None) -> str:
    change = FieldChange(
        id="description",
        name="Description",
        type="text",
        old=old,
        new=new,
        verdict=Verdict.UPDATE,
        asked_by="C1",
    )
    update = Update(ref="C1", kind="objective", name="Keep", id="1", key="S-1", revision=1, fields=(change,))
    digests = Digests(scorecard="", mapping="", observation="")
    plan = Plan(scorecard="acme", store="s", made="now", digests=digests, items=1, changes=(update,))
    lines = [line.text for line in plan_lines(plan)]
    start = next(n for n, text in enumerate(lines) if "Description:" in text)
    return "\n".join(text for text in lines[start : lines.index("", start)])


def test_two_long_texts_are_shown_where_they_part() -> None:
    start = "The same words again and again, " * 4
    text = shown(f"{start}until the end comes, and more", f"{start}until the sun sets, and more")
    assert text == (
        '    Description: "…ain, until the end comes, and more"\n'
        '              -> "…ain, until the sun sets, and more"'
    )


def test_a_long_text_that_only_grows_shows_what_is_added() -> None:
    start = "word " * 30
    assert shown(start + "end", f"{start}end and something new").endswith(' end and something new"')


def test_short_texts_and_absent_ones_are_shown_whole() -> None:
    assert shown("old", "new").endswith('"old" -> "new"')
    assert shown(None, "new").endswith(': (empty) -> "new"')
    assert shown("old", None).endswith('"old" -> (empty)')


def test_an_empty_value_is_told_wherever_something_is_there_already() -> None:
    def part(name: str, kind: str = "date") -> FieldChange:
        return FieldChange(
            id=name, name=name, type=kind, old=None, new="24", verdict=Verdict.UPDATE, asked_by="C1"
        )

    update = Update(
        ref="C1",
        kind="objective",
        name="Keep",
        id="1",
        key="S-1",
        revision=1,
        fields=(part("Due"), part("Our mark and label", "mark")),
    )
    hold = HOLD.model_copy(update={"fields": (part("Labels"),)})
    back = BACK.model_copy(update={"fields": (part("Due"),)})
    lines = [line.text for line in plan_lines(plan_with(update, back, hold))]
    assert [line for line in lines if "24" in line] == [
        '    Due:                (empty) -> "24"',
        '    Our mark and label: "24"',
        '    Due: (empty) -> "24"',
        '    Labels: (empty) -> "24"',
    ]
    table = plan_markdown(plan_with(update, back, hold))
    assert table.count("| (empty) |") == 4


def plan_with(*changes: Change, links: tuple[LinkNote, ...] = ()) -> Plan:
    digests = Digests(scorecard="", mapping="", observation="")
    return Plan(
        scorecard="acme", store="s", made="now", digests=digests, items=1, changes=changes, links=links
    )


FORGET = Forget(ref="P3", name="Stay audit-ready", key="STRAT-6", reason="gone, and not to be waited for")
BACK = Reinstate(
    ref="C2",
    kind="objective",
    name="Improve the new customer onboarding experience",
    id="4",
    key="STRAT-4",
    revision=3,
    reason="back in the scorecard",
    label="bsc-retired",
    transition="To Do",
)
HOLD = Hold(
    ref="F2",
    name="Increase annual recurring revenue by 40 % in all regions",
    key="STRAT-2",
    reason="drift: edited in Jira",
    hint="somebody edited Jira: put it into the scorecard, or apply with --take scorecard, whichever it is",
)


def test_what_comes_back_and_what_is_given_up_is_counted_where_there_is_any() -> None:
    assert [line.text for line in plan_lines(plan_with())] == [
        "Plan: 0 to create, 0 to adopt, 0 to update, 0 to retire, 0 on hold."
    ]
    assert [line.text for line in plan_lines(plan_with(BACK, FORGET, HOLD))] == [
        "back: bring back  forget: wait no more  hold: waits for a decision",
        "",
        "back C2  Improve the new customer onboarding experience",
        "    (STRAT-4): back in the scorecard",
        "    transition: To Do",
        "    label taken off: bsc-retired",
        "",
        "forget P3  Stay audit-ready  (STRAT-6): gone, and not to be waited for",
        "",
        "hold F2  Increase annual recurring revenue by 40 % in all regions",
        "    (STRAT-2): drift: edited in Jira",
        "    somebody edited Jira: put it into the scorecard, or apply with --take",
        "    scorecard, whichever it is",
        "",
        "Also: 1 to bring back, 1 to forget.",
        "Plan: 0 to create, 0 to adopt, 0 to update, 0 to retire, 1 on hold.",
    ]


def test_what_is_on_hold_does_not_count_as_a_change_of_a_saved_plan() -> None:
    text = done_before(plan_with(BACK, FORGET, HOLD), ["C2"])
    assert text == "Done before: 1 of the 2 changes of this plan."


def test_links_that_are_not_in_sync_are_listed_unless_a_change_says_so() -> None:
    states = [
        ("A", LinkState.MOVED, "it was CRM-3"),
        ("B", LinkState.OUT_OF_SCOPE, "OPS is no project of the mapping"),
        ("C", LinkState.UNKNOWN, "a write is not settled yet"),
        ("D", LinkState.IN_SYNC, "Jira keeps its own Summary"),
        ("E", LinkState.IN_SYNC, ""),
        ("F2", LinkState.GONE, "held below"),
        ("G", LinkState.GONE, "nobody asks for it"),
        ("H", LinkState.DRIFTED, "differs: Summary"),
    ]
    links = tuple(LinkNote(ref=ref, key=f"{ref}-1", state=state, note=note) for ref, state, note in states)
    lines = [line.text for line in plan_lines(plan_with(HOLD, links=links))]
    start = lines.index("Links to look at:")
    assert lines[start + 1 : lines.index("", start)] == [
        "  A (A-1) moved: it was CRM-3",
        "  B (B-1) out of scope: OPS is no project of the mapping",
        "  C (C-1) unknown: a write is not settled yet",
        "  D (D-1) kept by Jira: Jira keeps its own Summary",
        "  G (G-1) gone or forbidden: nobody asks for it",
    ]


def test_lines_are_no_longer_than_a_terminal_is_wide() -> None:
    lines = [line.text for line in plan_lines(plan_with(HOLD, BACK, FORGET))]
    assert max(map(len, lines)) <= 80
    texts = shown("word " * 40 + "old", "word " * 40 + "new and longer than ever before").splitlines()
    assert max(map(len, texts)) <= 80
