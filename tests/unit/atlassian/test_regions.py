"""Our part of a description: kept between its lines, whatever people do around it."""

import copy
from typing import Any

import pytest
from hypothesis import given

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER, Dialect
from bsc_sync.atlassian.documents import document_of, rich_text
from bsc_sync.atlassian.regions import Region, region_of, with_region
from bsc_sync.errors import Rejected
from bsc_sync.plan.region import first_line, last_line
from bsc_sync.scorecard.markdown import canonical_markdown
from tests.prose_strategies import TEXTS

BOTH = pytest.mark.parametrize("dialect", [CLOUD, DATA_CENTER], ids=["document", "wiki"])
TEXT = "# Why\n\nBecause **customers** stay.\n\n- one\n- two"
MEDIA: dict[str, Any] = {
    "type": "mediaSingle",
    "content": [{"type": "media", "attrs": {"id": "1", "collection": ""}}],
}
PEOPLE: dict[str, Any] = {
    "version": 1,
    "type": "doc",
    "content": [
        {
            "type": "paragraph",
            "content": [{"type": "mention", "attrs": {"id": "5b", "text": "@Mia", "localId": "x"}}],
        },
        {"type": "panel", "attrs": {"panelType": "warning"}, "content": [{"type": "paragraph"}]},
        MEDIA,
    ],
}


@BOTH
def test_an_empty_field_gets_the_part_alone(dialect: Dialect) -> None:
    value = with_region(None, TEXT, dialect, "acme")
    assert region_of(value, dialect, "acme") == Region("one", TEXT)
    assert region_of(value, dialect, "acm") == region_of(value, dialect, "acme-2") == Region("absent")
    assert region_of(None, dialect, "acme") == Region("absent")


@given(TEXTS, TEXTS)
def test_any_text_is_kept_in_any_text_and_nothing_else_moves(ours: str, theirs: str) -> None:
    for dialect in (CLOUD, DATA_CENTER):
        before = rich_text(theirs, dialect)
        kept = copy.deepcopy(before)
        value = with_region(before, ours, dialect, "acme")
        assert before == kept
        wanted = canonical_markdown(ours) or None
        assert region_of(value, dialect, "acme").text == wanted
        # new text comes and goes, and what people wrote is as it was
        other = with_region(value, "other", dialect, "acme")
        assert region_of(other, dialect, "acme") == Region("one", "other")
        assert with_region(other, ours, dialect, "acme") == value or wanted is None
        gone = with_region(other, None, dialect, "acme")
        if isinstance(before, str):
            assert isinstance(gone, str)
            assert gone.rstrip("\n") == before.rstrip("\n")
        else:
            assert gone == before


def test_what_a_document_holds_of_people_stays_node_for_node() -> None:
    value = with_region(PEOPLE, TEXT, CLOUD, "acme")
    assert isinstance(value, dict)
    assert value["content"][:3] == PEOPLE["content"]
    value["content"].append(MEDIA)
    value["content"].insert(0, value["content"].pop(1))
    around = [*value["content"][:3], MEDIA]
    changed = with_region(value, "new", CLOUD, "acme")
    assert isinstance(changed, dict)
    assert [*changed["content"][:3], changed["content"][-1]] == around
    assert region_of(changed, CLOUD, "acme") == Region("one", "new")


def test_markup_of_people_stays_letter_for_letter() -> None:
    theirs = "{panel:title=X}\r\n*Mine*  \r\n{panel}\r\n"
    value = f"{theirs}{with_region('', TEXT, DATA_CENTER, 'acme')}\r\n!map.png!  "
    changed = with_region(value, "new", DATA_CENTER, "acme")
    assert isinstance(changed, str)
    assert changed.startswith(theirs)
    assert changed.endswith("\r\n!map.png!  ")
    assert region_of(changed, DATA_CENTER, "acme") == Region("one", "new")


@BOTH
def test_an_edit_inside_shows_and_an_edit_outside_does_not(dialect: Dialect) -> None:
    inside = f"Theirs\n\n{first_line('acme')}\n\nMine, edited\n\n{last_line('acme')}\n\nAlso theirs"
    assert region_of(rich_text(inside, dialect), dialect, "acme") == Region("one", "Mine, edited")


@BOTH
def test_translated_lines_are_still_ours(dialect: Dialect) -> None:
    text = "**▼ bsc-sync acme**: dieser Teil kommt aus der Scorecard\n\nMine\n\n▲ bsc-sync acme: Ende"
    value = rich_text(text, dialect)
    assert region_of(value, dialect, "acme") == Region("one", "Mine")
    assert region_of(with_region(value, "new", dialect, "acme"), dialect, "acme") == Region("one", "new")


@BOTH
def test_two_parts_or_half_of_one_are_unclear(dialect: Dialect) -> None:
    part = f"{first_line('acme')}\n\nMine\n\n{last_line('acme')}"
    assert region_of(rich_text(f"{part}\n\n{part}", dialect), dialect, "acme") == Region("unclear", "Mine")
    for half in (
        first_line("acme"),
        last_line("acme"),
        f"{last_line('acme')}\n\nMine\n\n{first_line('acme')}",
    ):
        value = rich_text(f"{half}\n\nText", dialect)
        assert region_of(value, dialect, "acme") == Region("unclear")
        assert region_of(with_region(value, "new", dialect, "acme"), dialect, "acme") == Region("one", "new")
    # told to write, the first part is ours, and the other stays as a text of theirs
    mended = with_region(rich_text(f"{part}\n\n{part}", dialect), "new", dialect, "acme")
    assert region_of(mended, dialect, "acme") == Region("one", "new")
    assert str(mended).count("Mine") == 1
    assert "▽ bsc-sync acme" in str(mended)


def test_a_part_moved_into_a_panel_is_found_and_kept_there() -> None:
    value = with_region(None, "Text", CLOUD, "acme")
    assert isinstance(value, dict)
    moved = {
        **PEOPLE,
        "content": [{"type": "panel", "attrs": {"panelType": "info"}, "content": value["content"]}],
    }
    changed = with_region(moved, "New", CLOUD, "acme")
    assert region_of(changed, CLOUD, "acme") == Region("one", "New")
    assert isinstance(changed, dict)
    assert [block["type"] for block in changed["content"]] == ["panel"]
    with pytest.raises(Rejected, match="panel"):
        with_region(moved, "> quoted", CLOUD, "acme")


def test_a_line_that_stands_in_code_marks_nothing() -> None:
    value = document_of(f"```\n{first_line('acme')}\n```")
    assert region_of(value, CLOUD, "acme") == Region("absent")


def test_an_editor_may_escape_the_lines() -> None:
    value = "▼ bsc\\-sync ac\\-me: x\n\nMine\n\n▲ bsc\\-sync ac\\-me: y"
    assert region_of(value, DATA_CENTER, "ac-me") == Region("one", "Mine")


def test_words_of_people_beside_our_lines_stay() -> None:
    value = f"{first_line('acme')} hello\n\nMine\n\n{last_line('acme')} there"
    for dialect in (CLOUD, DATA_CENTER):
        emptied = with_region(rich_text(value, dialect), None, dialect, "acme")
        assert region_of(emptied, dialect, "acme") == Region("one")
        assert "hello" in str(emptied)
        assert "there" in str(emptied)


def test_a_beginning_and_an_end_in_different_places_are_no_part() -> None:
    begin, text, end = document_of(f"{first_line('acme')}\n\nMine\n\n{last_line('acme')}")["content"]
    panel = {"type": "panel", "attrs": {"panelType": "info"}, "content": [begin, text]}
    value = {"version": 1, "type": "doc", "content": [panel, end]}
    assert region_of(value, CLOUD, "acme") == Region("unclear")
    changed = with_region(value, "New", CLOUD, "acme")
    assert region_of(changed, CLOUD, "acme") == Region("one", "New")
    assert "Mine" in str(changed)


@BOTH
def test_a_beginning_and_an_end_on_one_line_are_no_part(dialect: Dialect) -> None:
    value = rich_text(f"{first_line('acme')} {last_line('acme')}", dialect)
    assert region_of(value, dialect, "acme") == Region("unclear")
