"""What went over the wire, as the sandbox has written it down."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

OURS = "bsc-sync"


@dataclass(frozen=True)
class Exchange:
    """One request and its reply."""

    flavor: str
    method: str
    target: str
    prefix: str
    agent: str
    headers: tuple[tuple[str, str], ...]
    type: str
    body: str
    status: int
    reply_type: str
    reply: str
    staged: bool

    @property
    def ours(self) -> bool:
        """Whether the product sent it (and no test and no foreign client)."""
        return self.agent.startswith(OURS)

    @property
    def refused(self) -> bool:
        """Whether the reply says that the request was wrong."""
        return 400 <= self.status < 500

    @property
    def unanswered(self) -> bool:
        """Whether there is no reply of the sandbox to look at: a fault in its place, or nothing."""
        return self.staged or self.status == 0

    @property
    def path(self) -> str:
        """The path below the site's context path, still percent-encoded."""
        return urlsplit(self.target).path.removeprefix(self.prefix)

    @property
    def through_gateway(self) -> bool:
        """Whether Atlassian's gateway stands between, which refuses in words of its own."""
        return self.target.startswith("/ex/")

    @property
    def astray(self) -> bool:
        """Whether somebody looked for an API where the site has nothing at all."""
        return self.status == 404 and "/rest/" in self.path

    @property
    def query(self) -> str:
        """The query as sent."""
        return urlsplit(self.target).query

    @cached_property
    def asked(self) -> Any:
        """The request's JSON; ValueError or RecursionError where it is none."""
        return json.loads(self.body)

    @cached_property
    def answered(self) -> Any:
        """The reply's JSON; ValueError or RecursionError where it is none."""
        return json.loads(self.reply)


def exchange(line: str) -> Exchange:
    """One line of a recording."""
    read = json.loads(line)
    headers = dict(read["headers"])
    return Exchange(
        flavor=read["flavor"],
        method=read["method"],
        target=read["target"],
        prefix=read["prefix"],
        agent=headers.get("User-Agent", ""),
        headers=tuple(sorted((name, value) for name, value in headers.items() if name != "User-Agent")),
        type=read["type"],
        body=read["body"],
        status=read["status"],
        reply_type=read["reply_type"],
        reply=read["reply"],
        staged=read["staged"],
    )


def read_recordings(files: Iterable[Path]) -> Counter[Exchange]:
    """Every different exchange, and how often it was."""
    seen: Counter[Exchange] = Counter()
    for file in files:
        with file.open(encoding="utf-8") as lines:
            seen.update(exchange(line) for line in lines)
    return seen
