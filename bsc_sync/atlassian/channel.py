"""The one `requests.Session` of a site: whoever asks through it gets a good reply or an error of ours."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.auth import AuthBase

from bsc_sync.atlassian.credentials import Access, Renewable
from bsc_sync.atlassian.failures import failure, login_failure, not_data
from bsc_sync.atlassian.loss import is_broken, never_sent, told
from bsc_sync.atlassian.patience import PatientAdapter, may_repeat
from bsc_sync.errors import Ambiguous, RemoteError, Unreachable, WrongCredentials
from bsc_sync.redaction import hide_a_while

TIMEOUT = (10.0, 60.0)


@dataclass(frozen=True, slots=True)
class Line:
    """What lies between us and a site: certificates and a proxy. Paths are those of PEM files.

    Where nothing is set, the variables count that `requests` knows (HTTPS_PROXY, REQUESTS_CA_BUNDLE).
    """

    ca_bundle: str = ""
    client_cert: str = ""
    client_key: str = ""
    proxy: str = ""
    connect_seconds: float = TIMEOUT[0]
    read_seconds: float = TIMEOUT[1]


DIRECT = Line()


_SILENT = ("/issueLink", "/transitions")  # Jira has nothing to say when these have worked


class Channel(requests.Session):
    """Carries all requests to one address: credentials, time-outs, patience, and no way elsewhere.

    It serves our own requests and those of the `jira` package alike. A reply that is no success is
    raised as an error of ours, so that nobody else ever words a failure (or prints a header). Once the
    credentials were refused it asks no more: repeated log-ins lock an account.
    """

    def __init__(
        self,
        base: str,
        *,
        transport: PatientAdapter,
        auth: AuthBase | None = None,
        access: Access | None = None,
        line: Line = DIRECT,
    ) -> None:
        super().__init__()
        self.base = base
        self.access = access or Access(site=base)
        self.auth = auth
        self.trust_env = not is_loopback(base)
        self.headers.update(
            {"User-Agent": "bsc-sync", "Accept": "application/json", "X-Atlassian-Token": "no-check"}
        )
        self._line = line
        self._refused: WrongCredentials | None = None
        self._renewable = auth if isinstance(auth, Renewable) else None
        self.mount("http://", _Nowhere(base))
        self.mount("https://", _Nowhere(base))
        self.mount(_origin(base), transport)

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
        """A success and what its JSON says (numbers are exact decimals); every failure is a RemoteError.

        `all_refused_is_reply`: the 400 of a bulk request that names each of its parts is a reply, too.
        """
        if self._refused is not None:
            raise WrongCredentials(self._refused.message, hint=self._refused.hint)
        what = f"{request.method} {urlsplit(str(request.url)).path}"
        repeatable = may_repeat(request)
        response = self._carry(request, what, settings, repeatable=repeatable)
        if response.status_code == 401 and self._renewable is not None:
            self._renewable.renew(request)
            response = self._carry(request, what, settings, repeatable=repeatable)
        all_refused = (
            all_refused_is_reply
            and response.status_code == 400
            and b'"failedElementNumber"' in response.content
        )
        if 200 <= response.status_code < 300 or all_refused:
            denied = login_failure(response, what, self.access)
            if denied is not None:
                self._refused = denied
                raise denied
            return response, self._json(request, response, what, repeatable=repeatable)
        if is_broken(response.status_code) and not repeatable:
            raise Ambiguous(
                f"the site failed with {response.status_code} in the middle of a write ({what})",
                hint="the next run finds out whether it happened, before it writes anything",
            )
        error = failure(response, what, self.access)
        if isinstance(error, WrongCredentials):
            self._refused = error
        raise error

    def _carry(
        self, request: requests.PreparedRequest, what: str, settings: dict[str, Any], *, repeatable: bool
    ) -> requests.Response:
        try:
            response = super().send(request, **self._settings(str(request.url), settings))
            hide_a_while(*(str(cookie.value) for cookie in response.cookies))
            return response
        except requests.RequestException as error:
            reason, hint = told(error)
            if repeatable or never_sent(error):
                raise Unreachable(f"{self.base} cannot be reached: {reason} ({what})", hint=hint) from None
            raise Ambiguous(
                f"the reply to a write was lost: {reason} ({what})",
                hint="the next run finds out whether it happened, before it writes anything",
            ) from None
        except OSError as error:  # a certificate file that `requests` does not find
            raise Unreachable(
                f"{self.base} cannot be reached: a certificate file cannot be used ({type(error).__name__})",
                hint="check BSC_SYNC_CA_BUNDLE and BSC_SYNC_CLIENT_CERT",
            ) from None

    def _settings(self, url: str, given: dict[str, Any]) -> dict[str, Any]:
        """How to send: what was set for this line comes before what the environment says."""
        line = self._line
        settings: dict[str, Any] = {**self.merge_environment_settings(url, {}, None, None, None)}
        settings |= {name: value for name, value in given.items() if name in settings and value is not None}
        if line.ca_bundle:
            settings["verify"] = line.ca_bundle
        if line.client_cert:
            settings["cert"] = (line.client_cert, line.client_key) if line.client_key else line.client_cert
        if line.proxy:
            settings["proxies"] = {"http": line.proxy, "https": line.proxy}
        timeout = given.get("timeout") or (line.connect_seconds, line.read_seconds)
        return {**settings, "timeout": timeout, "allow_redirects": False}

    def _json(
        self, request: requests.PreparedRequest, response: requests.Response, what: str, *, repeatable: bool
    ) -> Any:
        if not response.content:
            _check_empty(request, response, what, repeatable=repeatable)
            return None
        try:
            return json.loads(response.content, parse_float=Decimal)
        except (ValueError, RecursionError):
            if not repeatable:
                raise Ambiguous(
                    f"the reply to a write cannot be read ({what})",
                    hint="the next run finds out whether it happened, before it writes anything",
                ) from None
            page = not_data(response, what, self.access)
            raise page or RemoteError(f"the reply is not JSON ({what})", hint="run again") from None


def _check_empty(
    request: requests.PreparedRequest, response: requests.Response, what: str, *, repeatable: bool
) -> None:
    """Raise for a success without a word where there is something to say: to a question, to a creation."""
    if request.method == "GET" or (request.method == "POST" and repeatable):
        raise RemoteError(f"the reply is empty ({what})", hint="run again; nothing is lost")
    if request.method == "POST" and response.status_code != 204 and not what.endswith(_SILENT):
        raise Ambiguous(
            f"the reply to a write is empty ({what})",
            hint="the next run finds out whether it happened, before it writes anything",
        )


class _Nowhere(BaseAdapter):
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
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/".lower()
