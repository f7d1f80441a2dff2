"""How a value is written into a YAML text: in the way of its place, and so that it is read as itself."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bsc_sync.scorecard.quantity import Plain
from bsc_sync.scorecard.yaml_nodes import CONTROL, Unreadable, compose

# Other readers of YAML take these for truths, numbers, days or times.
_OTHERWISE = re.compile(
    r"(?i)y|yes|no|n|on|off|true|false|null|~|=|<<|[-+]?\.(inf|nan)|[-+.]?[0-9][0-9a-f_:.,xot+z -]*"
)
_JOINERS = frozenset("\u200c\u200d")  # they shape letters and emoji; all other hidden signs are written out
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}

New = str | Plain | tuple[str, ...] | None
"""A value to be written: a text, a number or day in its exact letters, a list of texts, or nothing."""


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it is to stand: what follows the key, the lines below it, and as what it is read."""

    head: str
    value: object
    lines: tuple[str, ...] = ()


def inline(value: str | Plain | None, *, flow: bool, like: str = "") -> Written:
    """A value on one line; `flow`: inside of brackets. `like` is the quote that the place had.

    Raises ValueError where YAML cannot hold it.
    """
    if value is None:
        return Written("null", None)
    if type(value) is Plain:
        return Written(str(value), value)
    if found := CONTROL.search(value):
        raise ValueError(f"it holds the control character U+{ord(found[0]):04X}")
    doubled = f'"{"".join(map(_escaped, value))}"'
    for candidate in _candidates(value, like):
        if candidate == doubled or _reads_as(candidate, value, flow=flow):
            return Written(candidate, value)
    return Written(doubled, value)


def block(text: str, *, chomped: bool) -> Written | None:
    """A text as the lines below a `|`, without their indentation; None where only quotes will do."""
    lines = text.split("\n")
    plain = all(
        line == line.rstrip() and not line.startswith("\t") and not any(map(_hidden, line)) for line in lines
    )
    if not plain or not lines[0] or lines[0][0].isspace() or not lines[-1] or CONTROL.search(text):
        return None
    return Written("|-" if chomped else "|", text if chomped else f"{text}\n", tuple(lines))


def listed_inline(values: tuple[str, ...]) -> Written:
    """A list of texts in brackets."""
    return Written(f"[{', '.join(inline(one, flow=True).head for one in values)}]", list(values))


def _candidates(text: str, like: str) -> list[str]:
    doubled, single = f'"{"".join(map(_escaped, text))}"', "'" + text.replace("'", "''") + "'"
    if any(map(_hidden, text)):
        return [doubled]
    quoted = (
        [single, doubled] if like == "'" or ("'" not in text and re.search(r'["\\]', text)) else [doubled]
    )
    if like in {"'", '"'}:
        return quoted if like == "'" else [doubled]
    return quoted if _OTHERWISE.fullmatch(text) else [text, *quoted]


def _reads_as(written: str, text: str, *, flow: bool) -> bool:
    """Whether it is read as that text, whatever follows it."""
    around = ("{{k: {}}}\n", "{{k: {} , l: m}}\n", "{{k: {},l: m}}\n") if flow else ("k: {} # c\n", "k: {}\n")
    return all(_read(template.format(written)) == text for template in around)


def _read(text: str) -> str | None:
    """The text under `k`; None where there is none, or it is no text."""
    try:
        node, problems = compose(text, "")
    except Unreadable:
        return None
    value = node.value if node is not None else None
    entry = value.get("k") if isinstance(value, dict) and not problems else None
    found = entry.node.value if entry is not None else None
    return found if type(found) is str else None


def _hidden(char: str) -> bool:
    return not char.isprintable() and char not in _JOINERS and unicodedata.category(char) != "Zs"


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if not _hidden(char):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
