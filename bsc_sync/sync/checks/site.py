"""Whether the site answers, which Jira it is, who we are to it, and whether its clock agrees with ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bsc_sync.errors import BscSyncError, NotOffered, UserError
from bsc_sync.mapping.site_facts import AccountFacts, ServerFacts
from bsc_sync.report.health import Check, Fault, State
from bsc_sync.sync.checks.questions import Answer

AREA = "site and account"
LARGEST_SKEW = 60  # seconds
_NAMES = {"cloud": "Jira Cloud", "data-center": "Jira Data Center"}


def failed(area: str, what: str, error: BscSyncError, where: str = "") -> Check:
    """A question that got no answer, as a check: what the error says, and how it is mended."""
    if isinstance(error, NotOffered):
        return Check(area, what, "unknown", f"this site does not tell: {error.message}", "", where)
    fault: Fault = "here" if isinstance(error, UserError) else "site"
    return Check(area, what, "missing", error.message, error.hint, where, fault)


def unreachable(area: str, error: BscSyncError) -> Check:
    """A site that does not answer as it should, so that nothing else can be asked of it."""
    fault: Fault = "here" if isinstance(error, UserError) else "site"
    return Check(area, "reachable", "missing", error.message, error.hint, "", fault)


def server_checks(server: Answer[ServerFacts], url: str) -> Iterator[Check]:
    """Reachable, which Jira, and its clock."""
    if server.error is not None:
        yield unreachable(AREA, server.error)
        return
    facts = server.value
    told_by = "; it does not say so itself, BSC_SYNC_JIRA_DEPLOYMENT does" if facts.told else ""
    kind = f"{_NAMES[facts.kind]} {facts.version}".strip()
    yield Check(AREA, "reachable", "well", f"{kind} at {url}{told_by}")
    yield _clock(facts)


def account_check(account: Answer[AccountFacts]) -> Check:
    """Who the credentials belong to; an anonymous visitor is nobody."""
    if account.error is not None:
        return failed(AREA, "account", account.error)
    facts = account.value
    zone = f", time zone {facts.zone}" if facts.zone else ""
    return Check(AREA, "account", "well", f"{facts.name} ({facts.id}){zone}")


def token_check(expires: dt.date | None, *, kind: str, today: dt.date, renewed: bool) -> Check:
    """When the token ends, where a setting tells it; else what the product does.

    `renewed`: it is one of OAuth, which renews itself.
    """
    what = "token"
    if renewed:
        return Check(AREA, what, "well", "renewed by itself (OAuth)")
    if expires is not None:
        left = (expires - today).days
        if left < 0:
            mend = "make a new token, and set BSC_SYNC_JIRA_TOKEN"
            return Check(AREA, what, "missing", f"expired on {expires.isoformat()}", mend)
        state: State = "warning" if left <= 14 else "well"
        mend = "make a new one before that day" if left <= 14 else ""
        return Check(AREA, what, state, f"expires on {expires.isoformat()}, in {left} days", mend)
    rule = "after a year at most" if kind == "cloud" else "as its owner or an admin chose"
    mend = "BSC_SYNC_JIRA_TOKEN_EXPIRES=2027-06-30 lets doctor count down"
    return Check(AREA, what, "unknown", f"it ends {rule}; Jira does not tell when", mend)


def _clock(facts: ServerFacts) -> Check:
    if facts.time is None or facts.asked is None:
        return Check(AREA, "clock", "unknown", "the site does not tell its time")
    skew = round((facts.asked - facts.time).total_seconds())
    if abs(skew) <= LARGEST_SKEW:
        return Check(AREA, "clock", "well", f"{abs(skew)} s apart from the site's")
    way = "ahead of" if skew > 0 else "behind"
    return Check(
        AREA,
        "clock",
        "warning",
        f"this machine is {abs(skew)} s {way} the site",
        "set this machine's clock by NTP: what changed since the last run is asked for by time",
    )
