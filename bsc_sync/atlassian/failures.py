"""What a reply that is no success means, in one line that says what to do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import requests

from bsc_sync.atlassian.patience import asked_wait
from bsc_sync.errors import NotOffered, RateLimited, Refused, Rejected, RemoteError


def failure(response: requests.Response, what: str) -> RemoteError:
    """What a reply that is no success means, and what to do; never a header or a body as it came."""
    status = response.status_code
    messages, fields = _said(response)
    trace = response.headers.get("X-AREQUESTID") or response.headers.get("Atl-Traceid") or ""
    tail = f" ({what}{', request ' + clean(trace) if trace else ''})"
    if status == 429 or (status == 503 and "Retry-After" in response.headers):
        wait = asked_wait(response.headers, now=dt.datetime.now(dt.UTC))
        when = f" for {wait:.0f} s" if wait else ""
        return RateLimited(f"the site asks to wait{when}{tail}", hint="run again later, or less often")
    if status == 401:
        return Refused(
            f"the site does not accept the credentials{tail}",
            hint="check BSC_SYNC_JIRA_USER and BSC_SYNC_JIRA_TOKEN (or the Confluence ones); tokens expire",
        )
    if status == 403:
        return Refused(
            f"the account may not do this{_colon(messages)}{tail}", hint="ask an admin for the permission"
        )
    if status in {405, 410, 501} or (status == 404 and not _names_what_is_missing(response)):
        return NotOffered(
            f"the site {'no longer offers' if status == 410 else 'does not offer'} this{tail}",
            hint="check the URL; if it is right, update bsc-sync",
            status=status,
        )
    if response.is_redirect:
        return RemoteError(
            f"the site answers with a redirect{tail}",
            hint="check the URL: credentials are not sent elsewhere",
        )
    if status >= 500:
        return RemoteError(f"the site failed with {status}{tail}", hint="run again; nothing is lost")
    said = "; ".join([*messages, *(f"{name}: {text}" for name, text in fields.items())]) or f"status {status}"
    hint = "check the URL" if status == 404 and not messages else ""
    return Rejected(f"{said}{tail}", hint=hint, fields=fields, status=status)


def clean(text: str) -> str:
    """A text from outside, fit for one line of a message."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text).strip()[:300]


def _said(response: requests.Response) -> tuple[list[str], dict[str, str]]:
    try:
        body = response.json()
    except ValueError:
        return [], {}
    if not isinstance(body, dict):
        return [], {}
    messages = [clean(str(text)) for text in body.get("errorMessages") or ()]
    errors = body.get("errors")
    fields: dict[str, str] = {}
    if isinstance(errors, dict):
        fields = {clean(str(name)): clean(str(text)) for name, text in errors.items()}
    elif isinstance(errors, list):
        messages += [clean(str(part.get("title") or "")) for part in errors if isinstance(part, dict)]
    for key in ("detail", "message", "error"):
        if not messages and not fields and isinstance(body.get(key), str):
            messages.append(clean(body[key]))
    return [text for text in messages if text], fields


def _names_what_is_missing(response: requests.Response) -> bool:
    """Whether a 404 speaks of an issue, a project, a page - and not of the path itself."""
    try:
        body = response.json()
    except ValueError:
        return False
    return isinstance(body, dict) and bool(
        body.get("errorMessages") or body.get("errors") or "statusCode" in body
    )


def _colon(messages: Sequence[str]) -> str:
    return f": {messages[0]}" if messages else ""
