"""Talking to one Atlassian site: the requests that everything else is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import requests

from bsc_sync.atlassian.channel import Channel
from bsc_sync.atlassian.patience import REPEATABLE, PatientAdapter

PARALLEL = 4

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Site:
    """One site: the address of its API, its session, and the transport that counts its requests."""

    url: str
    session: Channel
    transport: PatientAdapter

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON of a GET; numbers are exact decimals."""
        return self._ask("GET", path, query=query)

    def read(self, path: str, body: object) -> Any:
        """A POST that only reads (search, bulkfetch): it may be repeated without harm."""
        return self._ask("POST", path, body=body, repeatable=True)

    def post(self, path: str, body: object) -> Any:
        """A POST that writes: never repeated when its reply is lost, which is Ambiguous."""
        return self._ask("POST", path, body=body, repeatable=False)

    def post_many(self, path: str, body: object) -> Any:
        """A POST of several parts: a reply that none of them was accepted is a reply, too."""
        return self._ask("POST", path, body=body, repeatable=False, all_refused_is_reply=True)

    def put(self, path: str, body: object, *, repeatable: bool = True) -> Any:
        """A PUT; say `repeatable=False` when carrying it out twice would show."""
        return self._ask("PUT", path, body=body, repeatable=repeatable)

    def upload(self, path: str, name: str, content: bytes, mime: str) -> Any:
        """Create or renew an attachment of that name."""
        request = requests.Request(
            "PUT",
            self.url + path,
            files={"file": (name, content, mime)},
            data={"minorEdit": "true"},
            headers={"X-Atlassian-Token": "nocheck"},
        )
        return self._carry(request, repeatable=True)

    def side_by_side(self, work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
        """Do independent requests next to each other, at most four at a time; results in order."""
        if len(parts) <= 1:
            return [work(part) for part in parts]
        with ThreadPoolExecutor(max_workers=min(PARALLEL, len(parts))) as pool:
            return list(pool.map(work, parts))

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
        repeatable: bool = True,
        all_refused_is_reply: bool = False,
    ) -> Any:
        headers = {}
        data = None
        if body is not None:
            data = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
            headers["Content-Type"] = "application/json"
        request = requests.Request(method, self.url + path, params=query or None, data=data, headers=headers)
        return self._carry(request, repeatable=repeatable, all_refused_is_reply=all_refused_is_reply)

    def _carry(
        self, request: requests.Request, *, repeatable: bool, all_refused_is_reply: bool = False
    ) -> Any:
        prepared = self.session.prepare_request(request)
        prepared.headers[REPEATABLE] = "yes" if repeatable else "no"
        return self.session.exchange(prepared, all_refused_is_reply=all_refused_is_reply)[1]


def connect(url: str, *, user: str, token: str, transport: PatientAdapter) -> Site:
    """A site with email and API token; `url` without a trailing slash."""
    session = Channel(url, transport=transport)
    session.auth = (user, token)
    return Site(url.rstrip("/"), session, transport)


def chunks(parts: Iterable[T], size: int) -> list[list[T]]:
    """The parts in lists of at most `size`, in order."""
    listed = list(parts)
    return [listed[start : start + size] for start in range(0, len(listed), size)]
