"""How a site wants to be spoken to: rich text as documents or as wiki markup, people by account or name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Dialect:
    """`documents`: how rich text travels; `users`: the key under which a person is named."""

    documents: Literal["adf", "wiki"]
    users: Literal["accountId", "name"]


CLOUD = Dialect(documents="adf", users="accountId")
DATA_CENTER = Dialect(documents="wiki", users="name")
