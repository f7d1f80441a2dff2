"""A sandbox with our publisher and a person in it: what the tests of the page in Confluence look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from requests.adapters import BaseAdapter

from bsc_sync.atlassian.confluence.publisher import ConfluencePage
from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.session import connect
from bsc_sync.report.publication import Published
from bsc_sync.sandbox.site import Site
from bsc_sync.state.database import open_database
from bsc_sync.state.history import History
from tests.report_sample import sample_page

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
TITLE = "Acme scorecard"
MARK = "bsc-sync-acme"
SEED: dict[str, Any] = {
    "users": [
        {"account_id": "acme:bot", "name": "Sync Bot", "email": "bot@acme.example", "token": "bot-token"},
        {"account_id": "acme:mia", "name": "Mia Keller", "email": "mia@acme.example", "token": "mia-token"},
    ],
    "projects": [],
    "spaces": [
        {
            "key": "STRAT",
            "name": "Strategy",
            "pages": [
                {"title": "Quarter", "body": "<p>the quarter</p>"},
                {"title": "Old scorecard", "body": "<p>of last year</p>", "status": "archived"},
            ],
        },
        {"key": "READ", "name": "Read only", "permissions": {"create": ["acme:mia"]}},
        {"key": "BARE", "name": "No files", "permissions": {"attach": ["acme:mia"]}},
    ],
}

a_page = cache(sample_page)


@dataclass(slots=True)
class Wiki:
    """A sandbox, our publisher against it, and a person's way into it."""

    site: Site
    app: Flask
    folder: Path
    carrier: Callable[[], BaseAdapter]
    person: requests.Session
    in_the_middle: Callable[[requests.PreparedRequest], None] = field(default=lambda _request: None)
    lose: Callable[[requests.PreparedRequest], bool] = field(default=lambda _request: False)
    opened: list[PatientAdapter] = field(default_factory=list)
    fault: Callable[[requests.PreparedRequest, BaseAdapter], requests.Response | None] | None = None
    forbidden: str = ""  # what the token may not ask
    aside: tuple[str, str] | None = None  # the context path in the settings, and what a proxy makes of it

    @property
    def cloud(self) -> bool:
        return self.site.flavor == "cloud"

    @property
    def root(self) -> str:
        return self.site.base_url + ("/wiki" if self.cloud else "/confluence")

    @property
    def _address(self) -> str:
        return self.site.base_url + self.aside[0] if self.aside else self.root

    def history(self) -> History:
        return History(open_database(f"sqlite:///{self.folder / 'state.db'}"), "acme")

    def lose_store(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()

    def publisher(self, **changed: Any) -> ConfluencePage:
        bot = self.site.users["acme:bot"]
        name = bot.email if self.cloud else bot.login
        transport = PatientAdapter(_Between(self), sleep=lambda _seconds: None)
        self.opened.append(transport)
        wanted: dict[str, Any] = {
            "site": connect(self._address, user=name, token=bot.token, transport=transport),
            "space": "STRAT",
            "title": TITLE,
            "mark": MARK,
            "label": "bsc-acme",
        }
        return ConfluencePage(**{**wanted, "history": self.history(), **changed})

    def publish(self, digest: str = "one", *, force: bool = False, **changed: Any) -> Published:
        page = changed.pop("page", None) or a_page()
        return self.publisher(**changed).publish(page, digest, force=force)

    def close(self) -> None:
        """Close every connection, ours and the person's."""
        for transport in self.opened:
            transport.close()
        self.person.close()

    def ask(self, method: str, path: str, body: object = None, **query: str) -> Any:
        reply = self.person.request(method, self.root + path, json=body, params=query, timeout=30)
        assert reply.ok, (reply.status_code, reply.text)
        return reply.json() if reply.content else None

    def read(self, page_id: str) -> tuple[str, str, int]:
        """Title, body, version number."""
        if self.cloud:
            page = self.ask("GET", f"/api/v2/pages/{page_id}", **{"body-format": "storage"})
        else:
            page = self.ask("GET", f"/rest/api/content/{page_id}", expand="body.storage,version")
        return page["title"], page["body"]["storage"]["value"], page["version"]["number"]

    def edit(self, page_id: str, *, title: str = "", body: str = "", parent: str = "") -> None:
        """What a person does in the editor."""
        old_title, old_body, number = self.read(page_id)
        storage = {"representation": "storage", "value": body or old_body}
        common = {"id": page_id, "status": "current", "title": title or old_title}
        version = {"number": number + 1}
        if self.cloud:
            more = {"parentId": parent} if parent else {}
            cloud = {**common, **more, "body": storage, "version": version}
            self.ask("PUT", f"/api/v2/pages/{page_id}", cloud)
        else:
            more_v1 = {"ancestors": [{"id": parent}]} if parent else {}
            server = {**common, **more_v1, "type": "page", "body": {"storage": storage}, "version": version}
            self.ask("PUT", f"/rest/api/content/{page_id}", server)

    def add(self, title: str, body: str = "<p>a person's</p>") -> str:
        """A page that a person makes; its id."""
        if self.cloud:
            space = self.ask("GET", "/api/v2/spaces", keys="STRAT")["results"][0]["id"]
            storage = {"representation": "storage", "value": body}
            page = self.ask("POST", "/api/v2/pages", {"spaceId": space, "title": title, "body": storage})
        else:
            content = {"storage": {"representation": "storage", "value": body}}
            new = {"type": "page", "title": title, "space": {"key": "STRAT"}, "body": content}
            page = self.ask("POST", "/rest/api/content", new)
        return str(page["id"])

    def trash(self, page_id: str) -> None:
        self.ask("DELETE", f"/api/v2/pages/{page_id}" if self.cloud else f"/rest/api/content/{page_id}")

    def the_page(self) -> str:
        """The id of the one page that carries our mark."""
        with self.site.store.transaction() as connection:
            rows = connection.execute(
                "SELECT p.id FROM wiki_page p JOIN wiki_version v ON v.page = p.id AND v.number = p.version"
                " WHERE p.status = 'current' AND v.body LIKE ?",
                (f"%>{MARK}<%",),
            ).fetchall()
        assert len(rows) == 1, len(rows)
        return str(rows[0]["id"])

    def counts(self) -> dict[str, int]:
        """How much of everything there is: a write would show."""
        with self.site.store.transaction() as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM wiki_page) AS page,"
                " (SELECT count(*) FROM wiki_version) AS version,"
                " (SELECT count(*) FROM wiki_property) AS property,"
                " (SELECT count(*) FROM wiki_page_label) AS page_label,"
                " (SELECT count(*) FROM wiki_attachment) AS attachment,"
                " (SELECT count(*) FROM wiki_attachment_version) AS attachment_version"
            ).fetchone()
            return {**dict(row), "writes": self.writes()}

    def note_version(self) -> int:
        with self.site.store.transaction() as connection:
            return int(connection.execute("SELECT version FROM wiki_property").fetchone()["version"])

    def writes(self) -> int:
        reply = self.person.get(f"{self.site.base_url}/_sandbox/requests", timeout=30)
        return int(reply.json()["writes"])

    def mail(self) -> list[dict[str, Any]]:
        reply = self.person.get(f"{self.site.base_url}/_sandbox/mail", timeout=30)
        return list(reply.json()["mail"])


class _Between(BaseAdapter):
    """Carries our requests; a test may do something before one, or lose the reply of one."""

    def __init__(self, wiki: Wiki) -> None:
        super().__init__()
        self.wiki = wiki
        self.inner = wiki.carrier()

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        self.wiki.in_the_middle(request)
        if self.wiki.fault is not None and (reply := self.wiki.fault(request, self.inner)) is not None:
            return reply
        if self.wiki.aside:
            request.url = str(request.url).replace(*self.wiki.aside)
            if "/nothing/" in request.url:
                return reply_of(request, 404, "text/html", b"<h1>Not found</h1>")
        if self.wiki.forbidden and self.wiki.forbidden in str(request.url):
            return reply_of(request, 403, "application/json", b'{"statusCode": 403, "message": "no"}')
        reply = self.inner.send(request, **how)
        if self.wiki.lose(request):
            self.wiki.lose = lambda _request: False
            reply.close()
            raise requests.ConnectionError("the reply was lost")
        return reply

    def close(self) -> None:
        self.inner.close()


def reply_of(request: requests.PreparedRequest, status: int, kind: str, body: bytes) -> requests.Response:
    """What something before the site says."""
    reply = requests.Response()
    reply.status_code, reply._content, reply.request = status, body, request
    reply.headers["Content-Type"] = kind
    return reply


def is_creation(request: requests.PreparedRequest) -> bool:
    path = str(request.url).partition("?")[0]
    return request.method == "POST" and path.endswith(("/api/v2/pages", "/rest/api/content"))


def is_update(request: requests.PreparedRequest) -> bool:
    path = str(request.url).partition("?")[0].rpartition("/")[0]
    return request.method == "PUT" and path.endswith(("/api/v2/pages", "/rest/api/content"))


def is_note(request: requests.PreparedRequest) -> bool:
    return request.method in {"POST", "PUT"} and "/propert" in str(request.url)


def is_upload(request: requests.PreparedRequest) -> bool:
    return request.method in {"POST", "PUT"} and "/child/attachment" in str(request.url)


def is_label(request: requests.PreparedRequest) -> bool:
    return request.method == "POST" and str(request.url).endswith("/label")
