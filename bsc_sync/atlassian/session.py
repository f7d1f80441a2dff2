"""Talking to one Atlassian site: every request goes through here, every failure is named here."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from bsc_sync.atlassian.patience import REPEATABLE, PatientAdapter, asked_wait
from bsc_sync.errors import (
    Ambiguous,
    NotOffered,
    RateLimited,
    Refused,
    Rejected,
    RemoteError,
    Unreachable,
)

TIMEOUT = (10.0, 60.0)
PARALLEL = 4

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Site:
    """One site: its address, an authenticated session, and the transport that counts its requests."""

    url: str
    session: requests.Session
    transport: PatientAdapter

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON of a GET; numbers are exact decimals."""
        return self._ask("GET", path, query=query)

    def read(self, path: str, body: object) -> Any:
        """A POST that only reads (search, bulkfetch): it may be repeated without harm."""
        return self._ask("POST", path, body=body, repeatable=True)

    def post(self, path: str, body: object) -> Any:
        """A POST that writes: never repeated when its reply is lost, which is Ambiguous."""
        return self._ask("POST", path, body=body, repeatable=False)

    def post_many(self, path: str, body: object) -> Any:
        """A POST of several parts: a reply that none of them was accepted is a reply, too."""
        return self._ask("POST", path, body=body, repeatable=False, all_refused_is_reply=True)

    def put(self, path: str, body: object, *, repeatable: bool = True) -> Any:
        """A PUT; say `repeatable=False` when carrying it out twice would show."""
        return self._ask("PUT", path, body=body, repeatable=repeatable)

    def upload(self, path: str, name: str, content: bytes, mime: str) -> Any:
        """Create or renew an attachment of that name."""
        request = requests.Request(
            "PUT",
            self.url + path,
            files={"file": (name, content, mime)},
            data={"minorEdit": "true"},
            headers={"X-Atlassian-Token": "nocheck", "Accept": "application/json"},
        )
        return self._carry(request, path, repeatable=True)

    def side_by_side(self, work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
        """Do independent requests next to each other, at most four at a time; results in order."""
        if len(parts) <= 1:
            return [work(part) for part in parts]
        with ThreadPoolExecutor(max_workers=min(PARALLEL, len(parts))) as pool:
            return list(pool.map(work, parts))

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
        repeatable: bool = True,
        all_refused_is_reply: bool = False,
    ) -> Any:
        headers = {"Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
            headers["Content-Type"] = "application/json"
        request = requests.Request(method, self.url + path, params=query or None, data=data, headers=headers)
        return self._carry(request, path, repeatable=repeatable, all_refused_is_reply=all_refused_is_reply)

    def _carry(
        self, request: requests.Request, path: str, *, repeatable: bool, all_refused_is_reply: bool = False
    ) -> Any:
        prepared = self.session.prepare_request(request)
        prepared.headers[REPEATABLE] = "yes" if repeatable else "no"
        what = f"{request.method} {path}"
        try:
            response = self.session.send(prepared, timeout=TIMEOUT, allow_redirects=False)
        except requests.Timeout as error:
            raise _lost(self.url, what, "no reply in time", error, repeatable=repeatable) from None
        except requests.RequestException as error:
            raise _lost(self.url, what, _reason(error), error, repeatable=repeatable) from None
        if response.ok and not response.is_redirect:
            return _json(response, what, repeatable=repeatable)
        if (
            all_refused_is_reply
            and response.status_code == 400
            and b'"failedElementNumber"' in response.content
        ):
            return _json(response, what, repeatable=repeatable)
        if response.status_code in {500, 502, 504} and not repeatable:
            raise Ambiguous(
                f"the site failed with {response.status_code} in the middle of a write ({what})",
                hint="the next run finds out whether it happened, before it writes anything",
            )
        raise failure(response, what)


def connect(url: str, *, user: str, token: str, transport: PatientAdapter) -> Site:
    """A site with email and API token; `url` without a trailing slash."""
    session = requests.Session()
    session.trust_env = not _is_loopback(url)
    session.auth = (user, token)
    session.headers["User-Agent"] = "bsc-sync"
    parts = urlsplit(url)
    session.mount(f"{parts.scheme}://{parts.netloc}", transport)
    return Site(url.rstrip("/"), session, transport)


def chunks(parts: Iterable[T], size: int) -> list[list[T]]:
    """The parts in lists of at most `size`, in order."""
    listed = list(parts)
    return [listed[start : start + size] for start in range(0, len(listed), size)]


def failure(response: requests.Response, what: str) -> RemoteError:
    """What a reply that is no success means, and what to do; never a header or a body as it came."""
    status = response.status_code
    messages, fields = _said(response)
    trace = response.headers.get("X-AREQUESTID") or response.headers.get("Atl-Traceid") or ""
    tail = f" ({what}{', request ' + _clean(trace) if trace else ''})"
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


def _lost(url: str, what: str, reason: str, error: Exception, *, repeatable: bool) -> RemoteError:
    if repeatable or isinstance(error, requests.exceptions.ConnectTimeout):
        return Unreachable(
            f"{url} cannot be reached: {reason} ({what})", hint="check the URL and the network; run again"
        )
    return Ambiguous(
        f"the reply to a write was lost: {reason} ({what})",
        hint="the next run finds out whether it happened, before it writes anything",
    )


def _reason(error: Exception) -> str:
    text = str(error)
    for known, said in (
        ("NameResolution", "the host name is unknown"),
        ("refused", "the connection was refused"),
        ("CERTIFICATE", "its certificate is not trusted"),
        ("IncompleteRead", "the reply broke off"),
    ):
        if known in text:
            return said
    return "the connection broke"


def _json(response: requests.Response, what: str, *, repeatable: bool) -> Any:
    if not response.content:
        return None
    try:
        return json.loads(response.content, parse_float=Decimal)
    except (ValueError, RecursionError):
        kind = Ambiguous if not repeatable else RemoteError
        raise kind(
            f"the reply is not JSON ({what})",
            hint="check the URL: is this Jira or Confluence, and not a login page?",
        ) from None


def _said(response: requests.Response) -> tuple[list[str], dict[str, str]]:
    try:
        body = response.json()
    except ValueError:
        return [], {}
    if not isinstance(body, dict):
        return [], {}
    messages = [_clean(str(text)) for text in body.get("errorMessages") or ()]
    errors = body.get("errors")
    fields: dict[str, str] = {}
    if isinstance(errors, dict):
        fields = {_clean(str(name)): _clean(str(text)) for name, text in errors.items()}
    elif isinstance(errors, list):
        messages += [_clean(str(part.get("title") or "")) for part in errors if isinstance(part, dict)]
    for key in ("detail", "message", "error"):
        if not messages and not fields and isinstance(body.get(key), str):
            messages.append(_clean(body[key]))
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


def _clean(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text).strip()[:300]


def _colon(messages: Sequence[str]) -> str:
    return f": {messages[0]}" if messages else ""


def _is_loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in {"127.0.0.1", "localhost", "::1"}
