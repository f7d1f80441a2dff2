"""The same small site as Cloud and as Data Center, and what is asked of either in the same words."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from werkzeug.test import TestResponse

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.site import Site

FLAVORS: tuple[Flavor, ...] = ("cloud", "data-center")
Answer = tuple[int, Any]


@dataclass
class Door:
    """Asks one site as one of its people."""

    site: Site
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        """Open the site."""
        self.client = create_app(self.site).test_client()

    @property
    def api(self) -> str:
        """Where the newest API is."""
        return "/rest/api/3" if self.site.flavor == "cloud" else "/rest/api/2"

    def send(self, method: str, path: str, body: Any = None, *, user: str = "acme:ada") -> TestResponse:
        """One request; `path` without the API's beginning unless it starts with /rest."""
        person = self.site.users[user]
        if self.site.flavor == "cloud":
            login = "Basic " + base64.b64encode(f"{person.email}:{person.token}".encode()).decode()
        else:
            login = f"Bearer {person.token}"
        reply: TestResponse = self.client.open(
            path if path.startswith("/rest") else self.api + path,
            method=method,
            data=None if body is None else json.dumps(body),
            headers={"Authorization": login},
            content_type="application/json",
        )
        return reply

    def ask(self, method: str, path: str, body: Any = None, *, user: str = "acme:ada") -> Answer:
        """Status and JSON of the reply, fractions as Decimal."""
        reply = self.send(method, path, body, user=user)
        text = reply.get_data(as_text=True)
        return reply.status_code, json.loads(text, parse_float=Decimal) if text else None

    def keys(self, jql: str, *, user: str = "acme:ada") -> list[str]:
        """The keys that a query finds."""
        path = "/search/jql" if self.site.flavor == "cloud" else "/search"
        status, body = self.ask("POST", path, {"jql": jql, "fields": ["summary"]}, user=user)
        assert status == 200, body
        return [issue["key"] for issue in body["issues"]]

    def field_id(self, name: str) -> str:
        """The id of the one field of a name."""
        (found,) = [item["id"] for item in self.ask("GET", "/field")[1] if item["name"] == name]
        return str(found)

    def type_id(self, project: str, name: str) -> str:
        """The id of a type in a project."""
        types = self.ask("GET", f"/project/{project}")[1]["issueTypes"]
        return str(next(item["id"] for item in types if item["name"] == name))

    def creation(self, project: str, name: str, *, user: str = "acme:ada") -> dict[str, Any]:
        """The metadata of creation of a type: fields by id."""
        path = f"/issue/createmeta/{project}/issuetypes/{self.type_id(project, name)}?maxResults=200"
        status, body = self.ask("GET", path, user=user)
        assert status == 200, body
        return {item["fieldId"]: item for item in body.get("fields", body.get("values"))}


Open = Callable[..., Door]
