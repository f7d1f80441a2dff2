"""Confluence's refusals in the sandbox are the recorded ones, word by word where they are known whole."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site

RECORDED = Path(os.environ.get("BSC_SYNC_SHARED", "../shared")) / "fixtures" / "observed_errors"
BASE = "http://wiki.example"
SEED: dict[str, Any] = {
    "users": [{"account_id": "acme:ada", "name": "Ada", "email": "ada@acme.example", "token": "t"}],
    "projects": [],
    "spaces": [{"key": "S", "name": "Home"}],
}
BODY = {"representation": "storage", "value": "<p>x</p>"}


def asker(flavor: Flavor) -> Callable[[str, str, object], requests.Response]:
    site = Site(SEED, flavor=flavor, base_url=BASE)
    session = requests.Session()
    user = site.users["acme:ada"]
    session.auth = (user.email if flavor == "cloud" else user.login, user.token)
    session.mount(BASE, InProcessAdapter(create_app(site)))
    return lambda method, path, body: session.request(method, BASE + path, json=body, timeout=30)


def long_title() -> requests.Response:
    new = {"type": "page", "title": "x" * 256, "space": {"key": "S"}}
    return asker("data-center")("POST", "/confluence/rest/api/content", new)


def stale_v1() -> requests.Response:
    ask = asker("data-center")
    new = {"type": "page", "title": "T", "space": {"key": "S"}, "body": {"storage": BODY}}
    page = ask("POST", "/confluence/rest/api/content", new).json()["id"]
    change = {"type": "page", "title": "T", "body": {"storage": BODY}, "version": {"number": 2}}
    ask("PUT", f"/confluence/rest/api/content/{page}", change)
    return ask("PUT", f"/confluence/rest/api/content/{page}", change)


def stale_v2() -> requests.Response:
    ask = asker("cloud")
    space = ask("GET", "/wiki/api/v2/spaces", None).json()["results"][0]["id"]
    page = ask("POST", "/wiki/api/v2/pages", {"spaceId": space, "title": "T", "body": BODY}).json()["id"]
    change = {"id": page, "status": "current", "title": "T", "body": BODY, "version": {"number": 2}}
    ask("PUT", f"/wiki/api/v2/pages/{page}", change)
    return ask("PUT", f"/wiki/api/v2/pages/{page}", change)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded replies are not at hand (BSC_SYNC_SHARED)")
@pytest.mark.parametrize(
    ("name", "provoke"),
    [
        ("confluence_v1_400_title_too_long", long_title),
        ("confluence_v1_409_version_conflict", stale_v1),
        ("confluence_v2_409_version_conflict", stale_v2),
    ],
)
def test_a_refusal_is_the_recorded_one(name: str, provoke: Callable[[], requests.Response]) -> None:
    recorded = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    reply = provoke()
    assert reply.status_code == recorded["status"]
    assert reply.json() == recorded["body"]
