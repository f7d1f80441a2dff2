"""What a query says, as a tree of values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from lark import Lark, Token, Transformer, UnexpectedToken, v_args

from bsc_sync.sandbox.jql.grammar import GRAMMAR, MAX_DEPTH, MAX_LENGTH, JqlError, JqlLexer

MAX_SORTS = 7

_OPERATORS = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'"


@dataclass(frozen=True)
class Value:
    """A literal; `quoted` tells `"10"` from `10`."""

    text: str
    quoted: bool = True


@dataclass(frozen=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Empty:
    """EMPTY, also written NULL."""


Single = Value | Call | Empty


@dataclass(frozen=True)
class Many:
    """A list of operands in parentheses."""

    items: tuple[Single, ...]


Operand = Single | Many


@dataclass(frozen=True)
class Clause:
    """One comparison: field, operator (lower case), operand."""

    field: str
    operator: str
    operand: Operand

    @property
    def depth(self) -> int:
        """A comparison holds no other condition."""
        return 1


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    inner: Condition

    @cached_property
    def depth(self) -> int:
        """How many conditions deep this one is."""
        return 1 + self.inner.depth


@dataclass(frozen=True)
class And:
    """All of several conditions."""

    items: tuple[Condition, ...]

    @cached_property
    def depth(self) -> int:
        """How many conditions deep this one is."""
        return 1 + max(item.depth for item in self.items)


@dataclass(frozen=True)
class Or:
    """Any of several conditions."""

    items: tuple[Condition, ...]

    @cached_property
    def depth(self) -> int:
        """How many conditions deep this one is."""
        return 1 + max(item.depth for item in self.items)


Condition = Clause | Not | And | Or


@dataclass(frozen=True)
class Sort:
    """One field of ORDER BY; the direction is `asc`, `desc` or not said."""

    field: str
    direction: str | None = None

    @property
    def descending(self) -> bool:
        """Whether the largest comes first."""
        return self.direction == "desc"


@dataclass(frozen=True)
class Query:
    """A whole query; without a condition it is unbounded."""

    where: Condition | None
    order: tuple[Sort, ...] = ()


@lru_cache(maxsize=512)
def parse(text: str) -> Query:
    """Read a query; JqlError, and nothing else, for what is not JQL."""
    if len(text) > MAX_LENGTH:
        raise JqlError("The query is too long.")
    try:
        query = _parser().parse(text)
    except UnexpectedToken as error:
        raise _unexpected(error) from None
    if not isinstance(query, Query):
        raise JqlError("Unable to parse the query.")
    return query


_OPPOSITES = {"=": "!=", "~": "!~", "in": "not in", "is": "is not", "<": ">=", "<=": ">"}
_OPPOSITES |= {right: left for left, right in _OPPOSITES.items()}


def opposite(operator: str) -> str:
    """The operator that asks the reverse; fields without a value match neither."""
    return _OPPOSITES[operator]


@v_args(inline=True)
class _Builder(Transformer[Token, Query]):
    """Makes values of what the grammar recognizes, while it reads, so that depth costs no stack."""

    def query(self, where: Condition, order: tuple[Sort, ...] = ()) -> Query:
        return Query(where, order)

    def only_order(self, order: tuple[Sort, ...]) -> Query:
        return Query(None, order)

    def nothing(self) -> Query:
        return Query(None)

    def disjunction(self, *parts: Condition | Token) -> Condition:
        items = tuple(part for part in parts if not isinstance(part, Token))
        return _shallow(Or(items))

    def conjunction(self, *parts: Condition | Token) -> Condition:
        items = tuple(part for part in parts if not isinstance(part, Token))
        return _shallow(And(items))

    def negated(self, _word: Token, inner: Condition) -> Condition:
        return _shallow(Not(inner))

    def grouped(self, _left: Token, inner: Condition, _right: Token) -> Condition:
        return inner

    def clause(self, field: str, operator: str, operand: Operand) -> Clause:
        return Clause(field, operator, operand)

    def field(self, name: Token) -> str:
        return f"cf[{name}]" if name.type == "CUSTOM" else str(name)

    def operator(self, sign: Token) -> str:
        return str(sign)

    def is_in(self, _in: Token) -> str:
        return "in"

    def is_not_in(self, _not: Token, _in: Token) -> str:
        return "not in"

    def is_(self, _is: Token) -> str:
        return "is"

    def is_not(self, _is: Token, _not: Token) -> str:
        return "is not"

    def value(self, text: Token) -> Value:
        return Value(str(text), quoted=text.type == "STRING")

    def empty(self, _word: Token) -> Empty:
        return Empty()

    def call(self, name: Token, *parts: Token | str) -> Call:
        return Call(str(name), tuple(part for part in parts if not isinstance(part, Token)))

    def argument(self, text: Token) -> str:
        return str.__str__(text)

    def many(self, *parts: Single | Token) -> Many:
        return Many(tuple(part for part in parts if not isinstance(part, Token)))

    def order(self, *parts: Sort | Token) -> tuple[Sort, ...]:
        sorts = tuple(part for part in parts if isinstance(part, Sort))
        if len(sorts) > MAX_SORTS:
            raise JqlError(f"The maximum number of fields in ORDER BY is {MAX_SORTS}.")
        return sorts

    def sort(self, field: str, direction: Token | None = None) -> Sort:
        return Sort(field, None if direction is None else str(direction).lower())


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer=JqlLexer, transformer=_Builder())


def _shallow(node: Condition) -> Condition:
    # Asked at every node while it is made: the inner depths are known, so nothing here recurses far.
    if node.depth > MAX_DEPTH:
        raise JqlError("The query is nested too deeply.")
    return node


def _unexpected(error: UnexpectedToken) -> JqlError:
    accepts = error.accepts or set()
    token = error.token
    ended = token.type == "$END"
    at = None if ended else (token.line or 1, token.column or 1)
    got = f"but got '{token}'."
    if "EQ" in accepts:
        what = "Expecting operator " + ("before the end of the query." if ended else got)
        return JqlError(f"{what} The valid operators are {_OPERATORS}.", at)
    if "EMPTY" in accepts:
        if ended:
            return JqlError("Expecting either a value, list or function before the end of the query.")
        return JqlError(
            f"Expecting either a value, list or function {got} You must surround '{token}' in quotation "
            "marks to use it as a value.",
            at,
        )
    if "CUSTOM" in accepts:
        if ended:
            return JqlError("Expecting a field name at the end of the query.")
        return JqlError(
            f"Expecting a field name {got} You must surround '{token}' in quotation marks to use it as a "
            "field name.",
            at,
        )
    if ended:
        return JqlError("Expecting ')' before the end of the query.")
    if "OR" in accepts:
        return JqlError(f"Expecting either 'OR' or 'AND' {got}", at)
    return JqlError(f"Unexpected '{token}'.", at)
