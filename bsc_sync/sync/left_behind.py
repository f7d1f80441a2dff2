"""Where a person is still named outside of the store: files, pages and Jira, which are others' to change."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bsc_sync.alignment.effort import natural_key
from bsc_sync.state.names import Names
from bsc_sync.state.store import Link

_KEY = re.compile(r"[A-Z][A-Z0-9_]*-[0-9]+")
_LARGEST = 5_000_000
_MOST_FILES = 5_000
_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Remains:
    """One place that still names the person, or may: what it is, where, and what to do about it."""

    kind: str  # file | page | jira
    where: str
    hint: str


def in_files(
    folder: Path, names: Names, *, skip: Collection[Path], also: Collection[Path] = ()
) -> Iterator[Remains]:
    """Each line of a text file in which a name stands, as file:line; `also` are files out of the folder."""
    inside = _texts(folder, {one.resolve() for one in skip})
    outside = (path for path in also if path.is_file() and not path.is_relative_to(folder.resolve()))
    for path in (*inside, *outside):
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        shown = path.relative_to(folder) if path.is_relative_to(folder) else path
        told = [number for number, line in enumerate(text.split("\n"), start=1) if names.stand_in(line)]
        for number in told[:_MOST_LINES]:
            yield Remains("file", f"{shown}:{number}", _hint(path))
        if len(told) > _MOST_LINES:
            yield Remains("file", f"{shown}: {len(told) - _MOST_LINES} more lines", _hint(path))


def in_pages(urls: Collection[str], names: Names, shown: str) -> Iterator[Remains]:
    """The published pages; `shown` is what a page made now would hold."""
    if names.stand_in(shown):
        hint = "names them as long as the files do; earlier versions stay in its history"
    else:
        hint = "published anew by the next sync; earlier versions stay in its history"
    for url in urls:
        yield Remains("page", url, hint)


def in_jira(
    unagreed: Collection[str],
    named: Collection[tuple[str, str]],
    links: Mapping[str, Link],
    former: Mapping[str, str],
    shown: Collection[tuple[str, str]] | None,
) -> Iterator[Remains]:
    """The issues that name the person, or did when something was kept of them.

    On the `unagreed` a field held the person when both sides last agreed; of the `named` (ref and key)
    something else in the store said so. `shown` (key and field) is what Jira shows now, where it was asked.
    """
    now = {key for key, _ in shown or ()}
    for key, field in sorted(shown or (), key=lambda one: (natural_key(one[0]), one[1])):
        yield Remains("jira", f"{key}: {field}", "named there now; its history keeps what it was")
    agreed = {links[ref].key for ref in unagreed if ref in links}
    for key in sorted(agreed - now, key=natural_key):
        hint = "its field, its history, and our mark until we change it next, may tell"
        yield Remains("jira", key, hint)
    told = {_key_of(ref, key, links, former) for ref, key in named}
    for key in sorted({one for one in told if _KEY.fullmatch(one)} - agreed - now, key=natural_key):
        hint = "was named there when last seen" + (
            ": its texts, comments and history may tell" if shown is None else ": its history may tell"
        )
        yield Remains("jira", key, hint)


def _key_of(ref: str, key: str, links: Mapping[str, Link], former: Mapping[str, str]) -> str:
    link = links.get(ref) or links.get(former.get(ref, ""))
    return link.key if link else key


def _texts(folder: Path, skip: Collection[Path]) -> Iterator[Path]:
    """The files below a folder that may be texts of the project, in the order of their names."""
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if one == ".bsc-sync" or not one.startswith("."))
        for name in sorted(files):
            path = Path(place) / name
            if path.resolve() in skip or not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            count += 1
            if count > _MOST_FILES:
                return
            yield path


def _hint(path: Path) -> str:
    match path.name:
        case "scorecard.yaml":
            return "write another role, or change the text"
        case "mapping.yaml":
            return "take the line out, or give the role to another account"
        case _ if path.suffix == ".html":
            return "published again by the next sync"
        case _:
            return "change the line, or delete the file"
