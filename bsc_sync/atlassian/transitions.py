"""From one status to another, by the transitions that the issue offers at that moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bsc_sync.atlassian.client import Client
from bsc_sync.errors import Refused, Rejected, WrongCredentials
from bsc_sync.plan.change import Reinstate, Retire, Write


def way_of(client: Client, issue: str, change: Write) -> tuple[str, list[str]]:
    """The id of the transition of the wanted name, or to a status of that name.

    Where none is offered, Rejected for what is to be closed; otherwise what there is to say.
    """
    if not isinstance(change, Retire | Reinstate) or change.transition is None:
        return "", []
    offered = client.transitions(issue)
    wanted = change.transition.casefold()
    found = next((way for way in offered if wanted in _names(way)), None)
    if found is not None:
        return str(found["id"]), []
    names = ", ".join(str(way.get("name")) for way in offered) or "none"
    text = f'{change.key} offers no transition "{change.transition}" (offered: {names})'
    if isinstance(change, Retire):
        raise Rejected(text, hint="correct jira.retire.transition in mapping.yaml")
    return "", [f"{text}: move it by hand, or correct jira.retire.reopen in mapping.yaml"]


def go(client: Client, issue: str, way: str) -> list[str]:
    """Take a transition that was offered; what went wrong, or nothing."""
    try:
        if way:
            client.transition(issue, way)
    except WrongCredentials:
        raise
    except (Rejected, Refused) as error:
        return [f"the transition was turned down, move it by hand: {error.message}"]
    return []


def _names(way: Mapping[str, Any]) -> set[str]:
    return {str(way.get("name")).casefold(), str((way.get("to") or {}).get("name")).casefold()}
