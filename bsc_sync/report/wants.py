"""What only an admin of the site can grant or create, and why it is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WantKind = Literal[
    "project", "issue type", "field", "screen", "permission", "link type", "status", "space permission"
]


@dataclass(frozen=True, slots=True)
class Want:
    """One thing to ask for. `places` are projects, or project / issue type; `why` ends a sentence.

    `type` is a field's. `operation` of a screen is what the field shall be there for: create or edit.
    """

    kind: WantKind
    name: str
    places: tuple[str, ...]
    why: str
    type: str = ""
    operation: str = ""
