"""The `jira` client for what it does well: people, fields, projects, types, transitions, searches. Only here.

It is built without a call to the network, and the site's own session carries what it asks: it brings
neither credentials nor retries of its own (it would repeat a POST whose reply was lost, and so create
an issue twice).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from jira import JIRA, JIRAError

from bsc_sync.atlassian.session import Site
from bsc_sync.errors import RemoteError, WrongCredentials

T = TypeVar("T")


class Client:
    """The questions that the `jira` package answers for us, with our errors.

    `version` is that of the REST API: "3" on Jira Cloud, "2" on Jira Data Center.
    """

    def __init__(self, site: Site, *, version: str = "3") -> None:
        self._site = site
        self._version = version
        self._jira = _Borrowing(
            server=site.url,
            get_server_info=False,
            max_retries=0,
            logging=False,
            options={"rest_api_version": version, "check_update": False},
        )
        self._jira.borrow(site)

    def myself(self) -> Mapping[str, Any]:
        """Who the credentials belong to; WrongCredentials when to nobody."""
        me = _asked("GET myself", lambda: dict(self._jira.myself()))
        if not (me.get("accountId") or me.get("name")):
            raise WrongCredentials(
                "the site takes us for an anonymous visitor (GET myself)",
                hint="check the user and the token: the site ignores credentials that it does not know",
            )
        return me

    def fields(self) -> list[dict[str, Any]]:
        """Every field that the account can see."""
        return _asked("GET field", lambda: list(self._jira.fields()))

    def projects(self) -> list[dict[str, Any]]:
        """Every project that the account can see."""
        return _asked("GET project", lambda: [dict(project.raw) for project in self._jira.projects()])

    def project(self, key: str) -> dict[str, Any]:
        """One project by key or id, with its issue types; Rejected (404) when it may not be seen."""
        return _asked("GET project", lambda: dict(self._jira.project(key).raw))

    def issue_types(self) -> list[dict[str, Any]]:
        """Every issue type that the account can see, of all projects."""
        return _asked("GET issuetype", lambda: [dict(kind.raw) for kind in self._jira.issue_types()])

    def transitions(self, issue: str) -> list[dict[str, Any]]:
        """The transitions that the issue offers now, with id, name and the status they lead to."""
        return _asked("GET transitions", lambda: list(self._jira.transitions(issue)))

    def transition(self, issue: str, transition_id: str) -> None:
        """Take the issue through a transition, by its number."""
        # The package would send the number as a number, where Jira documents a text.
        body = {"transition": {"id": transition_id}}
        self._site.post(f"/rest/api/{self._version}/issue/{issue}/transitions", body)

    def link_types(self) -> list[dict[str, str]]:
        """The link types, each with its name and both ways of reading it."""
        return _asked("GET issueLinkType", lambda: [dict(kind.raw) for kind in self._jira.issue_link_types()])

    def link(self, type_name: str, *, inward: str, outward: str) -> None:
        """Link two issues by key: `inward` is where the link comes from. Twice makes no second link."""
        # The package would ask for all link types again before each link.
        body = {"type": {"name": type_name}, "inwardIssue": {"key": inward}, "outwardIssue": {"key": outward}}
        self._site.post(f"/rest/api/{self._version}/issueLink", body)

    def search(
        self,
        jql: str,
        fields: Sequence[str],
        *,
        start: int = 0,
        size: int = 100,
        expand: Sequence[str] = (),
        by_get: bool = False,
    ) -> dict[str, Any]:
        """One page of Data Center's search, with `issues`, `startAt` and `total`; numbers are exact.

        `by_get` is for sites whose proxies let no POST through; a long query does not fit then.
        """
        # A list in a body, names with commas in an address: the package passes on what it is given.
        wanted: Any = ",".join(expand) or None if by_get else list(expand)
        page = _asked(
            "search",
            lambda: self._jira.search_issues(
                jql,
                startAt=start,
                maxResults=size,
                validate_query=False,  # an id that is gone is no error; whole queries are checked elsewhere
                fields=list(fields),
                expand=wanted,
                json_result=True,
                use_post=not by_get,
            ),
        )
        return dict(_exact(page))


class _Borrowing(JIRA):
    """The package's client on a session that is not its own."""

    def borrow(self, site: Site) -> None:
        """Ask through the site's session from now on."""
        self._session.close()
        self._session = site.session  # type: ignore[assignment]  # any session does; it adds retries that we do not want
        # Names of fields would be looked up before the first search, unless some are known. Ours are ids.
        self._fields_cache_value = {"": ""}

    def close(self) -> None:
        """Leave the session open: it is the site's."""


def _asked(what: str, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except (JIRAError, ValueError, LookupError, TypeError, AttributeError, NotImplementedError):
        raise RemoteError(
            f"the reply is not what Jira answers ({what})", hint="check the URL: is this Jira?"
        ) from None


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {name: _exact(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_exact(part) for part in value]
    return value
