"""What carries requests in tests, and what happens on the way: replies that are lost, processes that end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import BaseAdapter


class Killed(BaseException):
    """The process ends here."""


class Meddling(BaseAdapter):
    """Carries requests; something happens at the nth that is wanted, or at each without `nth`.

    It happens when the site has answered, or `before` the request is sent.
    """

    def __init__(
        self,
        inner: BaseAdapter,
        wanted: Callable[[requests.PreparedRequest], bool],
        happens: Callable[[], object],
        *,
        nth: int | None = None,
        before: bool = False,
    ) -> None:
        super().__init__()
        self.inner, self.wanted, self.happens = inner, wanted, happens
        self.left, self.before = nth, before

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        now = self.wanted(request)
        if now and self.left is not None:
            self.left -= 1
            now = self.left == 0
        if now and self.before:
            self.happens()
        response = self.inner.send(request, **how)
        if now and not self.before:
            try:
                self.happens()
            except BaseException:
                response.close()
                raise
        return response

    def close(self) -> None:
        self.inner.close()


def lose() -> None:
    """The connection ends without a reply."""
    raise requests.ConnectionError("the reply was lost")


def kill() -> None:
    """The process ends."""
    raise Killed


def is_any(_request: requests.PreparedRequest) -> bool:
    """Whatever is asked."""
    return True


def is_bulk(request: requests.PreparedRequest) -> bool:
    """Several issues are to be created."""
    return str(request.url).endswith("/issue/bulk")


def is_edit(request: requests.PreparedRequest) -> bool:
    """An issue is to be changed."""
    return request.method == "PUT"
