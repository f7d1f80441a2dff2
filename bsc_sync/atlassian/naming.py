"""Where issues name a person now: in fields, in comments, or by a digest in our mark. Nothing is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from bsc_sync.atlassian.fields import field_info, from_payload
from bsc_sync.atlassian.issues import Issues
from bsc_sync.atlassian.marks import read_mark

_EMPHASIS = re.compile(r"[*_]")
MARK = "our mark"
_ALWAYS = ("summary", "description", "labels", "comment")


def named_in(
    issues: Issues,
    ids: Collection[str],
    fields: Collection[str],
    *,
    stands_in: Callable[[str], bool],
    tells: Callable[[str], bool],
) -> tuple[tuple[str, str], ...]:
    """The key of each issue and the name of each of its fields that names the person, as Jira shows it now.

    `fields` are ids or names beyond those that every issue has. Read in batches: Data Center shows many
    issues without their marks.
    """
    wanted = {name.casefold() for name in (*_ALWAYS, *fields)}
    infos = [
        info
        for info in map(field_info, issues.fields())
        if info.id.casefold() in wanted or info.name.casefold() in wanted
    ]
    asked = list(dict.fromkeys([*_ALWAYS, *(info.id for info in infos)]))
    shown_as = {"comment": "Comment", **{info.id: info.name for info in infos}}
    kinds = {info.id: info.type for info in infos}
    found = []
    for raw in issues.fetch(ids, asked, closely=False):
        values = raw.get("fields") or {}
        for name in asked:
            value = values.get(name)
            texts = [*_texts(_bodies(value) if name == "comment" else value)]
            if kinds.get(name) == "text":  # a name may be written in several parts, some of them bold
                texts.append(_EMPHASIS.sub("", str(from_payload("text", value, issues.dialect) or "")))
            if any(map(stands_in, texts)):
                found.append((str(raw["key"]), shown_as.get(name, name)))
        mark = read_mark(raw.get("properties"))
        if mark is not None and any(map(tells, mark.digests.values())):
            found.append((str(raw["key"]), MARK))
    return tuple(sorted(set(found)))


def _bodies(shown: Any) -> list[Any]:
    """What comments say; who wrote them is not looked at."""
    comments = shown.get("comments") if isinstance(shown, dict) else None
    return [one.get("body") for one in comments or () if isinstance(one, dict)]


def _texts(value: Any) -> Iterator[str]:
    """Every text in what Jira shows; of a document also each of its parts as one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
        if isinstance(value.get("content"), list):
            yield "".join(_words(value))


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for part in node.get("content") or ():
            yield from _words(part)
