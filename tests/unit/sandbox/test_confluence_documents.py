"""Every reply of the embedded Confluence has the shape that Atlassian's own documents give it."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site

BASE = "http://127.0.0.1:8089"
SHARED = Path(os.environ.get("BSC_SYNC_SHARED", Path(__file__).parents[3] / ".." / "shared")) / "openapi"
V1 = SHARED / "confluence-cloud-v1.2026-07-21.json"
V2 = SHARED / "confluence-cloud-v2.2026-07-21.json"

pytestmark = pytest.mark.skipif(
    not (V1.exists() and V2.exists()), reason="Atlassian's OpenAPI documents are not on this machine"
)

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


class Document:
    """One OpenAPI document."""

    def __init__(self, file: Path) -> None:
        self.tree = json.loads(file.read_text(encoding="utf-8"))

    def response(self, method: str, path: str, status: int) -> dict[str, Any]:
        operation = self.tree["paths"][path][method.lower()]
        content = operation["responses"][str(status)].get("content") or {}
        return dict(content.get("application/json", {}).get("schema") or {})

    def problems(self, schema: dict[str, Any], value: Any, at: str = "$") -> Iterator[str]:
        """What is wrong with a value; properties that a schema does not name count as wrong."""
        parts = list(self._flat(schema))
        if value is None:
            if at.rpartition(".")[2] in {"parentId", "parentType"}:  # "or null if there is no parent page"
                return
            if not any(part.get("nullable") for part in parts) and any("type" in part for part in parts):
                yield f"{at}: null"
            return
        for part in parts:
            yield from _simple_problems(part, value, at)
        if isinstance(value, dict):
            yield from self._members(parts, value, at)
        if isinstance(value, list):
            for part in parts:
                for place, item in enumerate(value if "items" in part else ()):
                    yield from self.problems(part["items"], item, f"{at}[{place}]")

    def _members(self, parts: list[dict[str, Any]], value: dict[str, Any], at: str) -> Iterator[str]:
        named: dict[str, list[dict[str, Any]]] = {}
        for part in parts:
            for name, schema in part.get("properties", {}).items():
                named.setdefault(name, []).append(schema)
        open_ended = not named or any(part.get("additionalProperties") for part in parts)
        for name, item in value.items():
            if name in named:
                yield from self.problems({"allOf": named[name]}, item, f"{at}.{name}")
            elif not open_ended:
                yield f"{at}: unknown {name}"

    def _flat(self, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "$ref" in schema:
            yield from self._flat(self.tree["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        elif "allOf" in schema:
            for part in schema["allOf"]:
                yield from self._flat(part)
        else:
            yield schema


def _simple_problems(part: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    kind = part.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (kind == "integer" and value is True)):
        yield f"{at}: not {kind}: {value!r}"
    if "enum" in part and value not in part["enum"]:
        yield f"{at}: {value!r} is none of {part['enum']}"
    if isinstance(value, dict):
        yield from (f"{at}: no {name}" for name in part.get("required", ()) if name not in value)


class Caller:
    """Calls a route and holds its reply against the document."""

    def __init__(self, session: requests.Session) -> None:
        self.session = session
        self.v1, self.v2 = Document(V1), Document(V2)
        self.checked: set[str] = set()

    def two(self, method: str, template: str, status: int = 200, **options: Any) -> Any:
        return self._call(self.v2, method, template, "/wiki/api/v2", status, options)

    def one(self, method: str, template: str, status: int = 200, **options: Any) -> Any:
        return self._call(self.v1, method, template, "", status, options)

    def _call(
        self, document: Document, method: str, template: str, root: str, status: int, options: dict[str, Any]
    ) -> Any:
        names = options.pop("at", {})
        path = template
        for name, value in names.items():
            path = path.replace("{" + name + "}", str(value))
        reply = self.session.request(method, f"{BASE}{root}{path}", **options)
        assert reply.status_code == status, reply.text
        self.checked.add(f"{method} {_nameless(template)}")
        if not reply.content:
            return None
        schema = document.response(method, template, status)
        assert schema, f"{method} {template} has no schema for {status}"
        assert list(document.problems(schema, reply.json())) == []
        return reply.json()


def test_every_reply_has_its_documented_shape() -> None:
    """One walk through every route, so that none is forgotten."""
    site = Site({"projects": [], "spaces": [{"key": "S", "name": "Home"}]}, base_url=BASE)
    session = requests.Session()
    session.auth = ("admin@sandbox.example", "sandbox-token")
    app = create_app(site)
    session.mount(BASE, InProcessAdapter(app))
    caller = Caller(session)

    space = caller.two("GET", "/spaces")["results"][0]
    at = {"id": space["id"]}
    caller.two("GET", "/spaces/{id}", at=at)
    body = {"representation": "storage", "value": "<p>x</p>"}
    page = caller.two("POST", "/pages", json={"spaceId": space["id"], "title": "T", "body": body})
    at = {"id": page["id"]}
    change = {"id": page["id"], "status": "current", "title": "T", "body": body, "version": {"number": 2}}
    caller.two("PUT", "/pages/{id}", at=at, json=change)
    caller.two("PUT", "/pages/{id}/title", at=at, json={"status": "current", "title": "U"})
    caller.one(
        "POST",
        "/wiki/rest/api/content/{id}/label",
        at=at,
        json=[{"prefix": "global", "name": "a"}],
    )
    upload: dict[str, Any] = {"files": {"file": ("a.png", b"x", "image/png")}, "data": {"minorEdit": "true"}}
    headers = {"X-Atlassian-Token": "nocheck"}
    attachment = "/wiki/rest/api/content/{id}/child/attachment"
    kept = caller.one("PUT", attachment, at=at, headers=headers, **upload)["results"][0]
    upload["files"] = {"file": ("b.png", b"x", "image/png")}
    caller.one("POST", attachment, at=at, headers=headers, **upload)
    renewed = {**at, "attachmentId": kept["id"]}
    caller.one("POST", attachment + "/{attachmentId}/data", at=renewed, headers=headers, **upload)
    told = {"id": kept["id"], "type": "attachment", "version": {"number": 2}, "title": "c.png"}
    caller.one("PUT", attachment + "/{attachmentId}", at=renewed, json=told)
    caller.one("GET", "/wiki/rest/api/user/current")
    caller.two("GET", "/attachments/{id}", at={"id": kept["id"]})

    _walk_fragments(caller, "page", page["id"])
    _walk_fragments(caller, "attachment", kept["id"])
    _walk_lists(caller, page["id"], space)
    _walk_watches_and_search(caller, page["id"])
    _walk_to_the_end(caller, page["id"], space)
    assert caller.checked == _routes(app)
    site.store.close()


def _walk_fragments(caller: Caller, kind: str, owner: str) -> None:
    of = {f"{kind}-id": owner}
    path = f"/{kind}s/{{{kind}-id}}/properties"
    stored = caller.two("POST", path, at=of, json={"key": "k", "value": [1]})
    both = {**of, "property-id": stored["id"]}
    caller.two("GET", path, at=of)
    caller.two("GET", path + "/{property-id}", at=both)
    changed = {"key": "k", "value": 2, "version": {"number": 2}}
    caller.two("PUT", path + "/{property-id}", at=both, json=changed)
    caller.two("DELETE", path + "/{property-id}", 204, at=both)
    caller.two("POST", path, at=of, json={"key": "kept", "value": {}})


def _walk_lists(caller: Caller, page: str, space: dict[str, Any]) -> None:
    at = {"id": page}
    every = {f"include-{name}": "true" for name in ("labels", "properties", "versions", "version")}
    caller.two("GET", "/pages/{id}", at=at, params={"body-format": "storage", **every})
    caller.two("GET", "/pages/{id}", at=at, params={"body-format": "view"})
    caller.two("GET", "/pages", params={"body-format": "storage"})
    caller.two("GET", "/pages", params={"limit": 1})
    caller.two("GET", "/spaces/{id}/pages", at={"id": space["id"]})
    caller.two("GET", "/pages/{id}/children", at={"id": space["homepageId"]})
    caller.two("GET", "/pages/{id}/direct-children", at={"id": space["homepageId"]})
    caller.two("GET", "/pages/{id}/versions", at=at, params={"body-format": "storage"})
    caller.two("GET", "/pages/{page-id}/versions/{version-number}", at={"page-id": page, "version-number": 2})
    caller.two("GET", "/pages/{id}/labels", at=at)
    caller.two("GET", "/pages/{id}/attachments", at=at)


def _walk_watches_and_search(caller: Caller, page: str) -> None:
    watch = "/wiki/rest/api/user/watch/content/{contentId}"
    caller.one("POST", watch, 204, at={"contentId": page})
    caller.one("GET", watch, at={"contentId": page})
    caller.one("DELETE", watch, 204, at={"contentId": page}, headers={"X-Atlassian-Token": "no-check"})
    cql = {"cql": "type = page and label = a"}
    caller.one("GET", "/wiki/rest/api/content/search", params={**cql, "expand": "space,version,body.storage"})
    caller.one("GET", "/wiki/rest/api/search", params=cql)


def _walk_to_the_end(caller: Caller, page: str, space: dict[str, Any]) -> None:
    at = {"id": page}
    caller.one("DELETE", "/wiki/rest/api/content/{id}/label", 204, at=at, params={"name": "a"})
    caller.one("DELETE", "/wiki/rest/api/content/{id}/label/{label}", 204, at={**at, "label": "a"})
    caller.two("DELETE", "/pages/{id}", 204, at=at)
    other = caller.two("POST", "/pages", json={"spaceId": space["id"], "title": "V"})
    archive = {"pages": [{"id": int(other["id"])}]}
    caller.one("POST", "/wiki/rest/api/content/archive", 202, json=archive)


def _routes(app: Flask) -> set[str]:
    """All routes for programs, but the ones that only say "gone" and the redirect to a download."""
    return {
        f"{method} {_nameless(rule.rule.removeprefix('/wiki/api/v2'))}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/wiki/api/", "/wiki/rest/"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if ".gone_" not in rule.endpoint and not rule.rule.endswith("/download")
    }


def _nameless(path: str) -> str:
    return re.sub(r"<[^>]*>|\{[^}]*\}", "*", path)
