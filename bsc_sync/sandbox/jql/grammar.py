"""The words and the grammar of JQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lark import Token
from lark.lexer import Lexer

GRAMMAR = r"""
start: disjunction order?   -> query
     | order                -> only_order
     |                      -> nothing
?disjunction: conjunction (OR conjunction)*
?conjunction: negation (AND negation)*
?negation: NOT negation     -> negated
     | LPAR disjunction RPAR -> grouped
     | field operator operand -> clause
field: WORD | STRING | CUSTOM
operator: EQ | NE | LE | GE | LT | GT | LIKE | UNLIKE
     | IN       -> is_in
     | NOT IN   -> is_not_in
     | IS       -> is_
     | IS NOT   -> is_not
?operand: single | many
many: LPAR single (COMMA single)* RPAR
?single: value | call | EMPTY -> empty
value: WORD | STRING
call: (WORD | STRING) LPAR (argument (COMMA argument)*)? RPAR
argument: WORD | STRING
order: ORDER BY sort (COMMA sort)*
sort: field (ASC | DESC)?
%declare OR AND NOT LPAR RPAR COMMA EQ NE LE GE LT GT LIKE UNLIKE IN IS EMPTY ORDER BY ASC DESC
%declare WORD STRING CUSTOM
"""

MAX_LENGTH = 250_000
MAX_DEPTH = 120

_KEYWORDS = {
    "and": "AND",
    "or": "OR",
    "not": "NOT",
    "in": "IN",
    "is": "IS",
    "empty": "EMPTY",
    "null": "EMPTY",
    "order": "ORDER",
    "by": "BY",
    "asc": "ASC",
    "desc": "DESC",
}
_SIGNS = {
    "(": "LPAR",
    ")": "RPAR",
    ",": "COMMA",
    "=": "EQ",
    "!=": "NE",
    "<=": "LE",
    ">=": "GE",
    "<": "LT",
    ">": "GT",
    "~": "LIKE",
    "!~": "UNLIKE",
    "&&": "AND",
    "&": "AND",
    "||": "OR",
    "|": "OR",
    "!": "NOT",
}
_PIECE = re.compile(
    r"""(?P<space>\s+)
      | (?P<custom>cf\s*\[\s*(?P<number>[0-9]+)\s*\])
      | (?P<sign>!=|!~|<=|>=|&&|\|\||[()=<>~,!&|])
      | (?P<word>(?:[^\s()=<>~,!&|"'\\{}*/%+^$\#@?;\[\]]|\\.)+)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\", '"': '"', "'": "'", " ": " "}


class JqlError(Exception):
    """A query that cannot be read; the text is what Jira shows."""

    def __init__(self, text: str, at: tuple[int, int] | None = None) -> None:
        place = "" if at is None else f" (line {at[0]}, character {at[1]})"
        super().__init__(f"Error in the JQL Query: {text}{place}")


class JqlLexer(Lexer):
    """Cuts a query into words; lark's grammar does the rest."""

    def __init__(self, _settings: Any) -> None:
        """Nothing to set up: JQL has one lexicon."""

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Token]:  # noqa: ARG002 - lark's signature
        """The tokens of a query; JqlError at the first character that cannot begin one."""
        text = str(lexer_state)
        position, line, line_start, depth = 0, 1, 0, 0
        token: Token | None
        while position < len(text):
            place = (line, position - line_start + 1)
            if text[position] in "\"'":
                end = _end_of_quote(text, position, place)
                token = _quoted(text[position + 1 : end - 1], place)
            else:
                found = _PIECE.match(text, position)
                if found is None:
                    raise _unreadable(text[position], place)
                end = found.end()
                token = _token(found, place)
            if token is not None:
                depth += {"LPAR": 1, "RPAR": -1}.get(token.type, 0)
                if depth > MAX_DEPTH:
                    raise JqlError("The query is nested too deeply.", place)
                yield token
            breaks = text.count("\n", position, end)
            if breaks:
                line += breaks
                line_start = text.rindex("\n", position, end) + 1
            position = end


def _token(found: re.Match[str], place: tuple[int, int]) -> Token | None:
    if found["space"]:
        return None
    if found["custom"]:
        return _made("CUSTOM", found["number"], place)
    if found["sign"]:
        return _made(_SIGNS[found["sign"]], found["sign"], place)
    kind = _KEYWORDS.get(found["word"].lower(), "WORD")
    return _made(kind, _unescaped(found["word"], place) if kind == "WORD" else found["word"], place)


def _end_of_quote(text: str, start: int, place: tuple[int, int]) -> int:
    end = start + 1
    while end < len(text) and text[end] != text[start]:
        end += 2 if text[end] == "\\" else 1
    if end >= len(text):
        raise JqlError(f"The quoted string '{text[start + 1 :]}' has not been completed.", place)
    return end + 1


def _quoted(inner: str, place: tuple[int, int]) -> Token:
    return _made("STRING", _unescaped(inner, place), place)


def _unescaped(text: str, place: tuple[int, int]) -> str:
    if "\\" not in text:
        return text
    parts: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character != "\\":
            parts.append(character)
            position += 1
            continue
        following = text[position + 1 : position + 2]
        digits = text[position + 2 : position + 6]
        if following == "u" and re.fullmatch(r"[0-9a-fA-F]{4}", digits):
            parts.append(chr(int(digits, 16)))
            position += 6
        elif following in _ESCAPES:
            parts.append(_ESCAPES[following])
            position += 2
        else:
            raise JqlError(
                f"'\\{following}' is an illegal JQL escape sequence. The valid escape sequences are "
                "\\', \\\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX.",
                place,
            )
    return "".join(parts)


def _unreadable(character: str, place: tuple[int, int]) -> JqlError:
    return JqlError(
        f"The character '{character}' is a reserved JQL character. You must enclose it in a string or use "
        f"the escape '\\u{ord(character):04x}' instead.",
        place,
    )


def _made(kind: str, text: str, place: tuple[int, int]) -> Token:
    return Token(kind, text, line=place[0], column=place[1])
