"""A look just before a batch that fails: only that batch is not written, and the next run does it."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter

from bsc_sync.sync.run import RunReport, run
from bsc_sync.sync.world import Policy

Acme = Any  # the fixture's class lives in conftest, which is not imported

RETENTION = "    name: Increase customer retention\n"
KEY_RESULT = "{id: C2.ttfv.q4, "
LOOK, FLOOR = ("/issue", "changelog", "C1"), ("/search", "ORDER BY key DESC", "STRAT")


def refusal(request: requests.PreparedRequest) -> requests.Response:
    """What a server says that forbids it."""
    reply = requests.Response()
    reply.status_code, reply.url, reply.request = 403, str(request.url), request
    reply.headers["Content-Type"] = "application/json"
    reply.raw = io.BytesIO(b'{"errorMessages": ["Not now."], "errors": {}}')
    return reply


class Refusing(BaseAdapter):
    """Carries requests; one to a place that says all of some words is forbidden."""

    def __init__(self, inner: BaseAdapter, place: str, words: tuple[str, ...]) -> None:
        super().__init__()
        self.inner, self.place, self.words, self.struck = inner, place, words, 0

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
        said = unquote_plus(f"{request.url} {body}")
        if self.place in urlsplit(str(request.url)).path and all(word in said for word in self.words):
            self.struck += 1
            return refusal(request)
        return self.inner.send(request, **how)

    def close(self) -> None:
        self.inner.close()


def sync(acme: Acme, **policy: Any) -> RunReport:
    office = acme.office()
    return run(office.strategy, acme.world(office), Policy(**{"publish": "never", **policy}))


def second_key_result(acme: Acme) -> None:
    text = (acme.folder / "scorecard.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines(keepends=True) if KEY_RESULT in line)
    acme.edit(line, line + line.replace(KEY_RESULT, "{id: C2.second, "))


@pytest.mark.parametrize(
    ("asked", "done", "left"),
    [(LOOK, "C2.second", "C1"), (FLOOR, "C1", "C2.second")],
    ids=["before edits", "before creations"],
)
def test_what_cannot_be_looked_at_is_not_written_and_the_rest_is(
    acme_here: Acme, asked: tuple[str, ...], done: str, left: str
) -> None:
    sync(acme_here)
    second_key_result(acme_here)
    acme_here.edit(RETENTION, "    name: Keep our customers\n")
    place, *words = asked
    number = acme_here.office().memory.links()["C1"].id
    says = tuple(number if word == "C1" else word for word in words)
    inner = acme_here.carrier
    adapters: list[Refusing] = []

    def carrier() -> BaseAdapter:
        adapters.append(Refusing(inner(), place, says))
        return adapters[-1]

    acme_here.carrier = carrier
    report = sync(acme_here)
    acme_here.carrier = inner
    assert sum(adapter.struck for adapter in adapters) > 0
    results = {one.ref: (one.result, one.reason) for one in report.outcomes if one.action != "hold"}
    assert results[done][0] == "applied"
    result, reason = results[left]
    assert result == "skipped"
    assert reason.startswith("not written, as Jira could not be looked at just before: ")
    assert report.exit_code == 5
    after = sync(acme_here)
    assert [change.ref for change in after.plan.writes()] == [left]
    assert after.exit_code == 0
