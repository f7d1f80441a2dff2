"""Values as people read them in a plan: short, and two long ones from where they part."""

from __future__ import annotations

import re

from bsc_sync.plan.item import Value
from bsc_sync.plan.unheld import cut

_BARE = re.compile(r"-?\d[\d.:TZ-]*")
_BEFORE = 15


def shown(value: Value, *, longest: int = 60) -> str:
    """A value on one line, in quotes, at most so long; `(empty)` where there is none.

    A note of what only Jira holds is never cut off.
    """
    if value is None:
        return "(empty)"
    text = ", ".join(value) if isinstance(value, tuple) else " ".join(value.split())
    if len(text) <= longest:
        return f'"{text}"'
    text, note = cut(text)
    least = longest // 3
    return f'"{text[: max(longest - len(note), least)]}…{note}"'


def said(value: Value) -> str:
    """A value in a sentence: dates and figures bare, nothing as `empty`, texts in quotes."""
    if isinstance(value, str) and _BARE.fullmatch(value):
        return value
    return "empty" if value is None else shown(value)


def parted(old: Value, new: Value, *, longest: int = 60) -> tuple[str, str]:
    """Both values, short; two long texts from shortly before the place where they part."""
    if not isinstance(old, str) or not isinstance(new, str):
        return shown(old, longest=longest), shown(new, longest=longest)
    texts = [" ".join(value.split()) for value in (old, new)]
    both = zip(*texts, strict=False)
    skip = next((at for at, (one, other) in enumerate(both) if one != other), min(map(len, texts))) - _BEFORE
    if skip <= 0 or max(map(len, texts)) <= longest:
        return shown(old, longest=longest), shown(new, longest=longest)
    one, other = (shown(text[skip:], longest=longest) for text in texts)
    return f'"…{one[1:]}', f'"…{other[1:]}'
