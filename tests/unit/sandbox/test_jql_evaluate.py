"""The SQL of a query finds what a plain reading of the query finds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_sync.sandbox.catalog import Catalog, read_catalog
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.jira.parsed import encoded
from bsc_sync.sandbox.jql.evaluate import Asking, select
from bsc_sync.sandbox.jql.syntax import And, Clause, Condition, Empty, Many, Not, Or, Value, opposite, parse
from bsc_sync.sandbox.jql.values import like
from bsc_sync.sandbox.site import Site

NOW = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
Row = dict[str, list[Any]]


@dataclass(frozen=True)
class World:
    """A site with many different issues, and the same issues as plain rows: field -> values."""

    site: Site
    catalog: Catalog
    rows: dict[str, Row]


def _world() -> World:
    dice = Random(7)  # noqa: S311 - a fixed variety, not a secret
    issues: list[dict[str, Any]] = []
    rows: dict[str, Row] = {}
    for number in range(1, 61):
        project = dice.choice(["AA", "BB"])
        status, category = dice.choice(
            [("To Do", "To Do"), ("In Progress", "In Progress"), ("Closed", "Done")]
        )
        labels = dice.sample(["red", "Green", "blue"], dice.randint(0, 3))
        components = dice.sample(["core", "shop"], dice.randint(0, 2))
        points = dice.choice([None, 0, 1, 2.5, 8])
        team = dice.choice([None, "Left", "Right"])
        assignee = dice.choice([None, "u:1", "u:2"])
        due = dice.choice([None, "2026-10-01", "2026-10-05", "2026-12-31"])
        created = NOW - timedelta(days=dice.randint(0, 40), minutes=dice.randint(0, 1440))
        summary = " ".join(dice.sample(["open", "Shop", "door", "bell"], 2))
        kind = dice.choice(["Story", "Bug"])
        key = f"{project}-{number}"
        issue: dict[str, Any] = {
            "key": key,
            "type": kind,
            "summary": summary,
            "status": status,
            "labels": labels,
            "components": components,
            "created": created,
            "fields": {"Points": points, "Team": team},
        }
        issue |= {"assignee": assignee} if assignee else {}
        issue |= {"due": due} if due else {}
        issues.append(issue)
        rows[key] = {
            "key": [key],
            "project": [project],
            "type": [kind],
            "status": [status],
            "statusCategory": [category],
            "labels": [label.lower() for label in labels],
            "component": components,
            "Points": [] if points is None else [points],
            "Team": [] if team is None else [team],
            "assignee": [] if assignee is None else [assignee],
            "due": [] if due is None else [due],
            "created": [created],
            "summary": [summary],
            "resolution": ["Done"] if status == "Closed" else [],
        }
    site = Site(
        {
            "users": [
                {"account_id": f"u:{n}", "name": f"User {n}", "email": f"{n}@a.example", "token": "t"}
                for n in (1, 2)
            ],
            "fields": [
                {"name": "Points", "type": "number"},
                {"name": "Team", "type": "select", "options": ["Left", "Right", "Up"]},
            ],
            "projects": [
                {
                    "key": key,
                    "components": ["core", "shop"] if key == "AA" else ["shop", "core"],
                    "issues": [issue for issue in issues if issue["key"].startswith(key)],
                }
                for key in ("AA", "BB")
            ],
        },
        clock=Clock(NOW),
    )
    with site.store.transaction() as connection:
        connection.create_function("jql_like", 2, like, deterministic=True)
        return World(site, read_catalog(connection), rows)


WORLD = _world()


def found(jql: str) -> list[str]:
    """The keys that the sandbox finds, in its order."""
    with WORLD.site.store.transaction() as connection:
        asking = Asking(WORLD.catalog, connection, "u:1", ZoneInfo("UTC"), NOW)
        selection = select(parse(jql), asking)
        assert not selection.problems
        statement = f"SELECT i.key FROM issue i WHERE {selection.where} ORDER BY {selection.order}"  # noqa: S608 - the SQL is what is tested
        return [row["key"] for row in connection.execute(statement, selection.parameters)]


# A plain reading of a query, one issue at a time.

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def holds(node: Condition, row: Row, *, reverse: bool = False) -> bool:
    """Whether an issue passes; a field without a value passes only EMPTY."""
    match node:
        case Not(inner):
            return holds(inner, row, reverse=not reverse)
        case And(items):
            results = [holds(item, row, reverse=reverse) for item in items]
            return any(results) if reverse else all(results)
        case Or(items):
            results = [holds(item, row, reverse=reverse) for item in items]
            return all(results) if reverse else any(results)
        case Clause(field, operator, operand):
            return _passes(field, opposite(operator) if reverse else operator, operand, row[field])


def _passes(field: str, operator: str, operand: Any, values: list[Any]) -> bool:
    items = operand.items if isinstance(operand, Many) else (operand,)
    wanted = [_meant(field, item.text) for item in items if isinstance(item, Value)]
    with_empty = any(isinstance(item, Empty) for item in items)
    match operator:
        case "is" | "is not":
            return (not values) == (operator == "is")
        case "=" | "in":
            return any(value in wanted for value in values) or (with_empty and not values)
        case "!=" | "not in":
            return bool(values) and not any(value in wanted for value in values)
        case "~" | "!~":
            words = [value.lower().split() for value in values]
            return bool(values) and any(wanted[0] in have for have in words) == (operator == "~")
    return any(_COMPARE[operator](value, wanted[0]) for value in values)


def _meant(field: str, text: str) -> Any:
    if field == "Points":
        return float(text)
    if field == "created":
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return text.lower() if field in {"labels", "summary"} else text


# Queries that make sense for that world.

_CHOICES = {
    "project": ["AA", "BB", "CC"],
    "type": ["Story", "Bug", "Epic"],
    "status": ["To Do", "In Progress", "Closed", "Lost"],
    "statusCategory": ["To Do", "In Progress", "Done"],
    "labels": ["red", "GREEN", "blue", "none"],
    "component": ["core", "shop"],
    "Team": ["Left", "Right", "Up"],
    "assignee": ["u:1", "u:2", "u:3"],
    "due": ["2026-10-01", "2026-10-05", "2026-11-11"],
    "Points": ["0", "1", "2.5", "8", "-1"],
    "resolution": ["Done", "Duplicate"],
    "key": ["AA-1", "BB-2", "AA-3", "BB-60", "AA-99", *list(WORLD.rows)[:6]],
}
_ORDERED = {
    "due": _CHOICES["due"],
    "Points": _CHOICES["Points"],
    "created": ["2026-09-01", "2026-09-20 12:30", "2026-10-05"],
}


def _value(text: str) -> Value:
    return Value(text, quoted=True)


def _clauses() -> st.SearchStrategy[Condition]:
    kinds: list[st.SearchStrategy[Condition]] = []
    for field, choices in _CHOICES.items():
        values = st.sampled_from(choices).map(_value)
        singles = values | st.just(Empty())
        many = st.lists(singles, min_size=1, max_size=4).map(lambda items: Many(tuple(items)))
        kinds += [
            st.builds(Clause, st.just(field), st.sampled_from(["=", "!="]), values),
            st.builds(Clause, st.just(field), st.sampled_from(["in", "not in"]), many),
            st.builds(Clause, st.just(field), st.sampled_from(["is", "is not"]), st.just(Empty())),
        ]
    for field, choices in _ORDERED.items():
        values = st.sampled_from(choices).map(_value)
        kinds.append(st.builds(Clause, st.just(field), st.sampled_from(sorted(_COMPARE)), values))
    words = st.sampled_from(["shop", "DOOR", "window"]).map(_value)
    kinds.append(st.builds(Clause, st.just("summary"), st.sampled_from(["~", "!~"]), words))
    return st.one_of(kinds)


def _grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, inner) | st.builds(And, several) | st.builds(Or, several)


CONDITIONS = st.recursive(_clauses(), _grown, max_leaves=12)


def written(node: Condition) -> str:
    """The query text of a condition, everything in parentheses."""
    match node:
        case Not(inner):
            return f"NOT ({written(inner)})"
        case And(items):
            return " AND ".join(f"({written(item)})" for item in items)
        case Or(items):
            return " OR ".join(f"({written(item)})" for item in items)
        case Clause(field, operator, operand):
            return f"{encoded(field)} {operator} {_operand(operand)}"


def _operand(operand: Any) -> str:
    match operand:
        case Many(items):
            return f"({', '.join(_operand(item) for item in items)})"
        case Value(text):
            return encoded(text)
    return "EMPTY"


@settings(max_examples=400)
@given(CONDITIONS)
def test_the_sandbox_finds_what_a_plain_reading_finds(condition: Condition) -> None:
    expected = {key for key, row in WORLD.rows.items() if holds(condition, row)}
    result = found(written(condition))
    assert set(result) == expected
    assert len(result) == len(expected)


@settings(max_examples=50)
@given(CONDITIONS)
def test_a_query_and_its_opposite_never_share_an_issue(condition: Condition) -> None:
    text = written(condition)
    assert not set(found(text)) & set(found(f"NOT ({text})"))


def _number(key: str) -> tuple[str, int]:
    project, number = key.split("-")
    return project, int(number)


def test_order_by_puts_empty_values_last_going_up_and_first_going_down() -> None:
    rows = WORLD.rows
    rising = found("project in (AA, BB) ORDER BY Points ASC, key")
    points = [rows[key]["Points"] for key in rising]
    assert points == sorted(points, key=lambda value: (not value, value))
    assert found("project in (AA, BB) ORDER BY Points DESC, key DESC") == rising[::-1]
    assert found("project in (AA, BB) ORDER BY key") == sorted(rows, key=_number)
    newest = found("project in (AA, BB) ORDER BY created DESC")
    assert [rows[key]["created"][0] for key in newest] == sorted(
        (row["created"][0] for row in rows.values()), reverse=True
    )


def test_keys_compare_by_number() -> None:
    expected = [key for key in sorted(WORLD.rows, key=_number) if key.startswith("AA") and int(key[3:]) > 9]
    assert found("key > AA-9 ORDER BY key") == expected


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("Open the shop door", "shop", True),
        ("Open the shop door", "sho", False),
        ("Open the shop door", "sho*", True),
        ("Open the shop door", "d?or", True),
        ("Open the shop door", "SHOP open", True),
        ("Open the shop door", '"the shop"', True),
        ("Open the shop door", '\\"the shop\\"', True),
        ("Open the shop door", '"shop the"', False),
        ("Open the shop door", "shop -door", False),
        ("Open the shop door", "shop -window", True),
        ("run-the-business", "run-the-business", True),
        ("C++ & more", "more", True),
        ("Straße", "STRASSE", True),
        ("", "x", False),
        (None, "x", False),
        ("50% [off] (now)", "50\\\\% \\\\[off\\\\]", True),
    ],
)
def test_likeness_is_by_words(text: str | None, pattern: str, expected: bool) -> None:
    assert like(text, pattern) is expected


@given(st.text(), st.text())
def test_likeness_takes_any_text(text: str, pattern: str) -> None:
    assert like(text, pattern) in {True, False}
