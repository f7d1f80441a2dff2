"""Confluence's things as API v2 shows them."""

from __future__ import annotations

import json
import sqlite3
from typing import Any
from urllib.parse import quote, quote_plus

Row = sqlite3.Row


def space_document(row: Row) -> dict[str, Any]:
    """`SpaceBulk`: a space without what must be asked for."""
    document = {
        "id": str(row["id"]),
        "key": row["key"],
        "name": row["name"],
        "type": "global",
        "status": "current",
        "authorId": row["author"],
        "spaceOwnerId": row["author"],
        "createdAt": row["created"],
        "_links": {"webui": f"/spaces/{row['key']}"},
    }
    if row["home"] is not None:
        document["homepageId"] = str(row["home"])
    return document


def page_document(row: Row, version: Row, space_key: str) -> dict[str, Any]:
    """`PageBulk` without a body: one version of a page."""
    webui = page_path(space_key, row["id"], version["title"])
    document = {
        "id": str(row["id"]),
        "status": row["status"] if version["number"] == row["version"] else "historical",
        "title": version["title"],
        "spaceId": str(row["space"]),
        "position": row["position"],
        "authorId": row["author"],
        "ownerId": row["author"],
        "lastOwnerId": None,
        "createdAt": row["created"],
        "version": version_document(version),
        "body": {},
        "_links": {
            "webui": webui,
            "editui": f"/pages/resumedraft.action?draftId={row['id']}",
            "tinyui": f"/x/{row['id']:x}",
        },
    }
    parent = row["parent"]
    # The document's texts say that both are null on a page without a parent; its schemas forget it.
    document |= {"parentId": None, "parentType": None}
    if parent is not None:
        document |= {"parentId": str(parent), "parentType": "page"}
    return document


def child_document(row: Row) -> dict[str, Any]:
    """`ChildPage`: a page in the list of its parent's children."""
    return {
        "id": str(row["id"]),
        "status": row["status"],
        "title": row["title"],
        "spaceId": str(row["space"]),
        "childPosition": row["position"],
    }


def typed_child_document(row: Row) -> dict[str, Any]:
    """`ChildrenResponse`: a child of any kind; this site has pages only."""
    return {**child_document(row), "type": "page"}


def version_document(row: Row) -> dict[str, Any]:
    """`Version`: number, message, who and when."""
    return {
        "number": row["number"],
        "message": row["message"],
        "minorEdit": False,
        "authorId": row["author"],
        "createdAt": row["created"],
    }


def property_document(row: Row) -> dict[str, Any]:
    """`ContentProperty`."""
    return {
        "id": str(row["id"]),
        "key": row["key"],
        "value": json.loads(row["value"]),
        "version": {
            "number": row["version"],
            "message": row["message"],
            "minorEdit": False,
            "authorId": row["author"],
            "createdAt": row["created"],
        },
    }


def label_document(row: Row) -> dict[str, Any]:
    """`Label` of API v2."""
    return {"id": str(row["id"]), "name": row["name"], "prefix": row["prefix"]}


def attachment_document(row: Row) -> dict[str, Any]:
    """`AttachmentBulk`: an attachment with its newest version."""
    download = download_path(row)
    webui = f"/pages/viewpageattachments.action?pageId={row['page']}&preview={quote(row['filename'])}"
    return {
        "id": f"att{row['id']}",
        "status": "current",
        "title": row["filename"],
        "createdAt": row["created"],
        "pageId": str(row["page"]),
        "mediaType": row["media_type"],
        "mediaTypeDescription": row["media_type"],
        "comment": row["comment"],
        "fileId": f"file-{row['id']}",
        "fileSize": row["size"],
        "webuiLink": webui,
        "downloadLink": download,
        "version": {
            "number": row["version"],
            "message": row["comment"],
            "minorEdit": bool(row["minor"]),
            "authorId": row["author"],
            "createdAt": row["changed"],
        },
        "_links": {"webui": webui, "download": download},
    }


def page_path(space_key: str, page: int, title: str) -> str:
    """Where people read a page, below the wiki's base: ``/spaces/STRAT/pages/123/Title+of+it``."""
    return f"/spaces/{quote(space_key)}/pages/{page}/{quote_plus(title)}"


def download_path(row: Row) -> str:
    """Where an attachment's newest version is, below the wiki's base."""
    file = quote(row["filename"], safe="")
    return f"/download/attachments/{row['page']}/{file}?version={row['version']}&api=v2"
