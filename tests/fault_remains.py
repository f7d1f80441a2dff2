"""Everything that is left after a run, in Jira, in Confluence and in our store, to be compared."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bsc_sync.sandbox.site import Site


class Names:
    """What issues are called: those with our mark by their ref, others by their key."""

    def __init__(self, by_id: Mapping[int, str], by_key: Mapping[str, str]) -> None:
        self.by_id = by_id
        self._by_key = by_key
        keys = sorted(by_key, key=len, reverse=True)
        self._keys = re.compile(r"\b(" + "|".join(re.escape(key) for key in keys) + r")\b") if keys else None

    def plain(self, text: str) -> str:
        """A text without keys and other names that are given out by chance."""
        text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>", text)
        if self._keys is None:
            return text
        return self._keys.sub(lambda found: f"<{self._by_key[found[1]]}>", text)


@dataclass(frozen=True)
class Remains:
    """Everything that can be seen in the end, without names that are given out by chance."""

    issues: Mapping[str, Any]
    pages: Mapping[str, Any]
    store: Mapping[str, Any]
    twice: tuple[str, ...]
    names: Names

    def differences(self, other: Remains) -> list[str]:
        """Where two endings differ, one line each."""
        found = [f"twice: {name}" for name in (*self.twice, *other.twice)]
        for part in ("issues", "pages", "store"):
            here, there = getattr(self, part), getattr(other, part)
            for name in sorted({*here, *there}):
                found += _apart(f"{part} {name}", here.get(name), there.get(name))
        return found


def _apart(where: str, here: Any, there: Any) -> list[str]:
    if here == there:
        return []
    if isinstance(here, dict) and isinstance(there, dict):
        names = sorted({*here, *there})
        return [line for name in names for line in _apart(f"{where}.{name}", here.get(name), there.get(name))]
    if isinstance(here, list) and isinstance(there, list):
        gone = [repr(item) for item in here if item not in there]
        come = [repr(item) for item in there if item not in here]
        return [f"{where}: {' '.join(gone)[:300]} != {' '.join(come)[:300]}"]
    return [f"{where}: {_around(repr(here), repr(there))}"]


def _around(here: str, there: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), len(here))
    start = max(0, at - 60)
    return f"{here[start : at + 160]} != {there[start : at + 160]}"


def remains(site: Site, state: Path) -> Remains:
    """Read everything from the sandbox's and from our own database."""
    with site.store.transaction() as connection:
        names, twice = _names(connection)
        issues = _issues(connection, names)
        pages, doubled = _pages(connection, names)
    store = _store(state, names)
    return Remains(issues, pages, store, (*twice, *doubled), names)


def _names(connection: sqlite3.Connection) -> tuple[Names, list[str]]:
    refs = {
        row["issue_id"]: json.loads(row["value"])["ref"]
        for row in connection.execute("SELECT issue_id, value FROM issue_property WHERE key = 'bsc-sync'")
    }
    rows = connection.execute("SELECT id, key FROM issue").fetchall()
    by_id = {row["id"]: refs.get(row["id"], row["key"]) for row in rows}
    by_key = {row["key"]: refs[row["id"]] for row in rows if row["id"] in refs}
    twice = [f"issue {ref}" for ref, count in Counter(refs.values()).items() if count > 1]
    return Names(by_id, by_key), twice


def _issues(connection: sqlite3.Connection, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in connection.execute("SELECT * FROM issue"):
        number = row["id"]
        values = json.loads(row["content"])
        if "parent" in values:
            values["parent"] = names.by_id[values["parent"]]
        marks = {
            item["key"]: _mark(json.loads(item["value"]))
            for item in connection.execute(
                "SELECT key, value FROM issue_property WHERE issue_id = ?", (number,)
            )
        }
        links = [
            (item["type_id"], names.by_id[item["source_id"]], names.by_id[item["destination_id"]])
            for item in connection.execute(
                "SELECT * FROM issue_link WHERE source_id = ?1 OR destination_id = ?1", (number,)
            )
        ]
        remote = [
            names.plain(item["content"])
            for item in connection.execute("SELECT content FROM remote_link WHERE issue_id = ?", (number,))
        ]
        comments = [
            item["text"]
            for item in connection.execute("SELECT text FROM issue_comment WHERE issue_id = ?", (number,))
        ]
        found[names.by_id[number]] = {
            "values": names.plain(json.dumps(values, sort_keys=True)),
            "properties": marks,
            "links": sorted(links),
            "remote links": sorted(remote),
            "comments": sorted(comments),
        }
    return found


def _mark(value: Any) -> Any:
    # A write that was tried twice counts twice, and each intention has a name of its own, as has each store.
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if name not in {"revision", "intent", "store"}}
    return value


def _pages(connection: sqlite3.Connection, names: Names) -> tuple[dict[str, Any], list[str]]:
    found: dict[str, Any] = {}
    titles: Counter[str] = Counter()
    for row in connection.execute("SELECT * FROM wiki_page"):
        titles[row["title"]] += 1
        body = connection.execute(
            "SELECT body FROM wiki_version WHERE page = ? ORDER BY number DESC LIMIT 1", (row["id"],)
        ).fetchone()["body"]
        labels = connection.execute(
            "SELECT l.name FROM wiki_page_label p JOIN wiki_label l ON l.id = p.label WHERE p.page = ?",
            (row["id"],),
        )
        files = connection.execute(
            "SELECT a.filename, v.data FROM wiki_attachment a JOIN wiki_attachment_version v"
            " ON v.attachment = a.id AND v.number = a.version WHERE a.page = ?",
            (row["id"],),
        )
        properties = connection.execute("SELECT key, value FROM wiki_property WHERE page = ?", (row["id"],))
        found[row["title"]] = {
            "status": row["status"],
            "body": _lasting(names.plain(body)),
            "labels": sorted(item["name"] for item in labels),
            "files": {item["filename"]: names.plain(item["data"].decode("latin-1")) for item in files},
            "properties": sorted(item["key"] for item in properties),
        }
    return found, [f"page {title}" for title, count in titles.items() if count > 1]


def _lasting(body: str) -> str:
    return re.sub(r' local-id="[^"]*"', "", body)


_READINGS = {
    "links": "SELECT ref, kind, name FROM links",
    "base": "SELECT ref, field, digest FROM base",
    "measurements": "SELECT subject, value, effective, source, note FROM measurements",
    "absences": "SELECT subject, reason FROM absences",
    "work": "SELECT i.position, i.item FROM work_items i JOIN work_pulls p USING (card, pull)",
    "progress": "SELECT ref, day, share, why FROM progress",
    "open intents": "SELECT ref, action FROM intents WHERE settled IS NULL",
    "publications": "SELECT target, settled FROM publications",
}


def _store(path: Path, names: Names) -> dict[str, Any]:
    connection = sqlite3.connect(path)
    try:
        return {
            name: sorted(names.plain(repr(row)) for row in connection.execute(query))
            for name, query in _READINGS.items()
        }
    finally:
        connection.close()
