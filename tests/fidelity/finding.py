"""One departure from a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """Where (a JSON pointer, `?parameter`, `{parameter}`) a request or a reply departs from its document."""

    side: Literal["request", "reply"]
    rule: Literal["path", "parameter", "body", "status"]
    where: str
    says: str
