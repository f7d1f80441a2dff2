"""Texts as YAML that reads back as the very same text, whatever they hold."""

from __future__ import annotations

import json
import re

from bsc_sync.scorecard.wording import neutral

_PLAIN = re.compile(r"[A-Za-z][\w .,()/&%+'-]*")
_WORDS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])
_BREAKING = frozenset("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\ufeff")
_LONGEST_LINE = 2_000


def scalar(text: str) -> str:
    """The text on one line: bare where nothing in it means anything to YAML, else in double quotes.

    What does not print stands there as its escape: nothing reverses the line, nothing is invisible.
    """
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and text.casefold() not in _WORDS:
        return text
    return "".join(map(_quoted, json.dumps(text, ensure_ascii=False)))


def block(text: str, indent: int) -> str:
    """The text as a value whose key stands `indent` deep: line by line where that reads back, else quoted."""
    lines = text.split("\n")
    if len(lines) == 1 and len(text) <= 100:
        return scalar(text)
    if not _is_readable(lines):
        return scalar(text)
    pad = " " * (indent + 2)
    return "|-\n" + "\n".join(f"{pad}{line}" if line else "" for line in lines)


def remark(text: str, *, longest: int = 160) -> str:
    """The text as a comment can hold it: one line, nothing hidden in it."""
    line = neutral(" ".join(text.split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _quoted(char: str) -> str:
    """A character of a JSON string as one of a YAML string; both know the same escapes."""
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_readable(lines: list[str]) -> bool:
    """Whether the lines can stand as they are: each prints, and YAML trims none of them."""
    return (
        bool(lines[0].strip())
        and not lines[0].startswith((" ", "\t"))
        and bool(lines[-1].strip())
        and all(
            len(line) <= _LONGEST_LINE
            and not _BREAKING & set(line)
            and line.isprintable()
            and not (line and not line.strip())
            for line in lines
        )
    )
