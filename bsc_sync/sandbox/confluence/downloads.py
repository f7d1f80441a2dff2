"""Files attached to pages, served so that a browser shows pictures and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, abort, request

from bsc_sync.sandbox.confluence import content, fragments
from bsc_sync.sandbox.confluence.paging import whole_number
from bsc_sync.sandbox.confluence.place import context
from bsc_sync.sandbox.problems import Refusal

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

_SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "text/plain"}


def blueprint(site: Site) -> Blueprint:
    """`download/attachments/{page}/{filename}` below the wiki's path, for programs and for people."""
    routes = Blueprint("confluence_downloads", __name__, url_prefix=context(site))

    @routes.get("/download/attachments/<int:page>/<path:filename>")
    def download(page: int, filename: str) -> Response:
        with site.store.transaction() as connection:
            try:
                content.page_by_id(connection, page)
                number = whole_number(request, "version", 0) or None
            except Refusal:
                abort(404)
            row = fragments.attachment_data(connection, page, filename, number)
        if row is None:
            abort(404)
        shown = row["media_type"] in _SHOWN
        # An SVG may carry scripts; whoever opens it directly gets it in a box without an origin.
        policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        disposition = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(filename, safe='')}"
        return Response(
            row["data"],
            content_type=row["media_type"] if shown else "application/octet-stream",
            headers={
                "Content-Disposition": disposition,
                "Content-Security-Policy": policy,
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, no-cache",
            },
        )

    return routes
