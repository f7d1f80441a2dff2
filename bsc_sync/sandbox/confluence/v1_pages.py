"""A page as API v1 shows it: little by itself, and what was asked for with `expand`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bsc_sync.sandbox.confluence import content, fragments
from bsc_sync.sandbox.confluence.page_html import page_html
from bsc_sync.sandbox.confluence.place import context
from bsc_sync.sandbox.confluence.properties import PAGES, properties_of
from bsc_sync.sandbox.confluence.surroundings import surroundings_of
from bsc_sync.sandbox.confluence.v1_documents import (
    attachment_content,
    label_document,
    listing,
    page_webui,
    property_document,
    root,
    space_content,
    user_document,
    version_document,
)

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

Row = sqlite3.Row
Expand = Mapping[str, Any]


def expansions(text: str | None, default: str) -> Expand:
    """What `expand` asks for, as a tree.

    ``body.storage,version`` is ``{"body": {"storage": {}}, "version": {}}``.
    """
    tree: dict[str, Any] = {}
    for path in (default if text is None else text).split(","):
        branch = tree
        for step in filter(None, path.strip().split(".")):
            branch = branch.setdefault(step, {})
    return tree


def page_content(
    site: Site, connection: sqlite3.Connection, row: Row, expand: Expand, *, number: int | None = None
) -> dict[str, Any]:
    """`Content` of type page; `row` has `space_key`, `number` is a version (default: the newest)."""
    shown = content.version_of(connection, row["id"], number or row["version"])
    webui = page_webui(site, row["space_key"], row["id"], shown["title"])
    document: dict[str, Any] = {
        "id": str(row["id"]),
        "type": "page",
        "status": row["status"] if shown["number"] == row["version"] else "historical",
        "title": shown["title"],
        "position": row["position"],
        "extensions": {"position": row["position"]},
    }
    expandable: dict[str, str] = {}
    for name, (path, build) in _PARTS.items():
        if name in expand:
            document[name] = build(site, connection, row, shown, expand[name])
        else:
            expandable[name] = path.format(id=row["id"], space=row["space_key"])
    document["_links"] = {
        "webui": webui,
        "edit": f"/pages/resumedraft.action?draftId={row['id']}",
        "tinyui": f"/x/{row['id']:x}",
        "self": f"{root(site)}/rest/api/content/{row['id']}",
    }
    document["_expandable"] = expandable
    return document


def with_base(site: Site, document: dict[str, Any]) -> dict[str, Any]:
    """A document that is a reply by itself: its links can be completed."""
    links = {"collection": "/rest/api/content", "base": root(site), "context": context(site)}
    return {**document, "_links": {**document["_links"], **links}}


def _space(site: Site, connection: sqlite3.Connection, row: Row, _shown: Row, expand: Expand) -> Any:
    return space_with_home(site, connection, content.space_by_id(connection, row["space"]), expand)


def space_with_home(site: Site, connection: sqlite3.Connection, row: Row, expand: Expand) -> dict[str, Any]:
    """A space, with its home page where that is asked for."""
    document = space_content(site, row)
    if "homepage" in expand and row["home"] is not None:
        home = content.page_by_id(connection, row["home"])
        return {**document, "homepage": page_content(site, connection, home, {}), "_expandable": {}}
    path = f"/rest/api/content/{row['home']}" if row["home"] is not None else ""
    return {**document, "_expandable": {"homepage": path}}


def _history(site: Site, connection: sqlite3.Connection, row: Row, _shown: Row, expand: Expand) -> Any:
    author = site.users.get(row["author"])
    document: dict[str, Any] = {
        "latest": True,
        **({"createdBy": user_document(site, author)} if author else {}),
        "createdDate": row["created"],
        "_links": {"self": f"{root(site)}/rest/api/content/{row['id']}/history"},
    }
    if "lastUpdated" in expand:
        newest = content.version_of(connection, row["id"], row["version"])
        document["lastUpdated"] = _version(site, connection, row, newest, {})
    return document


def _version(site: Site, connection: sqlite3.Connection, row: Row, shown: Row, _expand: Expand) -> Any:
    quiet = connection.execute(
        "SELECT 1 FROM wiki_quiet WHERE page = ? AND number = ?", (row["id"], shown["number"])
    ).fetchone()
    return version_document(site, shown, minor=quiet is not None)


def _ancestors(site: Site, connection: sqlite3.Connection, row: Row, _shown: Row, _expand: Expand) -> Any:
    above = content.ancestors(connection, row)
    return [
        page_content(site, connection, content.page_by_id(connection, one["id"], one["status"]), {})
        for one in above
    ]


def _body(site: Site, connection: sqlite3.Connection, row: Row, shown: Row, expand: Expand) -> Any:
    bodies: dict[str, Any] = {}
    if "storage" in expand:
        bodies["storage"] = {"value": shown["body"], "representation": "storage"}
    if "view" in expand:
        around = surroundings_of(site, connection, row["id"])
        bodies["view"] = {"value": str(page_html(shown["body"], around)), "representation": "view"}
    return bodies


def _metadata(site: Site, connection: sqlite3.Connection, row: Row, _shown: Row, expand: Expand) -> Any:
    found: dict[str, Any] = {}
    path = f"/rest/api/content/{row['id']}"
    if "labels" in expand:
        labels = [label_document(one) for one in fragments.labels_of(connection, row["id"])]
        found["labels"] = listing(site, labels, start=0, limit=200, path=f"{path}/label")
    if "properties" in expand:
        wanted = expand["properties"]
        found["properties"] = {
            one["key"]: property_document(site, one)
            if one["key"] in wanted
            else {"key": one["key"], "value": json.loads(one["value"])}
            for one in properties_of(connection, PAGES, row["id"])
            if not wanted or one["key"] in wanted
        }
    return found


def _children(site: Site, connection: sqlite3.Connection, row: Row, _shown: Row, expand: Expand) -> Any:
    found: dict[str, Any] = {}
    path = f"/rest/api/content/{row['id']}/child"
    if "page" in expand:
        below = content.children(connection, row["id"])
        pages = [page_content(site, connection, one, expand["page"]) for one in below]
        found["page"] = listing(site, pages, start=0, limit=25, path=f"{path}/page")
    if "attachment" in expand:
        files = [attachment_content(site, one) for one in fragments.attachments_of(connection, row["id"])]
        found["attachment"] = listing(site, files, start=0, limit=25, path=f"{path}/attachment")
    return found


_Build = Callable[["Site", sqlite3.Connection, Row, Row, Expand], Any]
_PARTS: Mapping[str, tuple[str, _Build]] = {
    "space": ("/rest/api/space/{space}", _space),
    "history": ("/rest/api/content/{id}/history", _history),
    "version": ("", _version),
    "ancestors": ("", _ancestors),
    "body": ("", _body),
    "metadata": ("", _metadata),
    "children": ("/rest/api/content/{id}/child", _children),
}
