"""Turns a query into SQL over the issue table (`i`).

Like Jira's own index, a comparison never matches an issue whose field is empty, `NOT` included: `NOT (a = b)`
means `a != b`. An unknown value matches nothing; an unknown field, function or operator empties the whole
result and is named in `Selection.problems`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bsc_sync.sandbox.catalog import Catalog
from bsc_sync.sandbox.jql.columns import Column, column_of
from bsc_sync.sandbox.jql.syntax import And, Clause, Condition, Empty, Many, Not, Or, Query, opposite
from bsc_sync.sandbox.jql.values import Reader, Unknown


@dataclass(frozen=True)
class Asking:
    """Who asks, and when: relative dates, zones and currentUser() depend on it."""

    catalog: Catalog
    connection: sqlite3.Connection
    account_id: str
    zone: ZoneInfo
    now: datetime


@dataclass
class Selection:
    """A WHERE condition with its parameters, an ORDER BY, and what the query names that is not there.

    `problems` empty the whole result; `missing` values match nothing; `warnings` change nothing.
    """

    where: str
    parameters: list[Any]
    order: str
    problems: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether the query can match nothing, because it asks for what does not exist."""
        return bool(self.problems)


def select(query: Query, asking: Asking) -> Selection:
    """The SQL of a query; `SELECT i.id FROM issue i WHERE {where} ORDER BY {order}`."""
    builder = _Builder(asking)
    where = "1" if query.where is None else builder.condition(query.where, reverse=False)
    order = [text for sort in query.order for text in builder.sort(sort.field, sort.direction)]
    order.append("i.id DESC")
    return Selection(
        where, builder.parameters, ", ".join(order), builder.problems, builder.missing, builder.warnings
    )


class _Builder:
    """Collects parameters and problems while it walks the conditions."""

    def __init__(self, asking: Asking) -> None:
        self.parameters: list[Any] = []
        self.problems: list[str] = []
        self.missing: list[str] = []
        self.warnings: list[str] = []
        self._catalog = asking.catalog
        self._reader = Reader(asking.catalog, asking.connection, asking.account_id, asking.zone, asking.now)

    def condition(self, node: Condition, *, reverse: bool) -> str:
        match node:
            case Not(inner):
                return self.condition(inner, reverse=not reverse)
            case And(items) | Or(items):
                word = " AND " if isinstance(node, And) != reverse else " OR "
                return _joined([self.condition(item, reverse=reverse) for item in items], word)
            case Clause():
                operator = opposite(node.operator) if reverse else node.operator
                return self._clause(Clause(node.field, operator, node.operand))

    def sort(self, name: str, direction: str | None) -> list[str]:
        column = column_of(self._catalog, name)
        if column is None or column.order is None:
            self.warnings.append(f"Not able to sort using field '{name}'.")
            return []
        falling = direction == "desc"
        terms = []
        for term in column.order:
            # Empty values come last going up and first going down.
            terms.append(f"({term}) IS NULL {'DESC' if falling else 'ASC'}")
            terms.append(f"{term} {'DESC' if falling else 'ASC'}")
        return terms

    def _clause(self, clause: Clause) -> str:
        column = column_of(self._catalog, clause.field)
        if column is None:
            self.problems.append(
                f"Field '{clause.field}' does not exist or you do not have permission to view it."
            )
            return "0"
        compare = self._comparison(column, clause)
        if compare is None:
            self.problems.append(
                f"The operator '{clause.operator}' is not supported by the '{clause.field}' field."
            )
            return "0"
        start = len(self.parameters)
        try:
            return compare()
        except Unknown as unknown:
            del self.parameters[start:]
            (self.problems if unknown.fatal else self.missing).append(str(unknown))
            return "0"

    def _comparison(self, column: Column, clause: Clause) -> Callable[[], str] | None:
        several = isinstance(clause.operand, Many)
        operator = clause.operator
        if operator in {"is", "is not"}:
            return None if several else lambda: self._emptiness(column, clause)
        if operator in {"in", "not in"}:
            return (lambda: self._membership(column, clause)) if column.equals else None
        if several:
            return None
        if operator in {"=", "!="}:
            return (lambda: self._membership(column, clause)) if column.equals else None
        if operator in {"~", "!~"}:
            return (lambda: self._likeness(column, clause)) if column.text else None
        return (lambda: self._order(column, clause)) if column.ordered else None

    def _emptiness(self, column: Column, clause: Clause) -> str:
        if not isinstance(clause.operand, Empty):
            raise Unknown(f"The operator '{clause.operator}' takes only EMPTY.", fatal=True)
        return self._some(column, "1", negated=clause.operator == "is")

    def _membership(self, column: Column, clause: Clause) -> str:
        wanted = clause.operator in {"=", "in"}
        values, with_empty, missing = self._reader.members(column, clause.operand)
        self.missing += missing
        here = self._matches(column, values, negated=not wanted)
        if wanted:
            return _joined([here, self._some(column, "1", negated=True)], " OR ") if with_empty else here
        return _joined([self._some(column, "1"), here], " AND ")

    def _matches(self, column: Column, values: Sequence[Any], *, negated: bool) -> str:
        if not values:
            return "1" if negated else "0"
        if column.kind == "minute":
            tests = []
            for value in values:
                tests.append(self._some(column, "{x} >= ? AND {x} < ?", negated=negated))
                self.parameters += [value, value + 60_000]
            return _joined(tests, " AND " if negated else " OR ")
        text = self._some(column, "{x} IN (SELECT value FROM json_each(?))", negated=negated)
        self.parameters.append(json.dumps(list(values)))
        return text

    def _likeness(self, column: Column, clause: Clause) -> str:
        pattern = self._reader.pattern(clause.operand)
        negated = clause.operator == "!~"
        test = self._some(column, "jql_like({x}, ?)", negated=negated)
        self.parameters.append(pattern)
        return _joined([self._some(column, "1"), test], " AND ") if negated else test

    def _order(self, column: Column, clause: Clause) -> str:
        bound = self._reader.bound(column, clause.operand)
        if column.kind == "issue":
            self.parameters += [bound[0], bound[1]]
            return f"(i.project_id = ? AND i.number {clause.operator} ?)"
        text = self._some(column, f"{{x}} {clause.operator} ?")
        self.parameters.append(bound)
        return text

    def _some(self, column: Column, test: str, *, negated: bool = False) -> str:
        """SQL for: some value of this field passes the test (or, negated, none does)."""
        word = "NOT " if negated else ""
        if column.source is None:
            condition = f"{column.value} IS NOT NULL"
            if column.guard is not None:
                condition += f" AND {column.guard}"
            if test != "1":
                condition += f" AND ({test.format(x=column.value)})"
            return f"{word}({condition})"
        filled = test.format(x=column.value)
        return " ".join((f"{word}EXISTS (SELECT 1 FROM", column.source, "AND (", filled, "))"))


def _joined(parts: Sequence[str], word: str) -> str:
    # Balanced, because SQLite limits how deep an expression may be.
    if len(parts) == 1:
        return parts[0]
    if len(parts) <= 8:
        return "(" + word.join(parts) + ")"
    middle = len(parts) // 2
    return "(" + _joined(parts[:middle], word) + word + _joined(parts[middle:], word) + ")"
