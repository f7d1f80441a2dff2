"""Confluence's things as API v1 shows them, on Cloud and on Data Center."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from bsc_sync.sandbox.confluence.documents import download_path, page_path
from bsc_sync.sandbox.confluence.place import context, is_data_center

if TYPE_CHECKING:
    from bsc_sync.sandbox.people import User
    from bsc_sync.sandbox.site import Site

Row = sqlite3.Row

_SAYS_ITSELF = re.compile(r"[A-Za-z0-9 _-]+")


def root(site: Site) -> str:
    """Where the wiki begins, with host."""
    return f"{site.base_url}{context(site)}"


def user_document(site: Site, user: User) -> dict[str, Any]:
    """`User`: by account id on Cloud, by name and key on Data Center."""
    if not is_data_center(site):
        return {
            "type": "known",
            "accountId": user.account_id,
            "accountType": user.kind,
            "publicName": user.name,
            "displayName": user.name,
        }
    picture = {"path": f"{context(site)}/images/icons/profilepics/default.svg", "isDefault": True}
    return {
        "type": "known",
        "username": user.login,
        "userKey": user.key,
        "profilePicture": {**picture, "width": 48, "height": 48},
        "displayName": user.name,
        "_links": {"self": f"{root(site)}/rest/api/user?key={user.key}"},
        "_expandable": {"status": ""},
    }


def version_document(site: Site, row: Row, *, minor: bool) -> dict[str, Any]:
    """`Version`: who, when, why, and whether it was a minor edit."""
    author = site.users.get(row["author"])
    return {
        **({"by": user_document(site, author)} if author else {}),
        "when": row["created"],
        "message": row["message"],
        "number": row["number"],
        "minorEdit": minor,
        **({"hidden": False} if is_data_center(site) else {}),
    }


def attachment_content(site: Site, row: Row) -> dict[str, Any]:
    """`Content` of type attachment, with its newest version."""
    author = site.users.get(row["author"])
    return {
        "id": f"att{row['id']}",
        "type": "attachment",
        "status": "current",
        "title": row["filename"],
        "version": {
            **({"by": user_document(site, author)} if author else {}),
            "number": row["version"],
            "when": row["changed"],
            "message": row["comment"],
            "minorEdit": bool(row["minor"]),
        },
        "metadata": {"mediaType": row["media_type"], "comment": row["comment"]},
        "extensions": {
            "mediaType": row["media_type"],
            "fileSize": row["size"],
            "comment": row["comment"],
            **({} if is_data_center(site) else {"fileId": f"file-{row['id']}"}),
        },
        "_links": {
            "self": f"{root(site)}/rest/api/content/att{row['id']}",
            "webui": f"/pages/viewpageattachments.action?pageId={row['page']}"
            f"&preview={quote(row['filename'])}",
            "download": download_path(row),
        },
    }


def label_document(row: Row) -> dict[str, str]:
    """`Label` of API v1."""
    text = row["name"] if row["prefix"] == "global" else f"{row['prefix']}:{row['name']}"
    return {"prefix": row["prefix"], "name": row["name"], "id": str(row["id"]), "label": text}


def property_document(site: Site, row: Row) -> dict[str, Any]:
    """`JsonContentProperty` of API v1."""
    path = f"/rest/api/content/{row['page']}"
    return {
        "id": str(row["id"]),
        "key": row["key"],
        "value": json.loads(row["value"]),
        "version": {
            "when": row["created"],
            "message": row["message"],
            "number": row["version"],
            "minorEdit": True,
        },
        "_links": {
            "self": f"{root(site)}{path}/property/{quote(row['key'], safe='')}",
            "base": root(site),
            "context": context(site),
        },
        "_expandable": {"content": path},
    }


def space_content(site: Site, row: Row) -> dict[str, Any]:
    """`Space` of API v1."""
    return {
        "id": row["id"],
        "key": row["key"],
        "name": row["name"],
        "status": "current",
        "type": "global",
        "_links": {
            "webui": f"/display/{quote(row['key'])}"
            if is_data_center(site)
            else f"/spaces/{quote(row['key'])}",
            "self": f"{root(site)}/rest/api/space/{quote(row['key'])}",
        },
    }


def page_webui(site: Site, space_key: str, page: int, title: str) -> str:
    """Where people read a page, below the wiki's base.

    Data Center writes the title into the address where it can: ``/display/STRAT/Title+of+it``.
    """
    if not is_data_center(site):
        return page_path(space_key, page, title)
    if _SAYS_ITSELF.fullmatch(title):
        return f"/display/{quote(space_key)}/{quote_plus(title)}"
    return f"/pages/viewpage.action?pageId={page}"


def listing(
    site: Site, results: list[dict[str, Any]], *, start: int, limit: int, path: str, more: str = ""
) -> dict[str, Any]:
    """A page of results as API v1 gives it; `more` is the path of the next one, if there is one."""
    links = {"self": f"{root(site)}{path}", "base": root(site), "context": context(site)}
    if more:
        links["next"] = more
    return {"results": results, "start": start, "limit": limit, "size": len(results), "_links": links}
