"""Files of pages in API v1: Cloud creates or renews with PUT, Data Center renews at `/data`."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, jsonify, redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from bsc_sync.sandbox.confluence import fragments, grants
from bsc_sync.sandbox.confluence.bodies import json_object, optional_text
from bsc_sync.sandbox.confluence.documents import download_path
from bsc_sync.sandbox.confluence.paging import whole_number
from bsc_sync.sandbox.confluence.place import is_data_center
from bsc_sync.sandbox.confluence.refusals import refused_v1
from bsc_sync.sandbox.confluence.v1_documents import attachment_content, listing, root
from bsc_sync.sandbox.confluence.v1_labels import page_of_v1
from bsc_sync.sandbox.confluence.v2 import writing
from bsc_sync.sandbox.confluence.v2_fragments import attachment_number
from bsc_sync.sandbox.problems import TEXT, Refusal

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

Row = sqlite3.Row


@dataclass(frozen=True)
class _Form:
    """An upload: its files, a comment for each or none, and whether watchers are left in peace."""

    files: list[FileStorage]
    comments: list[str]
    minor: bool

    def comment(self, place: int) -> str:
        return self.comments[place] if self.comments else ""


def attachment_routes(site: Site) -> Blueprint:
    """`/content/{id}/child/attachment`: new files, new versions, and on Cloud the way to the bytes."""
    routes = Blueprint("attachments", __name__)

    @routes.post("/content/<identity>/child/attachment")
    def create(identity: str) -> Response:
        again = is_data_center(site) and request.args.get("allowDuplicated", "").lower() == "true"
        return _upload(site, identity, replace=again)

    @routes.put("/content/<identity>/child/attachment/<attachment>")
    def describe(identity: str, attachment: str) -> Response:
        return _describe(site, identity, attachment)

    @routes.post("/content/<identity>/child/attachment/<attachment>/data")
    def renew(identity: str, attachment: str) -> Response:
        return _renew(site, identity, attachment)

    if is_data_center(site):
        return routes

    @routes.put("/content/<identity>/child/attachment")
    def create_or_update(identity: str) -> Response:
        return _upload(site, identity, replace=True)

    @routes.get("/content/<identity>/child/attachment/<attachment>/download")
    def download(identity: str, attachment: str) -> AnyResponse:
        with site.store.transaction() as connection:
            row = _attachment(connection, page_of_v1(connection, identity), attachment)
            number = whole_number(request, "version", row["version"])
            if not 1 <= number <= row["version"]:
                raise refused_v1(400, f"There is no version {number} of attachment {attachment}")
            path, _, _ = download_path(row).partition("?")
        return redirect(f"{root(site)}{path}?version={number}&api=v2", code=302)

    return routes


def _upload(site: Site, identity: str, *, replace: bool) -> Response:
    form = _form()
    with site.store.transaction() as connection:
        page = _attachable(connection, identity)
        rows = []
        for place, file in enumerate(form.files):
            name = str(file.filename)
            if not replace and fragments.attachment_named(connection, page["id"], name):
                raise refused_v1(
                    400, f"Cannot add a new attachment with same file name as an existing attachment: {name}"
                )
            rows.append(_keep(site, connection, page["id"], name, form, place))
    results = [attachment_content(site, row) for row in rows]
    path = f"/rest/api/content/{identity}/child/attachment"
    return jsonify(listing(site, results, start=0, limit=len(rows), path=path))


def _renew(site: Site, identity: str, attachment: str) -> Response:
    form = _form()
    if len(form.files) != 1:
        raise refused_v1(400, "Exactly one file must be specified")
    with site.store.transaction() as connection:
        page = _attachable(connection, identity)
        known = _attachment(connection, page, attachment)
        row = _keep(site, connection, page["id"], known["filename"], form, 0)
    return jsonify(attachment_content(site, row))


def _describe(site: Site, identity: str, attachment: str) -> Response:
    """The name, the media type and the comment of an attachment; its bytes and its version stay."""
    body = json_object(request)
    version = body.get("version")
    number = version.get("number") if isinstance(version, dict) else None
    metadata = given if isinstance(given := body.get("metadata"), dict) else {}
    with site.store.transaction() as connection:
        page = _attachable(connection, identity)
        known = _attachment(connection, page, attachment)
        # The document wants the current number; clients send the next one as well, and are heard.
        if number not in {known["version"], known["version"] + 1}:
            raise refused_v1(409, f"The attachment has version {known['version']}, not {number}")
        named = optional_text(body, "title") or known["filename"]
        if named != known["filename"] and fragments.attachment_named(connection, page["id"], named):
            raise refused_v1(400, f"There is an attachment with the name {named} already")
        fragments.describe_attachment(
            connection,
            known,
            filename=named,
            media_type=optional_text(metadata, "mediaType") or known["media_type"],
            comment=optional_text(metadata, "comment") or known["comment"],
        )
        row = fragments.attachment_by_id(connection, known["id"])
    return jsonify(attachment_content(site, row))


def _form() -> _Form:
    if request.headers.get("X-Atlassian-Token", "").lower() not in {"nocheck", "no-check"}:
        raise Refusal(403, "XSRF check failed", content_type=TEXT)
    files = request.files.getlist("file")
    comments, minor = _form_values("comment"), _form_values("minorEdit")
    if not files or any(not file.filename for file in files):
        raise refused_v1(400, "At least one file must be specified")
    if comments and len(comments) != len(files):
        raise refused_v1(400, "Every file must have a comment, or none")
    # Cloud's document wants `minorEdit`, yet well-known clients live without it.
    return _Form(files, comments, bool(minor) and minor[0].lower() == "true")


def _keep(site: Site, connection: sqlite3.Connection, page: int, name: str, form: _Form, place: int) -> Row:
    file = form.files[place]
    kept = fragments.keep_attachment(
        connection,
        page,
        name,
        file.read(),
        media_type=file.mimetype,
        minor=form.minor,
        by=writing(site, form.comment(place)),
    )
    return fragments.attachment_by_id(connection, kept)


def _attachable(connection: sqlite3.Connection, identity: str) -> Row:
    page = page_of_v1(connection, identity)
    if not grants.may_attach(connection, page, g.user.account_id):
        raise refused_v1(
            403, f"User not permitted to create attachments in content: ContentId{{id={identity}}}"
        )
    return page


def _attachment(connection: sqlite3.Connection, page: Row, attachment: str) -> Row:
    row = fragments.attachment_by_id(connection, attachment_number(attachment))
    if row["page"] != page["id"]:
        raise refused_v1(404, f"No attachment {attachment} on content {page['id']}")
    return row


def _form_values(name: str) -> list[str]:
    # The document calls these parts binary, so clients send them as fields or as files.
    parts: list[FileStorage] = request.files.getlist(name)
    return [*request.form.getlist(name), *(part.read().decode("utf-8", "replace") for part in parts)]
