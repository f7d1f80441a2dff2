"""Our mark on an issue: one entity property and one label, written in the request that writes the issue.

Where a site forbids entity properties, a second label says which objective or key result the issue is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bsc_sync.plan.item import Mark, mark_label

PROPERTY = "bsc-sync"
_VERSION = 1
_RETIRED = "retired"


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
    if mark.status:
        value["status"] = mark.status
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
        status=str(value["status"]) if value.get("status") else None,
    )


def label_marks(mark: Mark) -> list[str]:
    """The labels that say what the property would: which ref, and whether it is retired."""
    own = f"{mark_label(mark.scorecard)}/{mark.ref}"
    return [own, f"{own}/{_RETIRED}"] if mark.retired else [own]


def mark_of_labels(labels: Iterable[str], card: str) -> Mark | None:
    """The mark that labels alone give; it knows no store, no revision and no digests."""
    lead = f"{mark_label(card)}/"
    named = sorted(label.removeprefix(lead) for label in labels if label.startswith(lead))
    refs = [name for name in named if "/" not in name]
    if not refs:
        return None
    retired = "by its label" if f"{refs[0]}/{_RETIRED}" in named else None
    return Mark(scorecard=card, ref=refs[0], store="", retired=retired)
