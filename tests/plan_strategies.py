"""Plans of every kind for properties, with texts that somebody chose to do harm."""

from __future__ import annotations

from hypothesis import strategies as st

from bsc_sync.plan.change import Adopt, Change, Create, Forget, Hold, Reinstate, Retire, Update
from bsc_sync.plan.item import Value
from bsc_sync.plan.plan import Plan

HOSTILE = (
    "a|b",
    "`code`",
    "<script>alert(1)</script>",
    "@octocat and @org/team",
    "fixes #123, GH-7, owner/repo#9",
    "![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example mail@evil.example",
    "</details></summary>",
    "\u202egnp.exe",
    "line\nbreak\r\nand\u2028more",
    "# heading\n- list\n1. list",
    "[link](javascript:alert(1))",
    '"quoted" \\ back',
    "$$math$$ :tada: &amp; &lt;",
    "\x00\x1b[31mred\x7f",
    "שלום עולם",
    "🧑\u200d🚀" * 3,
    "half a letter: \ud83d",
    "",
)

texts = st.one_of(st.text(max_size=40), st.sampled_from(HOSTILE))
st.register_type_strategy(str, texts)
values: st.SearchStrategy[Value] = st.one_of(st.none(), texts, st.lists(texts, max_size=3).map(tuple))
kinds = (Create, Adopt, Update, Retire, Reinstate, Forget, Hold)
changes: st.SearchStrategy[Change] = st.one_of([st.builds(kind) for kind in kinds])


def plans(most: int = 6) -> st.SearchStrategy[Plan]:
    """Plans with up to so many changes of any kind."""
    return st.builds(Plan, changes=st.lists(changes, max_size=most).map(tuple))
