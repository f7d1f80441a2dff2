"""A small Jira that tests ask over WSGI."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.site import Site

Ask = Callable[..., tuple[int, Any]]

SEED: dict[str, Any] = {
    "site": {"title": "Acme", "time_zone": "Europe/Berlin"},
    "users": [
        {"account_id": "acme:ada", "name": "Ada Admin", "email": "ada@acme.example", "token": "t-ada"},
        {
            "account_id": "acme:bob",
            "name": "Bob Builder",
            "email": "bob@acme.example",
            "token": "t-bob",
            "time_zone": "America/New_York",
        },
    ],
    "fields": [
        {"name": "Story Points", "type": "number"},
        {"name": "Team", "type": "select", "options": ["Red", "Blue"]},
        {"name": "Markets", "type": "multiselect", "options": ["EU", "US"]},
        {"name": "Notes", "type": "textarea"},
        {"name": "Nickname", "type": "text"},
        {"name": "Review on", "type": "date"},
        {"name": "Measured at", "type": "datetime"},
        {"name": "Sponsor", "type": "user"},
        {"name": "Tags", "type": "labels"},
        {"name": "Board", "type": "url"},
    ],
    "link_types": [{"name": "Contributes", "inward": "is contributed to by", "outward": "contributes to"}],
    "projects": [
        {
            "key": "STRAT",
            "name": "Strategy",
            "screens": {
                "*": [
                    "summary",
                    "description",
                    "labels",
                    "duedate",
                    "priority",
                    "parent",
                    "issuelinks",
                    "Story Points",
                    "Team",
                    "Markets",
                    "Notes",
                    "Nickname",
                    "Review on",
                    "Measured at",
                    "Sponsor",
                    "Tags",
                    "Board",
                ],
                "Epic": {"create": ["summary", "labels"], "edit": ["summary", "description", "labels"]},
            },
            "issues": [{"type": "Epic", "summary": "Win the market"}],
        },
        {
            "key": "CRM",
            "name": "Customer relations",
            "style": "next-gen",
            "components": ["onboarding", "billing"],
            "issues": [
                {
                    "key": "CRM-7",
                    "type": "Story",
                    "summary": "Say hello",
                    "description": "Some *warm* words",
                    "status": "Done",
                    "parent": "STRAT-1",
                    "labels": ["a"],
                    "components": ["onboarding"],
                    "fields": {"Story Points": 3},
                    "links": [{"type": "contributes to", "to": "STRAT-1"}],
                },
                {"type": "Bug", "summary": "Broken bell", "assignee": "acme:bob"},
            ],
        },
    ],
}


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 10, 5, 8, 0, tzinfo=UTC))


@pytest.fixture
def seed() -> dict[str, Any]:
    """The seed of the small Jira, to be varied."""
    return dict(SEED)


@pytest.fixture
def site(clock: Clock) -> Iterator[Site]:
    made = Site(SEED, clock=clock)
    yield made
    made.store.close()


@pytest.fixture
def ask(site: Site) -> Ask:
    """`ask("POST", "/issue", {...}, version=2, user="bob")` gives status and body, fractions as Decimal."""
    client = create_app(site).test_client()

    def send(
        method: str,
        path: str,
        body: Any = None,
        *,
        version: int = 3,
        user: str = "ada",
        raw: str | None = None,
    ) -> tuple[int, Any]:
        credentials = base64.b64encode(f"{user}@acme.example:t-{user}".encode()).decode()
        data = raw if raw is not None else None if body is None else json.dumps(body)
        reply = client.open(
            f"/rest/api/{version}{path}",
            method=method,
            data=data,
            headers={"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
        )
        text = reply.get_data(as_text=True)
        if "json" not in (reply.content_type or "") or not text:
            return reply.status_code, text
        return reply.status_code, json.loads(text, parse_float=Decimal)

    return send


@pytest.fixture
def document() -> Callable[[str], dict[str, Any]]:
    """A document of one paragraph."""

    def made(text: str) -> dict[str, Any]:
        paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
        return {"type": "doc", "version": 1, "content": [paragraph]}

    return made
