"""Our mark on an issue: one entity property and one label, written in the request that writes the issue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bsc_sync.plan.item import Mark

PROPERTY = "bsc-sync"
_VERSION = 1


def mark_property(mark: Mark) -> dict[str, Any]:
    """The property as create and edit take it."""
    value = {
        "version": _VERSION,
        "scorecard": mark.scorecard,
        "ref": mark.ref,
        "store": mark.store,
        "revision": mark.revision,
        "digests": dict(mark.digests),
    }
    if mark.intent:
        value["intent"] = mark.intent
    if mark.retired:
        value["retired"] = mark.retired
    return {"key": PROPERTY, "value": value}


def read_mark(properties: object) -> Mark | None:
    """The mark among an issue's properties, if it has a readable one."""
    value = properties.get(PROPERTY) if isinstance(properties, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(value.get("ref"), str):
        return None
    digests = value.get("digests")
    retired = value.get("retired")
    return Mark(
        scorecard=str(value.get("scorecard", "")),
        ref=str(value["ref"]),
        store=str(value.get("store", "")),
        revision=int(value.get("revision") or 0),
        intent=str(value["intent"]) if value.get("intent") else None,
        digests={str(k): str(v) for k, v in digests.items()} if isinstance(digests, Mapping) else {},
        retired=str(retired) if retired else None,
    )
