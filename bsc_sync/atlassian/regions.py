"""Our part of a text field that people write in too: found, read and replaced; all else stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bsc_sync.atlassian import document_region, wiki_region
from bsc_sync.atlassian.dialect import Dialect

State = Literal["absent", "one", "unclear"]


@dataclass(frozen=True, slots=True)
class Region:
    """`text`: the canonical text of our part (the first one's where there are several).

    `unclear`: it is there twice, or only its beginning or its end is.
    """

    state: State
    text: str | None = None


def region_of(raw: object, dialect: Dialect, card: str) -> Region:
    """What a field's value holds of a scorecard's part."""
    adf = dialect.documents == "adf"
    parts = document_region.parts(raw, card) if adf else wiki_region.parts(str(raw or ""), card)
    if not parts.marks:
        return Region("absent")
    text = parts.text() if parts.pairs else None
    return Region("one" if len(parts.pairs) == 1 and parts.paired else "unclear", text)


def with_region(raw: object, text: str | None, dialect: Dialect, card: str) -> object:
    """The field's value with this text as the scorecard's part, and nothing else changed.

    A value without our part gets it at its end. Where it is unclear which part is ours, the first
    whole one is, and what marks the others loses its arrow. Raises Rejected where the part stands
    in something that cannot hold the text, such as a heading inside a list.
    """
    if dialect.documents == "adf":
        return document_region.replaced(raw, text, card)
    return wiki_region.replaced(str(raw or ""), text, card)
