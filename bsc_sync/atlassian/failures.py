"""What a reply that is no success means, in one line that says what to do.

Texts of Atlassian are shown, never branched on, except where the body is all there is: they come in
the language of the account.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import requests

from bsc_sync.atlassian.credentials import UNKNOWN, Access, Way
from bsc_sync.atlassian.refusals import read_refusal
from bsc_sync.atlassian.request_log import request_id
from bsc_sync.atlassian.said import Said, clean, read_said
from bsc_sync.errors import (
    NotOffered,
    RateLimited,
    Refused,
    Rejected,
    RemoteError,
    Unreachable,
    WrongCredentials,
)

_DENIED = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")


def failure(
    response: requests.Response, what: str, access: Access = UNKNOWN, *, now: dt.datetime | None = None
) -> RemoteError:
    """The error for a reply that is no success; never a header or a body as it came."""
    said = read_said(response)
    tail = _tail(response, what)
    status = response.status_code
    refusal = read_refusal(response, now=now or dt.datetime.now(dt.UTC))
    if refusal is not None and (status == 429 or refusal.wait is not None):
        return RateLimited(f"{refusal}{tail}", hint="run again then, or less often")
    if status < 400:
        return _redirected(response, tail, access)
    if status in {400, 401, 403} and (denied := login_failure(response, what, access)) is not None:
        return denied
    if status in {401, 403}:
        return _refused(status, said, tail, access)
    if (missing := _missing_site(response, said, tail, access)) is not None:
        return missing
    if status == 404 and said.broken:
        return RemoteError(f"the reply breaks off{tail}", hint="run again; nothing is lost")
    if status in {405, 410, 501} or (status == 404 and not said.names_a_thing):
        return NotOffered(
            f"the site {'no longer offers' if status == 410 else 'does not offer'} this{_colon(said)}{tail}",
            hint=f"check {access.settings}_URL; if it is right, update bsc-sync",
            status=status,
        )
    if status >= 500:
        return RemoteError(f"the site failed with {status}{tail}", hint="run again; nothing is lost")
    return Rejected(
        f"{said.text or f'status {status}'}{tail}",
        hint=_advice(status, said, what),
        fields=dict(said.fields),
        status=status,
    )


def login_failure(
    response: requests.Response, what: str, access: Access = UNKNOWN
) -> WrongCredentials | None:
    """The error for a reply whose headers say that the credentials were not believed - also with status 200.

    Jira may ignore credentials that it does not know and answer as to an anonymous visitor: with
    nothing. That must never be read as "nothing there".
    """
    headers, tail = response.headers, _tail(response, what)
    if "CAPTCHA" in headers.get("X-Authentication-Denied-Reason", "").upper():
        return WrongCredentials(
            f"{access.product} asks for a CAPTCHA before it believes this account again{tail}",
            hint=f"log in once with a browser at {access.site or 'the site'}, then run again",
        )
    reason = headers.get("X-Seraph-LoginReason", "").upper()
    if any(denied in reason for denied in _DENIED):
        return WrongCredentials(
            f"the site does not accept the credentials{tail}", hint=credentials_advice(access)
        )
    if response.ok and headers.get("X-AUSERNAME", "").casefold() == "anonymous":
        return WrongCredentials(
            f"the site ignores the credentials and takes us for an anonymous visitor{tail}",
            hint=credentials_advice(access),
        )
    return None


def not_data(response: requests.Response, what: str, access: Access = UNKNOWN) -> RemoteError | None:
    """The error for a success that is a web page: a login page, or the page of a proxy in between."""
    if "html" not in response.headers.get("Content-Type", "").lower() or not response.content:
        return None
    return RemoteError(
        f"the reply is not JSON but a web page{_tail(response, what)}",
        hint=f"check {access.settings}_URL: is this {access.product}, and no login page or proxy in between?",
    )


def credentials_advice(access: Access) -> str:
    """What to check when the credentials are not accepted."""
    names = access.settings
    if access.way is Way.OAUTH:
        return (
            "check the scopes of the OAuth app and that its user may open the site; else authorize it again"
        )
    if access.way is Way.SCOPED:
        return (
            f"check {names}_USER (the account's email) and {names}_TOKEN: a token with scopes, not expired,"
            f" with {access.product}'s scopes; a token without scopes needs {names}_AUTH=basic"
        )
    if access.way is Way.BEARER:
        return f"check {names}_TOKEN: has it expired, or been revoked?"
    if access.is_atlassian_host:
        return (
            f"check {names}_USER (the account's email) and {names}_TOKEN: tokens expire;"
            f" a token with scopes needs {names}_AUTH=scoped"
        )
    return (
        f"check {names}_USER and {names}_TOKEN: tokens and passwords expire;"
        f" a personal access token needs {names}_AUTH=bearer, a Cloud token with scopes {names}_AUTH=scoped"
    )


def _redirected(response: requests.Response, tail: str, access: Access) -> RemoteError:
    """A site that has moved, or that wants people to log in elsewhere."""
    asked, told = urlsplit(str(response.url)), urlsplit(response.headers.get("Location", ""))
    if told.netloc and (told.scheme, told.netloc) != (asked.scheme, asked.netloc):
        to = f"a redirect to {clean(f'{told.scheme}://{told.hostname}')}"
    else:
        to = "a redirect within the site"
    return RemoteError(
        f"the site answers with {to}{tail}",
        hint=f"check {access.settings}_URL, its context path and the way of logging in:"
        " credentials are not sent elsewhere",
    )


def _refused(status: int, said: Said, tail: str, access: Access) -> Refused:
    names = access.settings
    if "Connect Session Auth Token" in said.text:
        return WrongCredentials(
            f"a Cloud site takes no bearer token{tail}",
            hint=f"set {names}_USER to the account's email and {names}_TOKEN to its API token,"
            f" or {names}_AUTH to scoped or oauth",
        )
    if said.oauth_error:
        return _unauthorized(said, tail)
    if "scope does not match" in said.text:
        return Refused(
            f"the token lacks a scope that this needs{tail}",
            hint="make a token with the scopes that the manual lists (read, write and manage Jira data)",
        )
    if status == 401:
        return WrongCredentials(
            f"the site does not accept the credentials{tail}", hint=credentials_advice(access)
        )
    return Refused(
        f"the account may not do this{_colon(said)}{tail}",
        hint=f"ask an admin of {access.product} for the permission",
    )


def _missing_site(response: requests.Response, said: Said, tail: str, access: Access) -> RemoteError | None:
    if response.status_code == 404 and "Atl-Missing-Tcs" in response.headers:
        return Unreachable(
            f"there is no Atlassian site at {access.site or 'this address'}{tail}",
            hint=f"check {access.settings}_URL",
        )
    if response.status_code == 404 and said.of_gateway:
        if access.cloud_id or "X-Failure-Category" in response.headers:
            return Unreachable(
                f"Atlassian's gateway knows no site with this cloud id{tail}",
                hint=f"check {access.settings}_CLOUD_ID, or leave it out: it is found from the site",
            )
        return Unreachable(
            f"Atlassian's gateway knows no such address{tail}", hint="check BSC_SYNC_GATEWAY_URL"
        )
    if response.status_code == 400 and said.oauth_error:
        return _unauthorized(said, tail)
    return None


def _unauthorized(said: Said, tail: str) -> Refused:
    return WrongCredentials(
        f"the authorization server refuses: {said.text}{tail}",
        hint="check BSC_SYNC_OAUTH_CLIENT_ID and BSC_SYNC_OAUTH_CLIENT_SECRET; when they are right, authorize"
        " the app again and set BSC_SYNC_OAUTH_REFRESH_TOKEN",
    )


def _advice(status: int, said: Said, what: str) -> str:
    if status == 409:
        return "somebody changed it meanwhile; run again"
    if status == 413:
        return "make the text or the attachment smaller"
    if said.fields:
        screen = any("screen" in text for _, text in said.fields)
        return (
            "put the field on the screens of the project, or take it out of mapping.yaml"
            if screen
            else "correct the value, or the field in mapping.yaml"
        )
    if "page token" in said.text:
        return "run again: the search begins anew"
    if what.rstrip("/").endswith(("/search", "/search/jql", "/approximate-count", "/jql/parse")):
        return "correct the JQL in mapping.yaml"
    if status == 404:
        return "it is gone, or the account may not see it"
    return "correct what it names; if that is nothing of yours, report it as a bug of bsc-sync"


def _tail(response: requests.Response, what: str) -> str:
    trace = request_id(response)
    return f" ({what}{', request ' + trace if trace else ''})"


def _colon(said: Said) -> str:
    return f": {said.text}" if said.text else ""
