"""What a text in Jira holds and the file cannot: a note at the end of the value, which no file can say.

The value of a text with a picture in it differs from that of the text alone, so the picture is an
edit like any other. The note is told people, and is never written anywhere as if it were text.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from bsc_sync.plan.item import Value

Find = tuple[str, str]
"""What it is called (nothing where it belongs to one that was named), and what tells it from others."""

# no Markdown of ours ends like this: outside of code a bracket has a backslash, and code ends in its fence
_NOTE = re.compile(r"(?:\A|\s+)\[only in Jira: ([^\[\]\n]+); [0-9a-f]{8}\]\Z")
_TEXTS = frozenset({"text", "block"})


def with_note(text: str, finds: Sequence[Find]) -> str:
    """The value of a text that holds these besides; without any, the text itself."""
    if not finds:
        return text
    counts = Counter(name for name, _ in finds if name) or {"formatting": 1}
    told = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in sorted(counts.items()))
    whole = "\n".join(f"{name}\t{detail}" for name, detail in finds)
    seal = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:8]
    return "\n\n".join(filter(None, (text, f"[only in Jira: {told}; {seal}]")))


def unheld(kind: str, value: Value) -> str:
    """What a value of a field holds that no file can, in words: `2 pictures, 1 mention`; else nothing."""
    found = _NOTE.search(value) if isinstance(value, str) and kind in _TEXTS else None
    return found[1] if found else ""


def cut(shown: str) -> tuple[str, str]:
    """A value as it is shown on one line, parted before its note."""
    found = _NOTE.search(shown)
    return (shown[: found.start()], f" {found[0].strip()}") if found else (shown, "")
