"""The heart: what may happen to one field, from what is wanted, what is seen and what was agreed."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Literal

from bsc_sync.plan.item import Value, digest
from bsc_sync.plan.past import PATIENCE, Rebuff


class Verdict(StrEnum):
    """The first condition that fits (ARCHITECTURE, rules of the sync)."""

    RELEASED = "released"
    IN_SYNC = "in sync"
    BLOCK_UNCLEAR = "hold: block unclear"
    KEPT = "kept by Jira"
    BASE_UNKNOWN = "hold: base unknown"
    UPDATE = "update"
    DRIFT_HOLD = "hold: drift"
    DRIFT_RESTORE = "restore"
    DRIFT_FOUGHT = "hold: undone twice"
    DRIFT_ADOPT = "hold: offered to the file"
    CONFLICT = "hold: conflict"
    IMMOVABLE = "hold: cannot be moved"


HOLDS = frozenset(
    {
        *(Verdict.BLOCK_UNCLEAR, Verdict.BASE_UNKNOWN, Verdict.DRIFT_HOLD, Verdict.DRIFT_FOUGHT),
        *(Verdict.DRIFT_ADOPT, Verdict.CONFLICT, Verdict.IMMOVABLE),
    }
)
WRITES = frozenset({Verdict.UPDATE, Verdict.DRIFT_RESTORE})

Owner = Literal["scorecard", "jira", "seed"]
OnDrift = Literal["hold", "restore", "adopt"]
Take = Literal["scorecard", "jira"]


class Unset(Enum):
    """The scorecard or the mapping does not name the field, which is not the same as naming it empty."""

    UNSET = "unset"


UNSET = Unset.UNSET

_ON_DRIFT = {"hold": Verdict.DRIFT_HOLD, "restore": Verdict.DRIFT_RESTORE, "adopt": Verdict.DRIFT_ADOPT}


def verdict(
    *,
    desired: Value | Unset,
    seen: Value,
    base: str | None,
    owner: Owner = "scorecard",
    on_drift: OnDrift = "hold",
    unclear: bool = False,
    rebuff: Rebuff | None = None,
) -> Verdict:
    """The verdict on one field that the mapping names; `base` is the digest of the value last agreed on.

    `unclear`: it is a part of a text, and there it is twice, or only its beginning or its end is.
    `rebuff`: how Jira met what we wrote before: as long as both the value wanted and the one shown
    instead stay the same, it is left so.

    Total: every combination has exactly one verdict, and none of them writes what a person
    changed unless the rule says restore.
    """
    if owner != "scorecard" or isinstance(desired, Unset):
        return Verdict.RELEASED
    if unclear:
        return Verdict.BLOCK_UNCLEAR
    if desired == seen:
        return Verdict.IN_SYNC
    wanted = digest(desired)
    met = rebuff if rebuff is not None and rebuff.wanted == wanted else None
    if met is not None and met.shown == digest(seen):
        return Verdict.KEPT
    if base is None:
        return Verdict.BASE_UNKNOWN
    if digest(seen) == base:
        return Verdict.UPDATE
    if wanted != base and not (met is not None and met.shown == base):  # there, only Jira has moved since
        return Verdict.CONFLICT
    if on_drift == "restore" and met is not None and met.restores >= PATIENCE:
        return Verdict.DRIFT_FOUGHT
    return _ON_DRIFT[on_drift]


def decided(found: Verdict, take: Take | None) -> Verdict:
    """What becomes of a hold when somebody decides for one side: it is written, or it is left to Jira.

    What Jira keeps its own way is written once more when somebody decides for the scorecard.
    """
    if take == "scorecard" and found is Verdict.KEPT:
        return Verdict.UPDATE
    if take is None or found not in HOLDS:
        return found
    return Verdict.UPDATE if take == "scorecard" else Verdict.RELEASED
