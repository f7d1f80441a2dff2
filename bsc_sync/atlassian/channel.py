"""The one `requests.Session` of a site: whoever asks through it gets a good reply or an error of ours."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests

from bsc_sync.atlassian.failures import failure
from bsc_sync.atlassian.patience import PatientAdapter, may_repeat
from bsc_sync.errors import Ambiguous, RemoteError, Unreachable

TIMEOUT = (10.0, 60.0)


class Channel(requests.Session):
    """Carries all requests to one site: credentials, time-outs, patience, and no way elsewhere.

    It serves our own requests and those of the `jira` package alike. A reply that is no success is
    raised as an error of ours, so that no one else ever words a failure (or prints a header).
    """

    def __init__(self, base: str, *, transport: PatientAdapter) -> None:
        super().__init__()
        self.base = base
        self.trust_env = not is_loopback(base)
        self.headers.update(
            {"User-Agent": "bsc-sync", "Accept": "application/json", "X-Atlassian-Token": "no-check"}
        )
        self._origin = _origin(base)
        self.mount("http://", _Nowhere(base))
        self.mount("https://", _Nowhere(base))
        self.mount(self._origin, transport)

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """As `requests` does; a body that is text is JSON (the `jira` package leaves that to its session)."""
        prepared = super().prepare_request(request)
        if isinstance(request.data, str) and request.data and "Content-Type" not in prepared.headers:
            prepared.headers["Content-Type"] = "application/json"
        return prepared

    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        """A reply that is a success; every failure is raised as a RemoteError."""
        return self.exchange(request, **settings)[0]

    def exchange(
        self, request: requests.PreparedRequest, *, all_refused_is_reply: bool = False, **settings: Any
    ) -> tuple[requests.Response, Any]:
        """A success and what its JSON says (numbers are exact decimals); every failure is a RemoteError."""
        what = f"{request.method} {urlsplit(str(request.url)).path}"
        repeatable = may_repeat(request)
        settings["timeout"] = settings.get("timeout") or TIMEOUT
        settings["allow_redirects"] = False
        try:
            response = super().send(request, **settings)
        except requests.Timeout as error:
            raise self._lost(what, "no reply in time", error, repeatable=repeatable) from None
        except requests.RequestException as error:
            raise self._lost(what, _reason(error), error, repeatable=repeatable) from None
        if response.ok and not response.is_redirect:
            return response, _json(response, what, repeatable=repeatable)
        if (
            all_refused_is_reply
            and response.status_code == 400
            and b'"failedElementNumber"' in response.content
        ):
            return response, _json(response, what, repeatable=repeatable)
        if response.status_code in {500, 502, 504} and not repeatable:
            raise Ambiguous(
                f"the site failed with {response.status_code} in the middle of a write ({what})",
                hint="the next run finds out whether it happened, before it writes anything",
            )
        raise failure(response, what)

    def _lost(self, what: str, reason: str, error: Exception, *, repeatable: bool) -> RemoteError:
        if repeatable or isinstance(error, requests.exceptions.ConnectTimeout):
            return Unreachable(
                f"{self.base} cannot be reached: {reason} ({what})",
                hint="check the URL and the network; run again",
            )
        return Ambiguous(
            f"the reply to a write was lost: {reason} ({what})",
            hint="the next run finds out whether it happened, before it writes anything",
        )


class _Nowhere(requests.adapters.BaseAdapter):
    """What carries requests to any other host: nothing does."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def send(self, request: requests.PreparedRequest, **_settings: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        raise RemoteError(
            f"a reply of {self.base} leads to {urlsplit(str(request.url)).hostname}",
            hint="check the URL: credentials are not sent elsewhere",
        )

    def close(self) -> None:
        """Nothing is open."""


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    return (urlsplit(url).hostname or "") in {"127.0.0.1", "localhost", "::1"}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/".lower()


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
