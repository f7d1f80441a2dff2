"""Confluence's query language, as far as pages are looked for: conditions joined by AND."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from bsc_sync.sandbox.confluence.refusals import refused_v1

Row = sqlite3.Row

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<sign>!=|=|~|,|\(|\))|(?P<word>[^\s=!~,()"']+))"""
)
_SIGNS = {"!=", "=", "~", ",", "(", ")"}
_TAKEN = {
    "label": "p.id IN (SELECT pl.page FROM wiki_page_label pl JOIN wiki_label l ON l.id = pl.label"
    " WHERE l.name = ?)",
    "space": "s.key = ?",
    "title": "p.title = ?",
    "id": "p.id = ?",
    "content": "p.id = ?",
    "parent": "p.parent = ?",
    "ancestor": "p.id IN (WITH RECURSIVE below(id) AS (SELECT id FROM wiki_page WHERE parent = ?"
    " UNION SELECT w.id FROM wiki_page w JOIN below b ON w.parent = b.id) SELECT id FROM below)",
}
_ORDERS = {"created": "p.created", "lastmodified": "p.modified", "title": "p.title", "id": "p.id"}


@dataclass(frozen=True)
class Query:
    """A query as a condition on pages (`p`) and their spaces (`s`), with its values and its order."""

    condition: str
    values: tuple[object, ...]
    order: str


def parse(text: str) -> Query:
    """Read a query; 400 in Confluence's words for what cannot be read here."""
    return _Reader(text).query()


def find(connection: sqlite3.Connection, query: Query, *, start: int, limit: int) -> list[Row]:
    """The current pages that a query finds, at most `limit` from `start`, with their spaces' keys."""
    # The condition and the order are put together from this module's texts; every value is bound.
    statement = (
        "SELECT p.*, s.key AS space_key FROM wiki_page p JOIN wiki_space s ON s.id = p.space"  # noqa: S608 - see above
        f" WHERE p.status = 'current' AND {query.condition} ORDER BY {query.order} LIMIT ? OFFSET ?"
    )
    return connection.execute(statement, (*query.values, limit, start)).fetchall()


class _Reader:
    """Walks over the query's words, once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = _words(text)
        self._place = 0

    def query(self) -> Query:
        conditions: list[str] = []
        values: list[object] = []
        if not self._words:
            raise self._refusal("it is empty")
        while True:
            condition, found = self._condition()
            conditions.append(condition)
            values += found
            if not self._comes("and"):
                break
        order = self._order()
        if self._place < len(self._words):
            raise self._refusal(f"unexpected {self._words[self._place][0]!r}")
        return Query(" AND ".join(conditions), tuple(values), order)

    def _condition(self) -> tuple[str, list[object]]:
        field, operator = self._next().lower(), self._next().lower()
        negated = operator == "!="
        if operator == "not":
            negated, operator = True, self._next().lower()
        values = self._list() if operator == "in" else [self._value()]
        one = self._one(field, operator)
        parts = [one(value) for value in values]
        joined = " OR ".join(condition for condition, _ in parts)
        bound = [value for _, found in parts for value in found]
        return f"{'NOT ' if negated else ''}({joined})", bound

    def _one(self, field: str, operator: str) -> Callable[[str], tuple[str, list[object]]]:
        if field == "type" and operator in {"=", "!=", "in"}:
            return lambda value: ("1" if value.lower() == "page" else "0", [])
        if field in {"title", "text"} and operator == "~":
            return lambda value: ("p.title_key LIKE ?", [f"%{value.casefold().strip('*')}%"])
        if field in _TAKEN and operator in {"=", "!=", "in"}:
            return lambda value: (_TAKEN[field], [value.lower() if field == "label" else value])
        raise self._refusal(f"{field} {operator} is not known here")

    def _list(self) -> list[str]:
        if self._next() != "(":
            raise self._refusal("a list begins with (")
        values = [self._value()]
        while (sign := self._next()) == ",":
            values.append(self._value())
        if sign != ")":
            raise self._refusal("a list ends with )")
        return values

    def _order(self) -> str:
        if not self._comes("order"):
            return "p.modified DESC, p.id"
        if not self._comes("by") or (name := self._next().lower()) not in _ORDERS:
            raise self._refusal("the order is not known here")
        direction = "DESC" if self._comes("desc") else "ASC"
        self._comes("asc")
        return f"{_ORDERS[name]} {direction}, p.id"

    def _comes(self, word: str) -> bool:
        if self._place < len(self._words):
            text, quoted = self._words[self._place]
            if not quoted and text.lower() == word:
                self._place += 1
                return True
        return False

    def _value(self) -> str:
        text = self._next()
        if text in _SIGNS and not self._words[self._place - 1][1]:
            raise self._refusal(f"unexpected {text!r}")
        return text

    def _next(self) -> str:
        if self._place == len(self._words):
            raise self._refusal("it ends too early")
        self._place += 1
        return self._words[self._place - 1][0]

    def _refusal(self, why: str) -> Exception:
        return refused_v1(400, f"Could not parse cql : {self._text} ({why})")


def _words(text: str) -> list[tuple[str, bool]]:
    words = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise refused_v1(400, f"Could not parse cql : {text}")
        place = match.end()
        if quoted := match["text"]:
            words.append((re.sub(r"\\(.)", r"\1", quoted[1:-1]), True))
        else:
            words.append((match["sign"] or match["word"], False))
    return words
