"""How complaints show what they complain about: short, on one line, and with nothing hidden in it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

LONGEST = 60
MOST_COMPARED = 100

Path = tuple[str | int, ...]
"""A way into a document, from its top: keys and list indexes."""


def neutral(text: str) -> str:
    """The text with everything that does not print written out: `\\x1b`, `\\n`, `\\u202e`."""
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def quoted(text: str) -> str:
    """A text in quotes as a message shows it: at most 60 characters, nothing that does not print."""
    short = neutral(text[: LONGEST + 1])
    return f'"{short}"' if len(short) <= LONGEST else f'"{short[: LONGEST - 1]}…"'


def shown(value: object) -> str:
    """Any value of a file in words: a text in quotes, a number as it is, `a list`, `nothing`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if type(value) is str:
        return f"the text {quoted(value)}"
    return quoted(str(value))[1:-1]


def listed(names: Iterable[str], *, most: int = 8, last: str = "and") -> str:
    """Names as a list for people: `a, b and c`, cut after `most` with how many are left out."""
    every = [quoted(name)[1:-1] for name in names]
    if len(every) > most:
        return f"{', '.join(every[:most])} and {len(every) - most} more"
    return f" {last} ".join(part for part in (", ".join(every[:-1]), *every[-1:]) if part)


def meant(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a mistyped word was probably meant to be, if one is near."""
    wanted = word[:100].casefold()
    by_fold = {candidate.casefold(): candidate for candidate in candidates}
    if len(by_fold) > MOST_COMPARED:  # comparing is slow: of a crowd only those that begin alike
        alike = (fold for fold in by_fold if fold[:2] == wanted[:2])
        by_fold = {fold: by_fold[fold] for fold in islice(alike, MOST_COMPARED)}
    near = difflib.get_close_matches(wanted, by_fold, n=1, cutoff=0.6)
    return by_fold[near[0]] if near else None


def suggestion(word: str, candidates: Sequence[str], *, what: str, none: str = "") -> str:
    """`did you mean "target"?`, or else the candidates: `known keys: ...`; `none` if there are none."""
    if not candidates:
        return none
    near = meant(word, candidates)
    return f"did you mean {quoted(near)}?" if near else f"{what}: {listed(candidates)}"


def path_text(path: Path) -> str:
    """A path as people write it: `objectives[2].kpis[0].target`, `fields["KR target"].owner`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", part) and len(part) <= LONGEST:
            text += f".{part}" if text else part
        else:
            text += f"[{quoted(part)}]"
    return text


def _escaped(char: str) -> str:
    if char in "\n\r\t":
        return json.dumps(char)[1:-1]
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
