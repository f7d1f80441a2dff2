"""What of a rich text would be lost, were its Markdown written back."""

from __future__ import annotations

from typing import Any

import pytest

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER
from bsc_sync.atlassian.unkept import unkept_in


def document(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "type": "doc", "content": list(nodes)}


PARAGRAPH = {"type": "paragraph", "content": [{"type": "text", "text": "plain"}]}
MENTION = {"type": "mention", "attrs": {"id": "1", "text": "@Mia"}}
PICTURE = {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "1", "type": "file"}}]}


@pytest.mark.parametrize(
    ("raw", "lost"),
    [
        (None, ""),
        (document(PARAGRAPH), ""),
        (document(PARAGRAPH, PICTURE, PICTURE), "2 pictures"),
        (document({"type": "paragraph", "content": [MENTION]}, PICTURE), "1 mention, 1 picture"),
        (document({"type": "panel", "content": [PARAGRAPH]}), "1 panel"),
        ("not a document", ""),
    ],
)
def test_a_document(raw: object, lost: str) -> None:
    assert unkept_in(raw, CLOUD) == lost


@pytest.mark.parametrize(
    ("raw", "lost"),
    [
        (None, ""),
        ("h1. Title\n* a *bold* item\n{code}x{code}", ""),
        ("see !shot.png|thumbnail! and [~mia]", "1 mention, 1 picture"),
        ("wow! really! \\!not.png!", ""),
        ("{panel:title=x}inside{panel} {color:red}red{color}", "1 panel"),
        ("{expand}more{expand}{expand}more{expand}", "2 folded sections"),
    ],
)
def test_wiki_markup(raw: object, lost: str) -> None:
    assert unkept_in(raw, DATA_CENTER) == lost
