"""Names under which a scorecard speaks of people: never their addresses, never their accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bsc_sync.plan.found import Found
from bsc_sync.sync.importing.perspectives import slug

_LONGEST = 60


def aliases(found: Iterable[Found]) -> Mapping[str, str]:
    """An alias for each account that some issue is assigned to, by account; no two are alike."""
    chosen: dict[str, str] = {}
    for issue in found:
        person = issue.person
        if person is None or person.account in chosen or not person.account.isprintable():
            continue
        name = "" if "@" in person.name else slug(person.name, ascii_only=False)[:_LONGEST]
        lead = name or "owner"
        number = 1 if name else len(chosen) + 1
        alias = name or f"owner-{number}"
        while alias in chosen.values():
            number += 1
            alias = f"{lead}-{number}"
        chosen[person.account] = alias
    return chosen
