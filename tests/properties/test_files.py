"""Whatever is in a file: a sound document, or our own error with places in it. Nothing else, and soon."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bsc_sync.errors import UserError
from bsc_sync.mapping.load import load_both
from bsc_sync.scorecard.load import load_scorecard
from bsc_sync.scorecard.yaml_source import parse

GOLDEN = Path(__file__).parents[1] / "golden" / "problems"
CARD, MAPPING = (GOLDEN / "scorecard.yaml").read_text(), (GOLDEN / "mapping.yaml").read_text()

YAMLISH = st.text(
    alphabet=st.sampled_from("ab:-?[]{},&*!|>'\"%@`#~<= \n\t.0123456789\\x\u2028é\x85\ufeff\x1b"), max_size=80
)
VALUES = st.sampled_from(
    [
        *("null", "true", "[]", "{}", "-1", "0", ".nan", "1e400", "'x'", '"\\u202e"', "2026-02-31", "[[[]]]"),
        *("{a: 1}", "[null]", "&a [*a]", "*a", "!!binary aGk=", "<<", "C1", "F1.arr", "99999 years", "*.q4"),
        *("{value: null}", "[{id: 1}]", "{from: 1, to: 2}", "~: ~", "? x", "project = (", "{{a: }: }"),
    ]
)


@contextmanager
def _only_our_error() -> Iterator[None]:
    lines: tuple[str, ...] = ()
    try:
        yield
    except UserError as error:
        lines = error.lines()
    assert len(lines) != 1  # a message comes with what is wrong in particular
    for line in lines:
        assert line.isprintable()
        assert not [word for word in ("pydantic", "Decimal(", "Input should") if word in line]


@given(YAMLISH | st.text(max_size=60) | st.binary(max_size=60))
@example("a: *\x00")
@example('a: "\\U00110000"')
@example("\ud800")
@example("%YAML 1.1\n---\nyes: 08")
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_document_or_our_error(text: str | bytes) -> None:
    with _only_our_error():
        parse(text, "card.yaml")


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_value_anywhere_is_a_scorecard_or_our_error(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        card, mapping = Path(folder) / "scorecard.yaml", Path(folder) / "mapping.yaml"
        card.write_text(_spoiled(CARD, data))
        mapping.write_text(_spoiled(MAPPING, data))
        with _only_our_error():
            load_both(card, mapping)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_the_same_file_has_the_same_digest_or_the_same_problems(data: st.DataObject) -> None:
    text = _spoiled(CARD, data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scorecard.yaml"
        path.write_text(text)
        assert _outcome(path) == _outcome(path)
        lines = _outcome(path)
        path.write_text(f"{text}\n# the end\n")
        assert _outcome(path) == lines


def _outcome(path: Path) -> tuple[str, ...]:
    try:
        return (load_scorecard(path).digest,)
    except UserError as error:
        return error.lines()


def _spoiled(text: str, data: st.DataObject) -> str:
    """The text with one to three of its words replaced by something that may not belong there."""
    for _ in range(data.draw(st.integers(0, 3))):
        starts = [index for index, char in enumerate(text) if char in " [{" and index + 1 < len(text)]
        start = data.draw(st.sampled_from(starts)) + 1
        end = start
        while end < len(text) and text[end] not in " ,]}\n":
            end += 1
        text = text[:start] + data.draw(VALUES) + text[end:]
    return text


@pytest.mark.parametrize("part", ["objectives", "map", "cycles", "themes", "review"])
@given(inner=st.recursive(VALUES, lambda more: more.map(lambda one: f"[{one}]"), max_leaves=3))
@settings(max_examples=30, deadline=None)
def test_any_value_in_place_of_a_part(part: str, inner: str) -> None:
    head = "format: 1\nid: demo\nname: Demo\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scorecard.yaml"
        path.write_text(f"{head}{part}: {inner}\n")
        with _only_our_error():
            load_scorecard(path)
