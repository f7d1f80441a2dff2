"""Writing JQL: there is no binding of parameters, so every value is quoted here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def quoted(value: str) -> str:
    """A value as a JQL string; control characters that JQL cannot hold are left out."""
    clean = _CONTROL.sub("", value)
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in clean) + '"'


def one_of(field: str, values: Iterable[str]) -> str:
    """`field in ("a", "b")`; `field` is a name of ours, never a user's."""
    return f"{field} in ({', '.join(quoted(value) for value in values)})"


def wrapped(raw: str) -> str:
    """A query from the mapping as one operand: its OR cannot reach outside its parentheses."""
    return f"({raw.strip()})"
