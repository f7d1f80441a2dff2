"""One budget for all threads, seen from the server: how many come at once, and who comes too early."""

from __future__ import annotations

import threading
import time
from collections import Counter

from requests.adapters import HTTPAdapter
from werkzeug.wrappers import Request, Response

from bsc_sync.atlassian.client import Client
from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.session import Site, connect
from tests.loopback import Loopback, json_reply


class Busy:
    """A site that counts who is inside, and asks to wait after `until` requests, once."""

    def __init__(self, *, until: int | None = None, wait: str = "1") -> None:
        self.lock = threading.Lock()
        self.inside: Counter[str] = Counter()
        self.most = 0
        self.most_of_issue = 0
        self.count = 0
        self.until, self.wait = until, wait
        self.refused_at: float | None = None
        self.refusals = 0
        self.early = 0

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.count += 1
            now = time.monotonic()
            closed = self.refused_at is not None and now < self.refused_at + float(self.wait)
            if self.until is not None and self.count > self.until and (self.refused_at is None or closed):
                if self.refused_at is not None and now > self.refused_at + 0.3:
                    self.early += 1
                self.refused_at = self.refused_at or now
                self.refusals += 1
                return json_reply(status=429, Retry_After=self.wait)
            self.inside["all"] += 1
            self.inside[request.path] += 1
            self.most = max(self.most, self.inside["all"])
            if request.method == "PUT":
                self.most_of_issue = max(self.most_of_issue, self.inside[request.path])
        time.sleep(0.02)
        with self.lock:
            self.inside["all"] -= 1
            self.inside[request.path] -= 1
        return json_reply('{"name": "ada"}')


def site_at(server: Loopback) -> Site:
    return connect(server.url, user="ada", token="passw0rd", transport=PatientAdapter(HTTPAdapter()))


def test_work_side_by_side_and_the_jira_package_share_one_budget() -> None:
    busy = Busy()
    with Loopback(busy.answer) as server:
        site = site_at(server)
        client = Client(site, version="2")

        def ask(number: int) -> object:
            return client.myself() if number % 2 else site.get(f"/rest/api/2/issue/{number}")

        inner = threading.Thread(target=lambda: site.side_by_side(ask, list(range(24))))
        inner.start()
        site.side_by_side(ask, list(range(24)))
        inner.join(20)
    assert busy.count == 48
    assert 2 <= busy.most <= 4


def test_writes_to_one_issue_follow_each_other() -> None:
    busy = Busy()
    with Loopback(busy.answer) as server:
        site = site_at(server)
        site.side_by_side(lambda number: site.put(f"/rest/api/2/issue/{number % 2}", {}), list(range(12)))
    assert busy.count == 12
    assert busy.most_of_issue == 1
    assert busy.most >= 2, "different issues do not wait for each other"


def test_when_one_is_asked_to_wait_all_wait() -> None:
    busy = Busy(until=6)
    with Loopback(busy.answer) as server:
        site = site_at(server)
        site.side_by_side(lambda number: site.get(f"/rest/api/2/issue/{number}"), list(range(16)))
        assert site.transport.pace(site.url).limit < 4
    assert busy.early == 0, "nobody finds out for himself"
    assert 1 <= busy.refusals <= 4, "only those that were under way together"
    assert busy.count == 16 + busy.refusals
