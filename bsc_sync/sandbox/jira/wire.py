"""JSON that keeps numbers as they were written."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any


def dumps(value: Any) -> str:
    """JSON text; Decimals go out digit for digit, as numbers."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except TypeError:
        # The standard encoder knows no Decimal, and floats would lose digits.
        return "".join(_parts(value))


def loads(text: str | bytes) -> Any:
    """The value of a JSON text, fractions as Decimal; ValueError for NaN, bottomless nests and the like."""
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
        if re.search(rb"\\u[dD]", text if isinstance(text, bytes) else text.encode("utf-8", "replace")):
            dumps(value).encode()  # half of a surrogate pair is not text
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _parts(value: Any) -> list[str]:
    if isinstance(value, Decimal):
        return [str(value)]
    if isinstance(value, dict):
        if not value:
            return ["{}"]
        out: list[str] = []
        for name, item in value.items():
            out += [",", json.dumps(str(name), ensure_ascii=False), ":", *_parts(item)]
        out[0] = "{"
        return [*out, "}"]
    if isinstance(value, list | tuple):
        if not value:
            return ["[]"]
        out = []
        for item in value:
            out += [",", *_parts(item)]
        out[0] = "["
        return [*out, "]"]
    return [json.dumps(value, ensure_ascii=False, allow_nan=False)]
