"""What Confluence Cloud still needs of REST API v1: uploads, labels, archiving, who am I."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from bsc_sync.sandbox.confluence import content, fragments
from bsc_sync.sandbox.confluence.documents import download_path
from bsc_sync.sandbox.confluence.paging import whole_number
from bsc_sync.sandbox.confluence.refusals import refused_v1
from bsc_sync.sandbox.confluence.tables import next_id
from bsc_sync.sandbox.confluence.v2 import writing
from bsc_sync.sandbox.confluence.v2_fragments import attachment_number
from bsc_sync.sandbox.problems import TEXT, Refusal

if TYPE_CHECKING:
    from bsc_sync.sandbox.people import User
    from bsc_sync.sandbox.site import Site

Row = sqlite3.Row

# What has left the document of API v1, and where it went.
_GONE = (
    ("/content", ("GET", "POST")),
    ("/content/<int:identity>", ("GET", "PUT", "DELETE")),
    ("/content/<int:identity>/child", ("GET",)),
    ("/content/<int:identity>/child/page", ("GET",)),
    ("/content/<int:identity>/child/attachment", ("GET",)),
    ("/content/<int:identity>/label", ("GET",)),
    ("/content/<int:identity>/property", ("GET", "POST")),
    ("/content/<int:identity>/property/<key>", ("GET", "POST", "PUT", "DELETE")),
    ("/content/<int:identity>/history", ("GET",)),
    ("/space", ("GET",)),
    ("/space/<key>", ("GET",)),
    ("/space/<key>/content", ("GET",)),
)


def blueprint(site: Site) -> Blueprint:
    """The routes below `/wiki/rest/api`."""
    routes = Blueprint("confluence_v1", __name__, url_prefix="/wiki/rest/api")
    _label_routes(routes, site)
    _attachment_routes(routes, site)
    _other_routes(routes, site)
    for number, (rule, methods) in enumerate(_GONE):
        routes.add_url_rule(rule, f"gone_{number}", _gone, methods=methods)
    return routes


def _label_routes(routes: Blueprint, site: Site) -> None:
    @routes.post("/content/<identity>/label")
    def add(identity: str) -> Response:
        given = request.get_json(silent=True)
        labels = [_label(item) for item in (given if isinstance(given, list) else [given])]
        with site.store.transaction() as connection:
            page = _page(connection, identity)
            try:
                fragments.add_labels(connection, page["id"], labels)
            except ValueError as error:
                raise refused_v1(400, str(error)) from None
            results = [_label_document(row) for row in fragments.labels_of(connection, page["id"])]
        links = {"self": f"{site.base_url}/wiki/rest/api/content/{identity}/label"}
        return jsonify({"results": results, "start": 0, "limit": 200, "size": len(results), "_links": links})

    @routes.delete("/content/<identity>/label")
    def remove_named(identity: str) -> Response:
        if "name" not in request.args:
            raise refused_v1(400, "Must supply 'name'")
        return remove(identity, request.args["name"])

    @routes.delete("/content/<identity>/label/<label>")
    def remove(identity: str, label: str) -> Response:
        with site.store.transaction() as connection:
            fragments.remove_label(connection, _page(connection, identity)["id"], label)
        return Response(status=204)


def _attachment_routes(routes: Blueprint, site: Site) -> None:
    @routes.post("/content/<identity>/child/attachment")
    def create(identity: str) -> Response:
        return _upload(site, identity, replace=False)

    @routes.put("/content/<identity>/child/attachment")
    def create_or_update(identity: str) -> Response:
        return _upload(site, identity, replace=True)

    @routes.get("/content/<identity>/child/attachment/<attachment>/download")
    def download(identity: str, attachment: str) -> AnyResponse:
        with site.store.transaction() as connection:
            page = _page(connection, identity)
            row = fragments.attachment_by_id(connection, attachment_number(attachment))
            if row["page"] != page["id"]:
                raise refused_v1(404, f"No attachment {attachment} on content {identity}")
            number = whole_number(request, "version", row["version"])
            if not 1 <= number <= row["version"]:
                raise refused_v1(400, f"There is no version {number} of attachment {attachment}")
            path, _, _ = download_path(row).partition("?")
        return redirect(f"{site.base_url}/wiki{path}?version={number}&api=v2", code=302)


def _other_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/user/current")
    def current_user() -> Response:
        user: User = g.user
        return jsonify({**_user_document(user), "email": user.email, "timeZone": user.time_zone})

    @routes.post("/content/archive")
    def archive() -> AnyResponse:
        body = request.get_json(silent=True)
        listed = body.get("pages") if isinstance(body, dict) else None
        if not isinstance(listed, list) or not all(
            isinstance(item, dict) and type(item.get("id")) is int for item in listed
        ):
            raise refused_v1(400, 'Must supply {"pages": [{"id": <number>}]}')
        with site.store.transaction() as connection:
            for item in listed:
                content.archive_page(connection, _page(connection, str(item["id"])))
            task = str(next_id(connection))
        response = jsonify({"id": task, "links": {"status": f"/rest/api/longtask/{task}"}})
        response.status_code = 202
        return response


def _upload(site: Site, identity: str, *, replace: bool) -> Response:
    if request.headers.get("X-Atlassian-Token", "").lower() not in {"nocheck", "no-check"}:
        raise Refusal(403, "XSRF check failed", content_type=TEXT)
    files = request.files.getlist("file")
    comments = _form_values("comment")
    if not files or any(not file.filename for file in files):
        raise refused_v1(400, "At least one file must be specified")
    if not _form_values("minorEdit"):
        raise refused_v1(400, "Must supply 'minorEdit'")
    if comments and len(comments) != len(files):
        raise refused_v1(400, "Every file must have a comment, or none")
    minor = _form_values("minorEdit")[0].lower() == "true"
    with site.store.transaction() as connection:
        page = _page(connection, identity)
        names = [str(file.filename) for file in files]
        if not replace:
            for name in names:
                if fragments.attachment_named(connection, page["id"], name):
                    raise refused_v1(
                        400,
                        f"Cannot add a new attachment with same file name as an existing attachment: {name}",
                    )
        rows = []
        for place, file in enumerate(files):
            kept = fragments.keep_attachment(
                connection,
                page["id"],
                names[place],
                file.read(),
                media_type=file.mimetype,
                minor=minor,
                by=writing(site, comments[place] if comments else ""),
            )
            rows.append(fragments.attachment_by_id(connection, kept))
    results = [_content_document(site, row) for row in rows]
    links = {"base": f"{site.base_url}/wiki", "context": "/wiki"}
    return jsonify({"results": results, "start": 0, "limit": len(rows), "size": len(rows), "_links": links})


def _form_values(name: str) -> list[str]:
    # The document calls these parts binary, so clients send them as fields or as files.
    parts: list[FileStorage] = request.files.getlist(name)
    return [*request.form.getlist(name), *(part.read().decode("utf-8", "replace") for part in parts)]


def _page(connection: sqlite3.Connection, identity: str) -> Row:
    if identity.isascii() and identity.isdigit() and len(identity) <= 18:
        try:
            return content.page_by_id(connection, int(identity))
        except Refusal:
            pass
    raise refused_v1(404, f"No content found with id: ContentId{{id={identity}}}")


def _label(item: object) -> tuple[str, str]:
    if isinstance(item, dict) and isinstance(item.get("name"), str) and isinstance(item.get("prefix"), str):
        return item["prefix"], item["name"]
    raise refused_v1(400, "A label has a 'prefix' and a 'name'")


def _label_document(row: Row) -> dict[str, str]:
    text = row["name"] if row["prefix"] == "global" else f"{row['prefix']}:{row['name']}"
    return {"prefix": row["prefix"], "name": row["name"], "id": str(row["id"]), "label": text}


def _content_document(site: Site, row: Row) -> dict[str, Any]:
    self_link = f"{site.base_url}/wiki/rest/api/content/att{row['id']}"
    author = site.users.get(row["author"])
    return {
        "id": f"att{row['id']}",
        "type": "attachment",
        "status": "current",
        "title": row["filename"],
        "version": {
            "number": row["version"],
            "when": row["changed"],
            "message": row["comment"],
            "minorEdit": bool(row["minor"]),
            **({"by": _user_document(author)} if author else {}),
        },
        "metadata": {"mediaType": row["media_type"], "comment": row["comment"]},
        "extensions": {
            "mediaType": row["media_type"],
            "fileSize": row["size"],
            "comment": row["comment"],
            "fileId": f"file-{row['id']}",
        },
        "_links": {"self": self_link, "download": download_path(row)},
    }


def _user_document(user: User) -> dict[str, Any]:
    return {
        "type": "known",
        "accountId": user.account_id,
        "accountType": user.kind,
        "publicName": user.name,
        "displayName": user.name,
    }


def _gone(**_unused: object) -> Response:
    raise refused_v1(
        410, f"{request.method} {request.path} was removed. Use the REST API v2 below /wiki/api/v2."
    )
