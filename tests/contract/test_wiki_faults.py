"""Every kind of fault at every request of a publication: an error of ours, and the next run heals it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from requests.adapters import BaseAdapter

from bsc_sync.errors import RemoteError
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site
from tests.wiki_site import NOW, SEED, Wiki, reply_of

Fault = Callable[[requests.PreparedRequest, BaseAdapter], requests.Response]


def dropped_before(_request: requests.PreparedRequest, _inner: BaseAdapter) -> requests.Response:
    raise requests.ConnectionError("it never arrived")


def dropped_after(request: requests.PreparedRequest, inner: BaseAdapter) -> requests.Response:
    inner.send(request).close()
    raise requests.ConnectionError("the reply was lost")


def failed_before(request: requests.PreparedRequest, _inner: BaseAdapter) -> requests.Response:
    return reply_of(request, 500, "application/json", b'{"message": "out of order"}')


def failed_after(request: requests.PreparedRequest, inner: BaseAdapter) -> requests.Response:
    inner.send(request).close()
    return reply_of(request, 504, "text/html", b"<h1>Gateway time-out</h1>")


def cut_short(request: requests.PreparedRequest, inner: BaseAdapter) -> requests.Response:
    reply = inner.send(request)
    return reply_of(request, reply.status_code, "application/json", reply.content[: len(reply.content) // 2])


def a_login_page(request: requests.PreparedRequest, _inner: BaseAdapter) -> requests.Response:
    return reply_of(request, 200, "text/html", b"<html><form>Log in</form></html>")


KINDS: tuple[Fault, ...] = (
    dropped_before,
    dropped_after,
    failed_before,
    failed_after,
    cut_short,
    a_login_page,
)


def at(nth: int, fault: Fault) -> Fault:
    """The fault at the nth request and at every repetition of it, nowhere else."""
    seen: list[str] = []

    def meet(request: requests.PreparedRequest, inner: BaseAdapter) -> requests.Response:
        what = f"{request.method} {request.url}"
        if not seen or seen[-1] != what:
            seen.append(what)
        return fault(request, inner) if len(seen) == nth else inner.send(request)

    return meet


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_a_fault_anywhere_is_told_and_heals(flavor: Flavor, kind: Fault, tmp_path: Path) -> None:
    met = 0
    for nth in range(1, 30):
        folder = tmp_path / str(nth)
        folder.mkdir()
        site = Site(SEED, flavor=flavor, clock=Clock(NOW))
        app = create_app(site)
        person = requests.Session()
        mia = site.users["acme:mia"]
        person.auth = (mia.email if flavor == "cloud" else mia.login, mia.token)
        person.mount(site.base_url, InProcessAdapter(app))
        wiki = Wiki(site, app, folder, lambda app=app: InProcessAdapter(app), person)  # type: ignore[misc]  # app of this round
        faults = 0
        fault = at(nth, kind)
        for digest in ("one", "two"):
            wiki.fault = fault
            try:
                assert wiki.publish(digest).result in {"created", "updated"}
            except RemoteError:
                faults += 1
            wiki.fault = None
            assert wiki.publish(digest).result in {"created", "updated", "unchanged"}
            page = wiki.the_page()
            counts = wiki.counts()
            assert (counts["property"], counts["page_label"], counts["attachment"]) == (1, 1, 1)
            assert wiki.publish(digest).result == "unchanged"
            assert (wiki.the_page(), wiki.counts()) == (page, counts)
        site.store.close()
        met += faults
        if not faults and nth > 12:
            break
    assert met > 12  # every request of both publications
