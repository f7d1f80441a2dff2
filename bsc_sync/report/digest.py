"""Whether a page says anything new: its digest leaves out the run, the times and the look back."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bsc_sync.report.document import page_json
from bsc_sync.report.parts import Page

_OF_THE_MOMENT = frozenset({"headline", "moved", "before", "since", "until", "as_of", "looked"})


def page_digest(page: Page) -> str:
    """sha256, in hexadecimal, of what the page states.

    Two pages of equal figures, texts, files and program have equal digests, whichever run made
    them on whichever day, and whatever page came before them: what moved is in the figures.
    """
    document = page_json(page)
    document["run"] = {key: value for key, value in document["run"].items() if key not in {"id", "at"}}
    text = json.dumps(_lasting(document), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lasting(inner) for key, inner in value.items() if key not in _OF_THE_MOMENT}
    if isinstance(value, list):
        return [_lasting(inner) for inner in value]
    return value
