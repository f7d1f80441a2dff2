"""Endpoints that a site does not have: an old version, or a proxy in front that lets only some through."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MISSING_PATTERN = r"^(GET|POST|PUT|DELETE) /\S*( (404|405|501))?$"
_VARIABLE = re.compile(r"\{[^}]*\}|<[^>]*>")


@dataclass(frozen=True)
class Missing:
    """One endpoint that answers with a status instead: 404, 405 or 501."""

    method: str
    path: str
    status: int = 404

    def covers(self, method: str, path: str) -> bool:
        """Whether it is this endpoint; names of variables in the path do not matter."""
        return method == self.method and _shape(path) == _shape(self.path)


def read_missing(texts: Iterable[str]) -> tuple[Missing, ...]:
    """Read `POST /issue/bulk`, with the status behind it if not 404; ValueError for another form.

    Paths are those after `/rest/api/{version}`; `{name}` stands for any one part. Agile paths are written
    whole: `/rest/agile/1.0/epic/{id}/issue`.
    """
    found = []
    for text in texts:
        if not re.fullmatch(MISSING_PATTERN, text):
            raise ValueError(f"missing: {text!r} is not like 'POST /issue/bulk' or 'GET /serverInfo 501'")
        method, path, *status = text.split(" ")
        found.append(Missing(method, path, int(status[0]) if status else 404))
    return tuple(found)


def _shape(path: str) -> str:
    return _VARIABLE.sub("{}", path.rstrip("/"))
