"""Which Jira this is, and what it turned out not to have: found once, and worked around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER, Dialect
from bsc_sync.atlassian.session import Site
from bsc_sync.errors import NotOffered, Refused, SettingsError, WrongCredentials

Kind = Literal["cloud", "data-center"]
T = TypeVar("T")

# what only the one or only the other has; everything else is found out by asking
_CLOUD_ONLY = frozenset(
    {"search/jql", "search/jql by GET", "bulkfetch", "changelog/bulkfetch", "changelog", "jql/parse"}
)
_DATA_CENTER_ONLY = frozenset({"search", "search by POST"})


@dataclass(frozen=True, slots=True)
class Deployment:
    """Jira Cloud (v3, documents, account ids) or Jira Data Center (v2, wiki markup, user names)."""

    kind: Kind
    version: str = ""

    @property
    def api(self) -> str:
        """Where its REST API begins."""
        return "/rest/api/3" if self.kind == "cloud" else "/rest/api/2"

    @property
    def dialect(self) -> Dialect:
        """How it writes texts and names users."""
        return CLOUD if self.kind == "cloud" else DATA_CENTER


@dataclass(slots=True)
class Capabilities:
    """What a site lacks: an endpoint that was missing once is not asked for again."""

    missing: set[str] = field(default_factory=set)

    def first_of(self, *ways: tuple[str, Callable[[], T]]) -> T:
        """The result of the first way that the site offers; NotOffered when it offers none."""
        last: NotOffered | None = None
        for name, go in ways:
            if name in self.missing:
                continue
            try:
                return go()
            except NotOffered as error:
                self.missing.add(name)
                last = error
        names = " or ".join(name for name, _ in ways)
        raise last or NotOffered(
            f"this Jira offers no {names}", hint="check BSC_SYNC_JIRA_URL, and what lies between"
        )


def detect(site: Site, told: Kind | None = None) -> Deployment:
    """Which Jira answers; `told` is what the settings say (for where serverInfo is blocked): not asked then.

    Raises SettingsError when it does not say and nobody told us.
    """
    if told is not None:
        return Deployment(told)
    try:
        info: Any = site.get("/rest/api/2/serverInfo")
    except WrongCredentials:
        raise
    except (NotOffered, Refused):
        info = None
    kind = (info or {}).get("deploymentType") if isinstance(info, dict) else None
    version = str((info or {}).get("version") or "") if isinstance(info, dict) else ""
    if kind in {"Cloud", "Server", "DataCenter", "Data Center"}:
        return Deployment("cloud" if kind == "Cloud" else "data-center", version)
    _try_credentials(site)
    raise SettingsError(
        "this Jira does not say whether it is Cloud or Data Center",
        hint="check BSC_SYNC_JIRA_URL (does it have a context path, or too much of one?); if it is right,"
        " set BSC_SYNC_JIRA_DEPLOYMENT to cloud or data-center",
    )


def _try_credentials(site: Site) -> None:
    """Where the credentials are what is wrong, that is said; any other refusal tells nothing here."""
    try:
        site.get("/rest/api/2/myself")
    except WrongCredentials:
        raise
    except (NotOffered, Refused):
        return


def capabilities_of(deployment: Deployment) -> Capabilities:
    """What is known to be missing before anything was asked."""
    return Capabilities(set(_DATA_CENTER_ONLY if deployment.kind == "cloud" else _CLOUD_ONLY))
