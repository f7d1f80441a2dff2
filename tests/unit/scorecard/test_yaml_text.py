"""Texts written as YAML: whatever they hold, they read back as they were, and nothing in them is hidden."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_sync.scorecard.yaml_source import parse
from bsc_sync.scorecard.yaml_text import block, remark, scalar

_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("aB0 #:-\n'\"|>&*!%@`{}[],?\\~=<\t\r\u2028\u2029\x85\u202e\u00a0ß"), st.characters()
    ),
    max_size=80,
).filter(lambda text: not _REFUSED.search(text))


@given(TEXTS)
def test_a_text_reads_back_as_it_was(text: str) -> None:
    for written in (scalar(text), block(text, 2)):
        document = parse(f"top:\n  text: {written}\n  after: 1\n", "draft.yaml")
        assert document.data == {"top": {"text": text, "after": "1"}}


@given(TEXTS)
def test_a_remark_is_one_line_of_comment(text: str) -> None:
    document = parse(f"top: 1  # {remark(text)}\nafter: 2\n", "draft.yaml")
    assert document.data == {"top": "1", "after": "2"}
    assert remark(text).isprintable()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Grow revenue by 40 %", "Grow revenue by 40 %"),
        ("null", '"null"'),
        ("No", '"No"'),
        ("2026-01-01", '"2026-01-01"'),
        ("a: b # c", '"a: b # c"'),
        ("\u202eevil", '"\\u202eevil"'),
        ("trailing ", '"trailing "'),
    ],
)
def test_people_read_what_can_stand_as_it_is(text: str, written: str) -> None:
    assert scalar(text) == written


def test_a_long_text_stands_line_by_line() -> None:
    assert block("First.\n\n- a: b\n- c # d", 4) == "|-\n      First.\n\n      - a: b\n      - c # d"
