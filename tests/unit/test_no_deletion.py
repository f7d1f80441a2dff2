"""Nothing is ever deleted in Jira or Confluence: there is no request that could."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "bsc_sync"


def deletions(text: str, *, calls: bool) -> Iterator[int]:
    """The lines that name the method DELETE, and with `calls` those that call something's delete()."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=str() as word) if word.upper() == "DELETE":
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="delete")) if calls:
                yield node.lineno


def test_nothing_of_ours_ever_asks_for_a_deletion() -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        room, *_ = path.relative_to(PACKAGE).parts
        if room != "sandbox" and [*deletions(path.read_text(encoding="utf-8"), calls=room == "atlassian")]:
            found.add(str(path.relative_to(PACKAGE)))
    assert found == {"atlassian/patience.py"}, "which only lists what may be repeated"


def test_a_deletion_would_be_found() -> None:
    assert [*deletions('session.request("delete", url)', calls=False)] == [1]
    assert [*deletions("session.delete(url)", calls=True)] == [1]
