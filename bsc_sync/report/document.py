"""The page as a JSON document: every part by its name, every figure as a decimal string."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, is_dataclass
from typing import Any

from bsc_sync.report.parts import Page

FORMAT = 1


def page_json(page: Page) -> dict[str, Any]:
    """The page as plain JSON values: dates in ISO 8601, figures as `{text, exact, why}`.

    `exact` is a decimal string (of a percentage: the fraction of 1), null where the figure is
    undefined; `why` then says what is missing.
    """
    return {"format": FORMAT, **{field.name: _plain(getattr(page, field.name)) for field in fields(page)}}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, dt.date):  # a moment too
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
