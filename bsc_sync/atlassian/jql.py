"""Writing JQL: there is no binding of parameters, so every value is quoted here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bsc_sync.errors import MappingError
from bsc_sync.mapping.queries import query_fault

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
    """A query from the mapping as one operand: its OR cannot reach outside its parentheses.

    Raises MappingError where it could (the mapping's own check says so first, with the place).
    """
    fault = query_fault(raw)
    if fault:
        raise MappingError(f"a query cannot be used: {fault}", hint="correct the query in mapping.yaml")
    return f"({raw.strip()})"
