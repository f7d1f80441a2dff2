"""Texts and values have one writing: writing it again changes nothing, and Jira's documents keep it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bsc_sync.atlassian.documents import document_of, text_of
from bsc_sync.atlassian.fields import from_payload, to_payload
from bsc_sync.plan.values import canonical_value
from bsc_sync.scorecard.markdown import canonical_markdown

PIECES = st.sampled_from(
    [
        *("word", "*em*", "**bold**", "`code`", "[x](http://a.example)", "# ", "- ", "1. ", "> ", "\n"),
        *(
            "\n\n",
            " ",
            "<script>",
            "\\",
            "&amp;",
            "~~no~~",
            "```\nraw\n```",
            "é",
            "🎯",
            "مرحبا",
            "|",
            "_",
            "*",
        ),
        *("[", "]"),
    ]
)
MARKDOWN = st.lists(PIECES, max_size=14).map("".join)


@given(MARKDOWN)
def test_the_canonical_text_survives_a_document(text: str) -> None:
    once = canonical_markdown(text) or None
    assert text_of(document_of(text)) == once


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4))
def test_a_number_survives_the_wire(number: Decimal) -> None:
    value = canonical_value("number", number)
    assert from_payload("number", Decimal(str(to_payload("number", value)))) == value
    assert canonical_value("number", value) == value


@given(st.lists(st.text(alphabet="abc-", min_size=1), max_size=5))
def test_labels_are_a_set(labels: list[str]) -> None:
    value = canonical_value("labels", tuple(labels))
    assert value == canonical_value("labels", tuple(reversed(labels)))
    assert from_payload("labels", to_payload("labels", value)) == value
