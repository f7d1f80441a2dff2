"""The part of a text field that is ours: what stands around it, and how it is found again.

People may write around it, move it and translate the words: only the arrow, our name and the
scorecard's id tell where it begins and ends.
"""

from __future__ import annotations

import re
from functools import cache

BEGIN, END = "▼", "▲"
_PASSED = {BEGIN: "▽", END: "△"}


def first_line(card: str) -> str:
    """What stands above our part."""
    return f"{BEGIN} bsc-sync {card}: this part comes from the scorecard; change it there"


def last_line(card: str) -> str:
    """What stands below our part."""
    return f"{END} bsc-sync {card}: end of that part"


@cache
def line_pattern(card: str) -> re.Pattern[str]:
    """Where a text says that a part of this scorecard begins or ends; group 1 is the arrow.

    Editors of wiki markup may put a backslash before a sign.
    """
    name = "".join(letter if letter.isalnum() else rf"\\?{re.escape(letter)}" for letter in card)
    return re.compile(rf"([{BEGIN}{END}])\s*bsc\\?-sync\s+{name}(?!\\?[.]?[\w-])")


def passed(text: str) -> str:
    """The text with its arrows hollow: it stays, and marks nothing any more."""
    return re.sub(f"[{BEGIN}{END}]", lambda found: _PASSED[found[0]], text)
