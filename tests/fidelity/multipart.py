"""The names of a multipart body's parts."""

from __future__ import annotations

from io import BytesIO

from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header


def part_names(content_type: str, body: bytes) -> list[str]:
    """Every part's name, fields and files; none where the body cannot be read."""
    _, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    try:
        form, files = MultiPartParser(stream_factory=_in_memory).parse(
            BytesIO(body), boundary.encode(), len(body)
        )
    except ValueError:
        return []
    return [*form.keys(), *files.keys()]


def _in_memory(*_told: object, **_more: object) -> BytesIO:
    return BytesIO()
