"""One text, sent as a document or as wiki markup: the sandbox keeps the same of both, and gives it back."""

from __future__ import annotations

from typing import Any

import pytest

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER
from bsc_sync.atlassian.documents import document_of, plain_text, rich_text
from bsc_sync.sandbox.jira import adf, wiki, wiki_reading

TEXTS = [
    "# Head\n\nA *b* **c** `d` ~~e~~ [f](https://a.example/x) \\* and {curly} | bar",
    "- one\n- two\n  - in\n- three\n\n1. a\n2. b",
    "> quoted *text*\n>\n> more",
    "```sql\nselect *\nfrom x\n```",
    "| A | B |\n|---|---|\n| 1 | **2** |\n| x\\|y | `z` |",
    "line one\\\nline two",
    "a---b - c -d- e",
    "- item\n\n  ```\n  code\n  ```\n- next",
    "back \\\\ slash & amp &#65; and C:\\\\dir",
    "un**believ**able",
    "---\n\nend",
]


def without_looks(node: Any) -> Any:
    """A node without the attributes that only say how it looks."""
    if isinstance(node, list):
        return [without_looks(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {name: without_looks(item) for name, item in node.items()}
    if str(node.get("type")).startswith("table"):
        kept.pop("attrs", None)
    if "marks" in kept:
        kept["marks"] = sorted(kept["marks"], key=lambda mark: str(mark["type"]))
    return kept


@pytest.mark.parametrize("markdown", TEXTS)
def test_wiki_markup_means_the_document(markdown: str) -> None:
    markup = rich_text(markdown, DATA_CENTER)
    assert isinstance(markup, str)
    read = wiki_reading.to_document(markup)
    assert adf.is_document(read)
    assert without_looks(read) == without_looks(document_of(markdown))


@pytest.mark.parametrize("markdown", TEXTS)
def test_what_version_2_shows_of_a_document_is_read_as_the_same_text(markdown: str) -> None:
    document = document_of(markdown)
    shown = wiki.from_document(document)
    assert plain_text(shown, DATA_CENTER) == plain_text(document, CLOUD)
