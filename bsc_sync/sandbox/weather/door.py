"""The way every request takes into the site: latency, limits, faults, cookies, and the log."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from bsc_sync.sandbox.exchange import Answer
from bsc_sync.sandbox.recorder import STAGED
from bsc_sync.sandbox.request_log import Entry, RequestLog
from bsc_sync.sandbox.weather import replies
from bsc_sync.sandbox.weather.faults import Script
from bsc_sync.sandbox.weather.limits import Asked, Limiter
from bsc_sync.sandbox.weather.rules import (
    DropFault,
    Fault,
    Forecast,
    HeadersFault,
    Limits,
    SlowFault,
    StatusFault,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from bsc_sync.sandbox.site import Site

WAIT = "bsc_sync.sandbox.wait"  # in an environ: what sleeps, for a carrier that knows the caller's patience
USER = "bsc_sync.sandbox.user"  # in an environ: the account that was let in
_LEVERS = "/_sandbox"
_ISSUE_WRITE = re.compile(r"/rest/api/[^/]+/issue/(?!bulk|createmeta)([^/]+)(/.*)?$")
_WRITES = frozenset({"POST", "PUT", "DELETE"})
_PLACE = re.compile(r"<(?:[^<>:]*:)?([^<>:]+)>")


@dataclass(frozen=True)
class _Visit:
    """One request on its way in."""

    environ: WSGIEnvironment
    method: str
    path: str
    operation: str
    wait: Callable[[float], None]


class Weather:
    """Stands in front of a site's application.

    `latency` gives the seconds that every API call takes longer; `script` and `limits` may be changed while
    it runs. The sandbox's own levers see no weather.
    """

    def __init__(
        self,
        app: WSGIApplication,
        site: Site,
        log: RequestLog,
        *,
        routes: Map,
        is_api: Callable[[str], bool],
        latency: Callable[[], float],
        forecast: Forecast | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._site = site
        self._log = log
        self._routes = routes.bind("sandbox")
        self._is_api = is_api
        self._latency = latency
        self._clock = clock
        self._began = clock()
        self._limiter = Limiter(site.limits, clock)
        self._asked_to_wait: dict[str, float] = {}
        self.script = Script()
        self.expect(forecast or Forecast())

    @property
    def limits(self) -> Limits:
        """What is allowed now."""
        return self._limiter.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._limiter = Limiter(limits, self._clock)

    def expect(self, forecast: Forecast) -> None:
        """More faults, and other limits where the forecast names some."""
        self.script.add(forecast.faults)
        if forecast.limits is not None:
            self.limits = forecast.limits

    def document(self) -> dict[str, Any]:
        """The reply of `GET /_sandbox/faults`."""
        allowed = self.limits
        return {
            "faults": self.script.document(),
            "limits": {
                "all": None if allowed.all is None else str(allowed.all),
                "endpoint": {method: str(rate) for method, rate in allowed.endpoint.items()},
                "issue_writes": [str(rate) for rate in allowed.issue_writes],
            },
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answer one request; raises `Dropped` where no reply is to be sent."""
        path = _text(environ.get("PATH_INFO", ""))
        if path == _LEVERS or path.startswith(_LEVERS + "/"):
            return self._app(environ, start_response)
        method = environ["REQUEST_METHOD"]
        visit = _Visit(environ, method, path, self._operation(method, path), environ.get(WAIT) or time.sleep)
        started = time.perf_counter()
        fault: list[str] = []
        status: int | None = None
        with self._log.in_flight():
            try:
                answer = self._answered(visit, fault) if self._is_api(path) else Answer.of(self._app, environ)
                status = answer.status
            finally:
                self._record(visit, status, started, fault)
        return answer.send(start_response)

    def _answered(self, visit: _Visit, said: list[str]) -> Answer:
        if delay := self._latency():
            visit.wait(delay)
        self._check_patience(visit)
        verdict = self._limiter.ask(self._asked(visit))
        if verdict is not None and verdict.wait is not None:
            said.append("rate limit")
            visit.environ[STAGED] = True
            answer = replies.too_many(self._flavor)
        else:
            answer = self._carried_out(visit, said)
        if verdict is not None:
            for name, value in verdict.headers(flavor=self._flavor, now=_now()).items():
                if not _has(answer, name):
                    answer.header(name, value)
        self._finish(visit, answer)
        return answer

    def _carried_out(self, visit: _Visit, said: list[str]) -> Answer:
        fault = self.script.strike(visit.method, visit.path)
        if fault is None:
            return Answer.of(self._app, visit.environ)
        said.append(_named(fault))
        visit.environ[STAGED] = not isinstance(fault, SlowFault | HeadersFault)
        if not isinstance(fault, SlowFault | HeadersFault):
            visit.environ[STAGED] = True
        if isinstance(fault, SlowFault) and not fault.carried_out:
            visit.wait(fault.seconds)
            return Answer.of(self._app, visit.environ)
        if not fault.carried_out:
            return replies.instead(fault, flavor=self._flavor, now=_now())
        answer = Answer.of(self._app, visit.environ)
        if isinstance(fault, SlowFault):
            visit.wait(fault.seconds)
            return answer
        return replies.altered(fault, answer, flavor=self._flavor, now=_now())

    @property
    def _flavor(self) -> str:
        return self._site.flavor

    def _asked(self, visit: _Visit) -> Asked:
        issue = None
        found = _ISSUE_WRITE.search(visit.path) if visit.method in _WRITES else None
        if found is not None and self.limits.issue_writes:
            issue = self._issue_id(found[1])
        caller = visit.environ.get("HTTP_AUTHORIZATION", "") if self._flavor == "data-center" else ""
        return Asked(visit.method, visit.operation, caller, issue)

    def _issue_id(self, key_or_id: str) -> str:
        with self._site.store.transaction() as connection:
            row = connection.execute("SELECT id FROM issue WHERE key = upper(?)", (key_or_id,)).fetchone()
        return key_or_id if row is None else str(row["id"])

    def _operation(self, method: str, path: str) -> str:
        try:
            rule, values = self._routes.match(path, method=method, return_rule=True)
        except HTTPException:
            return f"{method} (unknown)"
        pattern = _PLACE.sub(
            lambda found: str(values["version"]) if found[1] == "version" else "{" + found[1] + "}", rule.rule
        )
        return f"{method} {pattern}"

    def _check_patience(self, visit: _Visit) -> None:
        if self._asked_to_wait:
            until = self._asked_to_wait.pop(_digest(visit.environ), None)
            if until is not None and self._clock() < until:
                self._log.note_impatience()

    def _finish(self, visit: _Visit, answer: Answer) -> None:
        asked = _seconds(answer) if answer.status in {429, 503} else None
        if asked is not None:
            self._asked_to_wait[_digest(visit.environ)] = self._clock() + asked
        if not _has(answer, "X-AREQUESTID"):
            answer.header("X-AREQUESTID", uuid.uuid4().hex)
        if "JSESSIONID=" not in visit.environ.get("HTTP_COOKIE", "") and not _has(answer, "Set-Cookie"):
            session = secrets.token_hex(16).upper()
            answer.headers += [
                ("Set-Cookie", f"JSESSIONID={session}; Path=/; HttpOnly"),
                ("Set-Cookie", f"atlassian.xsrf.token={secrets.token_hex(20)}_lin; Path=/"),
            ]

    def _record(self, visit: _Visit, status: int | None, started: float, fault: list[str]) -> None:
        self._log.add(
            Entry(
                method=visit.method,
                path=visit.path,
                query=_text(visit.environ.get("QUERY_STRING", "")),
                prefix=_text(visit.environ.get("SCRIPT_NAME", "")),
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 2),
                user=visit.environ.get(USER),
                at=self._site.clock.now().isoformat(),
                operation=visit.operation,
                fault=fault[0] if fault else None,
                seconds=round(self._clock() - self._began, 4),
            )
        )


def _now() -> datetime:
    # Real time: whoever is asked to wait waits in real time.
    return datetime.now(UTC)


def _text(latin: str) -> str:
    return latin.encode("latin-1").decode("utf-8", "replace")


def _has(answer: Answer, name: str) -> bool:
    return any(pair[0].lower() == name.lower() for pair in answer.headers)


def _seconds(answer: Answer) -> float | None:
    text = next((value for name, value in answer.headers if name.lower() == "retry-after"), "")
    try:
        return float(text)
    except ValueError:
        return None


def _named(fault: Fault) -> str:
    name = f"{fault.fault} {fault.status}" if hasattr(fault, "status") else fault.fault
    late = isinstance(fault, StatusFault | DropFault) and fault.carried_out
    return f"{name} after it was carried out" if late else name


def _digest(environ: WSGIEnvironment) -> str:
    """What makes two requests the same: method, address and body. The body can be read again afterwards."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    parts = (environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))
    return hashlib.sha256("\n".join(parts).encode("latin-1") + b"\n" + body).hexdigest()
