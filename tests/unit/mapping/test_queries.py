"""A query that people wrote can stand in parentheses, or it is told why not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_sync.atlassian.jql import quoted, wrapped
from bsc_sync.errors import MappingError
from bsc_sync.mapping.queries import query_fault
from bsc_sync.sandbox.jql.grammar import JqlError
from bsc_sync.sandbox.jql.syntax import parse


@pytest.mark.parametrize(
    "jql",
    [
        "project = CRM AND component = onboarding",
        'summary ~ "a ) b ( c" OR labels = x',
        "summary ~ 'it said \"order by\"'",
        r'summary ~ "ends with a backslash \\"',
        r'summary ~ "an escaped \" quotation mark )"',
        "(project = A OR (project = B))",
        'summary ~ "ORDER BY"',
        "order = 1 OR cf[10010] is EMPTY",
    ],
)
def test_a_sound_query_is_wrapped(jql: str) -> None:
    assert query_fault(jql) is None
    assert wrapped(jql) == f"({jql})"


@pytest.mark.parametrize(
    ("jql", "why"),
    [
        ("x = 1) OR (project = SECRET", "closes that was never opened"),
        ("(x = 1", "is not closed"),
        ('summary ~ "open', "quotation mark is not closed"),
        ("summary ~ 'open", "quotation mark is not closed"),
        (r'summary ~ "the end is escaped \"', "quotation mark is not closed"),
        ("project = A ORDER BY created", "may not sort"),
        ("project = A order\n by created", "may not sort"),
        ("ORDER BY created", "may not sort"),
        ("   ", "empty"),
    ],
)
def test_a_query_that_could_reach_outside_is_told(jql: str, why: str) -> None:
    assert why in str(query_fault(jql))
    with pytest.raises(MappingError, match="cannot be used"):
        wrapped(jql)


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.text(alphabet="()\"'\\ =xORDERBY", max_size=30))
def test_whatever_passes_stays_inside_its_parentheses(value: str, raw: str) -> None:
    """What the sandbox's grammar reads as one operand in a conjunction was let through as one."""
    guarded = f'project = "OURS" AND labels = {quoted(value)}'
    parse(guarded)
    if query_fault(raw) is not None:
        return
    try:
        parse(raw)
    except JqlError:
        return
    whole = parse(f"project = OURS AND ({raw})")
    assert type(whole.where).__name__ == "And"
    assert whole.order == ()
