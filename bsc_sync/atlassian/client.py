"""The `jira` client for what it does well: who am I, fields, link types, transitions. Only here.

It is built without a call to the network and without its own retries (it repeats a POST whose
reply was lost, which would create an issue twice); our patient transport carries its requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from jira import JIRA, JIRAError

from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.session import TIMEOUT, failure
from bsc_sync.errors import RemoteError, Unreachable

T = TypeVar("T")


class Client:
    """The few questions that the `jira` package answers for us, with our errors."""

    def __init__(self, url: str, *, user: str, token: str, transport: PatientAdapter) -> None:
        self._jira = JIRA(
            server=url,
            basic_auth=(user, token),
            get_server_info=False,
            max_retries=0,
            timeout=TIMEOUT[1],
            options={"rest_api_version": "3", "check_update": False},
        )
        self._jira._session.mount(url, transport)  # noqa: SLF001  the package offers no other way in

    def myself(self) -> Mapping[str, Any]:
        """Who the credentials belong to; Refused when to nobody."""
        return _asked("GET myself", lambda: dict(self._jira.myself()))

    def fields(self) -> list[dict[str, Any]]:
        """Every field that the account can see."""
        return _asked("GET field", lambda: list(self._jira.fields()))

    def transitions(self, issue: str) -> list[dict[str, Any]]:
        """The transitions that the issue offers now, with id, name and the status they lead to."""
        return _asked("GET transitions", lambda: list(self._jira.transitions(issue)))

    def link_types(self) -> list[dict[str, str]]:
        """The link types, each with its name and both ways of reading it."""
        return _asked("GET issueLinkType", lambda: [dict(kind.raw) for kind in self._jira.issue_link_types()])

    def transition(self, issue: str, transition_id: str) -> None:
        """Take the issue through a transition."""
        _asked("POST transitions", lambda: self._jira.transition_issue(issue, transition_id))


def _asked(what: str, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except JIRAError as error:
        if error.response is not None:
            raise failure(error.response, what) from None
        raise RemoteError(f"the site's answer cannot be read ({what})", hint="check the URL") from None
    except OSError as error:
        raise Unreachable(
            f"the site cannot be reached ({what}, {type(error).__name__})",
            hint="check the URL and the network",
        ) from None
    except ValueError:
        raise RemoteError(f"the reply is not JSON ({what})", hint="check the URL: is this Jira?") from None
