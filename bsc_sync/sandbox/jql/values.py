"""What the operands of a query stand for in the store."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bsc_sync.sandbox.catalog import CATEGORIES, Catalog, Named
from bsc_sync.sandbox.jql.columns import Column
from bsc_sync.sandbox.jql.dates import function_moment, moment
from bsc_sync.sandbox.jql.syntax import Call, Empty, Many, Operand, Value

_NUMBER = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,2})?")


class Unknown(Exception):
    """A value that is not there. `fatal`: the query makes no sense, rather than matching nothing."""

    def __init__(self, text: str, *, fatal: bool = False) -> None:
        super().__init__(text)
        self.fatal = fatal


class Reader:
    """Reads operands for one asking user at one moment."""

    def __init__(
        self, catalog: Catalog, connection: sqlite3.Connection, account_id: str, zone: ZoneInfo, now: datetime
    ) -> None:
        self._catalog = catalog
        self._connection = connection
        self._account_id = account_id
        self._zone = zone
        self._now = now

    def members(self, column: Column, operand: Operand) -> tuple[list[Any], bool, list[str]]:
        """What `=` and `in` compare with: store values, whether EMPTY is among them, what is not there."""
        items = operand.items if isinstance(operand, Many) else (operand,)
        values: list[Any] = []
        missing: list[str] = []
        literals: list[str] = []
        with_empty = False
        for item in items:
            if isinstance(item, Empty):
                with_empty = True
            elif isinstance(item, Call):
                values += self._called(column, item)
            elif column.kind in {"issue", "descendant"}:
                literals.append(item.text)
            else:
                found = list(self._literal(column, item))
                values += found
                if not found:
                    missing.append(_no_value(item.text, column.name))
        if literals:
            known = self._issue_ids(literals)
            values += [known[text] for text in literals if text in known]
            missing += [_no_issue(text, column.name) for text in literals if text not in known]
        return values, with_empty, missing

    def bound(self, column: Column, operand: Operand) -> Any:
        """What `<` and `>` compare with; Unknown for what cannot be compared."""
        if isinstance(operand, Empty | Many):
            raise Unknown(f"The field '{column.name}' cannot be compared with EMPTY or a list.", fatal=True)
        if column.kind == "issue":
            text = operand.text if isinstance(operand, Value) else ""
            head, _, number = text.rpartition("-")
            project = self._catalog.project(head) if head else None
            if project is None or not re.fullmatch(r"[0-9]{1,12}", number):
                raise Unknown(_no_issue(text, column.name))
            return (project.id, int(number))
        values = (
            self._called(column, operand)
            if isinstance(operand, Call)
            else list(self._literal(column, operand))
        )
        if not values:
            raise Unknown(_no_value(getattr(operand, "text", ""), column.name))
        return values[0]

    def pattern(self, operand: Operand) -> str:
        """What `~` looks for."""
        if not isinstance(operand, Value):
            raise Unknown("The operator '~' takes a text.", fatal=True)
        return operand.text

    def _called(self, column: Column, call: Call) -> list[Any]:
        name = call.name.lower()
        if column.kind in {"minute", "day"}:
            at = function_moment(call.name, call.arguments, now=self._now, zone=self._zone)
            if at is not None:
                return [self._stored(column, at)]
        elif column.kind == "person" and name == "currentuser" and not call.arguments:
            return [self._account_id]
        elif column.kind == "issue" and name == "linkedissues" and 1 <= len(call.arguments) <= 2:
            return self._linked(*call.arguments)
        elif column.name == "type" and name in {"standardissuetypes", "subtaskissuetypes"}:
            return [item.id for item in self._catalog.types if item.subtask == name.startswith("sub")]
        raise Unknown(f"Unable to find JQL function '{call.name}({', '.join(call.arguments)})'.", fatal=True)

    def _literal(self, column: Column, value: Value) -> Iterator[Any]:
        text, lowered = value.text, value.text.lower()
        match column.kind:
            case "named":
                yield from (i.id for i in self._named(column) if text == i.id or lowered == i.name.lower())
            case "category":
                yield from (item.id for item in self._catalog.statuses if lowered in _category(item.category))
            case "person":
                yield from (account for account in self._catalog.people if self._is_called(account, text))
            case "label":
                yield text.casefold()
            case "minute" | "day":
                at = moment(text, now=self._now, zone=self._zone)
                if at is None:
                    raise Unknown(_no_date(text, column.name), fatal=True)
                yield self._stored(column, at)
            case "number":
                if _NUMBER.fullmatch(text):
                    yield float(text)
            case _:
                yield text

    def _named(self, column: Column) -> Iterator[Named]:
        if column.name == "project":
            for project in self._catalog.projects:
                yield Named(project.id, project.key)
                yield Named(project.id, project.name)
            return
        lists: dict[str, Sequence[Any]] = {
            "type": self._catalog.types,
            "status": self._catalog.statuses,
            "priority": self._catalog.priorities,
            "resolution": self._catalog.resolutions,
            "level": self._catalog.security_levels,
            "component": tuple(self._catalog.component_by_id.values()),
        }
        if not column.fields:
            yield from (Named(item.id, item.name) for item in lists[column.name])
        for option in (option for field in column.fields for option in field.options):
            yield option
            yield from option.children

    def _is_called(self, account_id: str, text: str) -> bool:
        lowered = text.lower()
        # Data Center knows people by their user name, which is the end of the account id here.
        own = account_id if self._catalog.cloud else account_id.rpartition(":")[2].lower()
        return own == (text if self._catalog.cloud else lowered) or (
            self._catalog.people[account_id].lower() == lowered
        )

    def _stored(self, column: Column, at: datetime) -> Any:
        if column.kind == "day":
            return at.astimezone(self._zone).date().isoformat()
        return int(at.astimezone(UTC).timestamp() * 1000)

    def _issue_ids(self, texts: Sequence[str]) -> dict[str, int]:
        rows = self._connection.execute(
            "SELECT w.value AS text, i.id FROM json_each(?) w JOIN issue i"
            " ON i.key = upper(w.value) OR (w.value GLOB '[0-9]*' AND i.id = CAST(w.value AS INTEGER)"
            " AND CAST(i.id AS TEXT) = w.value)"
            " WHERE i.project_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(texts)), json.dumps([item.id for item in self._catalog.projects])),
        )
        return {row["text"]: row["id"] for row in rows}

    def _linked(self, key: str, reading: str | None = None) -> list[int]:
        ids = self._issue_ids([key])
        if key not in ids:
            raise Unknown(_no_issue(key, "key"))
        out = [item.id for item in self._catalog.link_types if _reads(reading, item.outward)]
        back = [item.id for item in self._catalog.link_types if _reads(reading, item.inward)]
        if not out and not back:
            raise Unknown(f"Issue link type '{reading}' could not be found.", fatal=True)
        rows = self._connection.execute(
            "SELECT destination_id AS id FROM issue_link WHERE source_id = ?1"
            " AND type_id IN (SELECT value FROM json_each(?2))"
            " UNION SELECT source_id FROM issue_link WHERE destination_id = ?1"
            " AND type_id IN (SELECT value FROM json_each(?3))",
            (ids[key], json.dumps(out), json.dumps(back)),
        )
        return [row["id"] for row in rows]


def like(text: str | None, pattern: str) -> bool:
    """Whether a text holds every word of a pattern: words, `wild*`, `"exact phrases"`, `-without`."""
    words = _words(text or "")
    for minus, phrase, word in _terms(pattern):
        if phrase:
            wanted = _words(phrase)
            found = any(words[at : at + len(wanted)] == wanted for at in range(len(words) + 1))
        else:
            found = all(any(fnmatchcase(have, part) for have in words) for part in _wild_words(word))
        if found == bool(minus):
            return False
    return True


@lru_cache(maxsize=256)
def _terms(pattern: str) -> tuple[tuple[str, str, str], ...]:
    plain = re.sub(r"\\([^\w\s*?])", " ", pattern) if '"' not in pattern else pattern.replace('\\"', '"')
    found = re.findall(r'([-!]?)(?:"([^"]*)"|([^\s"]+))', plain)
    return tuple((minus, phrase, word) for minus, phrase, word in found)


@lru_cache(maxsize=1024)
def _wild_words(word: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[\w*?]+", word.casefold()))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _category(key: str) -> set[str]:
    number, name, _ = CATEGORIES[key]
    return {key, name.lower(), str(number)}


def _reads(wanted: str | None, reading: str) -> bool:
    return wanted is None or wanted.lower() == reading.lower()


def _no_value(text: str, name: str) -> str:
    return f"The value '{text}' does not exist for the field '{name}'."


def _no_issue(text: str, name: str) -> str:
    return f"An issue with key '{text}' does not exist for field '{name}'."


def _no_date(text: str, name: str) -> str:
    return (
        f"Date value '{text}' for field '{name}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
    )
