"""How our page is known again, and told from one that a person has edited."""

from __future__ import annotations

from typing import Any

import pytest

from bsc_sync.atlassian.confluence.mark import carries_mark, fingerprint, is_ours, message, seems_edited
from bsc_sync.atlassian.confluence.wiki import Note, WikiPage, address

ANCHOR = (
    '<p><ac:structured-macro ac:name="anchor">'
    '<ac:parameter ac:name="">{}</ac:parameter></ac:structured-macro></p>'
)
OURS = ANCHOR.format("bsc-sync-acme")


def page(body: str = OURS, *, number: int = 2, text: str = "") -> WikiPage:
    return WikiPage("7", "Scorecard", "current", number, text, body, "https://wiki.example/7")


def note(**value: Any) -> Note:
    return Note("9", 1, value)


@pytest.mark.parametrize(
    ("body", "carried"),
    [
        (OURS, True),
        (OURS.replace('ac:name=""', 'ac:name="" data-x="1"').replace("bsc", "\n bsc"), True),
        (ANCHOR.format("bsc-sync-acme2"), False),
        (ANCHOR.format("x-bsc-sync-acme"), False),
        ("<p>bsc-sync-acme</p>", False),
        (f"<ac:plain-text-body><![CDATA[{OURS}]]></ac:plain-text-body>", False),
        ("", False),
    ],
)
def test_the_mark_is_an_anchor_of_exactly_that_name(body: str, carried: bool) -> None:
    assert carries_mark(body, "bsc-sync-acme") is carried


@pytest.mark.parametrize(
    ("body", "kept", "ours"),
    [
        (OURS, None, True),
        (OURS, note(digest="of the first version of bsc-sync"), True),
        ("<p>anchor taken out</p>", note(mark="bsc-sync-acme"), True),
        (OURS, note(mark="bsc-sync-other"), False),
        ("<p>mine</p>", None, False),
        ("<p>mine</p>", note(digest="x"), False),
    ],
)
def test_the_note_says_whose_a_page_is_and_the_body_where_it_names_nobody(
    body: str, kept: Note | None, ours: bool
) -> None:
    assert is_ours(page(body), kept, "bsc-sync-acme") is ours


def test_a_print_is_of_what_was_written_and_not_of_what_the_server_adds() -> None:
    added = OURS.replace("<p>", '<p local-id="4f">').replace('"anchor"', '"anchor" ac:macro-id="1-2"')
    assert fingerprint(added) == fingerprint(OURS)
    assert fingerprint(OURS.replace("<p>", "<p>\n  ")) == fingerprint(OURS.replace("<p>", "<p> "))
    assert fingerprint(OURS + "<p>more</p>") != fingerprint(OURS)


@pytest.mark.parametrize(
    ("found", "kept", "edited"),
    [
        (page(number=3), note(number=3, body="of another server"), False),
        (page(number=4), note(number=3, body=fingerprint(OURS)), False),
        (page(OURS + "<p>!</p>", number=4), note(number=3, body=fingerprint(OURS)), True),
        (page(OURS + "<p>!</p>", number=4, text=message("abc")), note(number=3, body="x"), False),
        (page(number=1), None, False),
        (page(number=2), None, True),
        (page(number=2, text="bsc-sync: the page as computed"), note(body="of an older print"), False),
    ],
)
def test_an_edit_is_a_body_that_is_neither_ours_nor_as_we_left_it(
    found: WikiPage, kept: Note | None, edited: bool
) -> None:
    assert seems_edited(found, kept) is edited


def test_a_page_is_shown_where_the_site_says_its_base_is() -> None:
    links = {"webui": "/spaces/S/pages/7", "base": "https://acme.atlassian.net/wiki"}
    assert address(links, "https://api.atlassian.com/ex/confluence/1/wiki") == (
        "https://acme.atlassian.net/wiki/spaces/S/pages/7"
    )
    assert address({"webui": "/x"}, "https://wiki.example/c") == "https://wiki.example/c/x"
    assert address({"webui": "javascript:alert(1)"}, "https://wiki.example/c") == "https://wiki.example/c"
