"""Talking to one Atlassian site: the requests that everything else is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import requests
from requests.auth import AuthBase

from bsc_sync.atlassian.channel import DIRECT, Channel, Line
from bsc_sync.atlassian.credentials import Access, Basic
from bsc_sync.atlassian.patience import REPEATABLE, PatientAdapter

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Site:
    """One site: the address of its API, its session, and the transport that counts its requests.

    People open it elsewhere where requests go through Atlassian's gateway: at `browse_url`.
    """

    url: str
    session: Channel
    transport: PatientAdapter

    @property
    def browse_url(self) -> str:
        """Where people open it, without a slash at the end."""
        return self.session.access.site or self.url

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

    def upload(
        self,
        path: str,
        name: str,
        content: bytes,
        mime: str,
        *,
        comment: str,
        method: Literal["PUT", "POST"] = "PUT",
    ) -> Any:
        """Send an attachment: with PUT it may be repeated, with POST it is never sent twice."""
        request = requests.Request(
            method,
            self.url + path,
            files={"file": (name, content, mime)},
            data={"minorEdit": "true", "comment": comment},
            headers={"X-Atlassian-Token": "nocheck"},
        )
        return self._carry(request, repeatable=method == "PUT")

    def side_by_side(self, work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
        """Do independent requests next to each other, as many as the site bears; results in order.

        The first error ends it: what has not begun then is not done.
        """
        if len(parts) <= 1:
            return [work(part) for part in parts]
        most = self.transport.pace(self.url).most
        with ThreadPoolExecutor(max_workers=min(most, len(parts))) as pool:
            begun = [pool.submit(work, part) for part in parts]
            try:
                wait(begun, return_when=FIRST_EXCEPTION)
            finally:
                pool.shutdown(cancel_futures=True)
            failed = (one.exception() for one in begun if not one.cancelled())
            error = next((error for error in failed if error is not None), None)
            if error is not None:
                raise error
            return [one.result() for one in begun]

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
    """A site with email and API token (or name and password)."""
    return open_site(url, transport=transport, auth=Basic(user, token))


def open_site(
    url: str,
    *,
    transport: PatientAdapter,
    auth: AuthBase,
    access: Access | None = None,
    line: Line = DIRECT,
) -> Site:
    """A site whose API is at `url`, asked as `access` says. Nothing is sent yet."""
    base = url.rstrip("/")
    channel = Channel(base, transport=transport, auth=auth, access=access or Access(site=base), line=line)
    return Site(base, channel, transport)


def chunks(parts: Iterable[T], size: int) -> list[list[T]]:
    """The parts in lists of at most `size`, in order."""
    listed = list(parts)
    return [listed[start : start + size] for start in range(0, len(listed), size)]
