"""A plan shows what changes, also far down in a long text."""

from __future__ import annotations

from bsc_sync.cli.plan_text import plan_lines
from bsc_sync.plan.change import FieldChange, Update
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
    assert shown(None, "new").endswith('"new"')
    assert shown("old", None).endswith('"old" -> (empty)')
