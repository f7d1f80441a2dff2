"""Somebody who asks a fresh sandbox for everything that it has."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.site import Site

SEED: dict[str, Any] = {
    "users": [{"account_id": "acme:ada", "name": "Ada", "email": "ada@acme.example", "token": "t-ada"}],
    "fields": [
        {"name": "Story Points", "type": "number"},
        {"name": "Team", "type": "select", "options": ["Red", "Blue"]},
    ],
    "link_types": [{"name": "Contributes", "inward": "is contributed to by", "outward": "contributes to"}],
    "projects": [
        {
            "key": "OPS",
            "name": "Operations",
            "components": ["core"],
            "issues": [
                {"type": "Epic", "summary": "Run smoothly"},
                {
                    "type": "Story",
                    "summary": "Oil the hinge",
                    "description": "It *squeaks*.",
                    "labels": ["a"],
                    "components": ["core"],
                    "assignee": "acme:ada",
                    "fields": {"Story Points": 3, "Team": "Red"},
                    "links": [{"type": "contributes to", "to": "OPS-1"}],
                },
                {"type": "Story", "summary": "Paint the door"},
            ],
        }
    ],
    "spaces": [{"key": "S", "name": "Strategy"}],
}


class Walker:
    """Asks a fresh sandbox; every answer has to be a success."""

    def __init__(self, flavor: Flavor, version: int) -> None:
        self.cloud = flavor == "cloud"
        self.version = version
        self.site = Site(SEED, flavor=flavor)
        self.app: Flask = create_app(self.site)
        self.client = self.app.test_client()
        name = "ada@acme.example" if self.cloud else "ada"
        token = base64.b64encode(f"{name}:t-ada".encode()).decode()
        self.headers = {"Authorization": f"Basic {token}", "X-Atlassian-Token": "no-check"}

    def ask(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """The reply's JSON; paths that do not begin with a slash are Jira's own."""
        full = path if path.startswith("/") else f"/rest/api/{self.version}/{path}"
        full += f"?{urlencode(query)}" if query else ""
        sent: dict[str, Any] = {}
        if body is not None:
            sent = {"data": json.dumps(body), "content_type": "application/json"}
        return self._answer(method, full, sent)

    def upload(self, method: str, path: str, name: str) -> Any:
        """A file as an attachment."""
        return self._answer(method, path, {"data": {"file": (BytesIO(b"<svg/>"), name), "minorEdit": "true"}})

    def _answer(self, method: str, full: str, sent: dict[str, Any]) -> Any:
        reply = self.client.open(full, method=method, headers=self.headers, **sent)
        text = reply.get_data(as_text=True)
        assert reply.status_code < 400, (method, full, reply.status_code, text)
        return json.loads(text) if text and "json" in (reply.content_type or "") else None

    def words(self, text: str) -> Any:
        """Text as the version writes it."""
        if self.version == 2:
            return text
        paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
        return {"type": "doc", "version": 1, "content": [paragraph]}
