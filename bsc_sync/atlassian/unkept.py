"""What of a rich text its Markdown does not hold: writing it back would take that away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from bsc_sync.atlassian.dialect import Dialect

_NODES = {
    "media": "picture",
    "mediaInline": "picture",
    "mention": "mention",
    "panel": "panel",
    "expand": "folded section",
    "nestedExpand": "folded section",
    "taskItem": "task",
    "decisionItem": "decision",
    "status": "status lozenge",
    "date": "date",
    "extension": "macro",
    "bodiedExtension": "macro",
    "inlineExtension": "macro",
    "embedCard": "embedded page",
    "layoutSection": "column layout",
}
_WIKI = {
    "picture": re.compile(
        r"(?<!\\)!(?=[^\s!|])[^!\n]{1,500}\.(?:png|jpe?g|gif|svg|webp|bmp)(?:\|[^!\n]{0,200})?!",
        re.IGNORECASE,
    ),
    "mention": re.compile(r"(?<!\\)\[~[^\]\n]{1,255}\]"),
    "panel": re.compile(r"(?<!\\)\{(?:panel|info|note|tip|warning)(?::[^{}\n]{0,500})?\}", re.IGNORECASE),
    "folded section": re.compile(r"(?<!\\)\{expand(?::[^{}\n]{0,500})?\}", re.IGNORECASE),
}
_PAIRED = frozenset({"panel", "folded section"})  # each stands at the beginning and at the end
_DEPTH = 100


def unkept_in(raw: object, dialect: Dialect) -> str:
    """What would be lost, in words for people: `2 pictures, 1 mention`; nothing if nothing would."""
    if dialect.documents == "adf":
        counts = Counter(_of_document(raw, 0))
    else:
        text = raw if isinstance(raw, str) else ""
        found = {name: len(pattern.findall(text)) for name, pattern in _WIKI.items()}
        counts = Counter(
            {name: (count + 1) // 2 if name in _PAIRED else count for name, count in found.items() if count}
        )
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in sorted(counts.items()))


def _of_document(node: object, depth: int) -> Iterator[str]:
    if not isinstance(node, Mapping) or depth > _DEPTH:
        return
    kind = _NODES.get(str(node.get("type")))
    if kind is not None:
        yield kind
    content = node.get("content")
    for child in content if isinstance(content, list) else ():
        yield from _of_document(child, depth + 1)
