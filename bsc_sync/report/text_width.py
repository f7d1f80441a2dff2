"""How wide a text is drawn at most, and how it is broken into lines that surely fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"
_NARROW = frozenset("iljI.,:;!|'` ")
_MEDIUM = frozenset('frtJ()[]{}/\\-"*')
_BROAD = frozenset("mwMW@%&—…")
_JOINER = "\u200d"


def text_width(text: str, size: float) -> float:
    """The width in pixels at a font size, estimated for the widest of the usual sans-serif fonts."""
    return sum(_cluster_width(cluster) for cluster in clusters(text)) * size


def fit(text: str, width: float, size: float) -> str:
    """The text on one line, cut with an ellipsis where it would be wider than `width`."""
    lines = wrap(text, width, size, most=1)
    return lines[0] if lines else ""


def wrap(text: str, width: float, size: float, *, most: int) -> tuple[str, ...]:
    """The text in at most `most` lines, none wider than `width`; the last ends in … if text is left out."""
    lines: list[str] = []
    line = ""
    words = list(_words(text, width, size))
    for index, (word, spaced) in enumerate(words):
        joined = f"{line} {word}" if line and spaced else line + word
        if not line or text_width(joined, size) <= width:
            line = joined
            continue
        if len(lines) == most - 1:
            rest = " " if words[index][1] else ""
            return (*lines, _cut(f"{line}{rest}{word}{ELLIPSIS}", width, size))
        lines.append(line)
        line = word
    return (*lines, line) if line else tuple(lines)


def clusters(text: str) -> Iterator[str]:
    """The text in pieces that belong together: a letter with its accents, a family of joined emoji."""
    cluster = ""
    for character in text:
        if cluster and (_belongs(character) or cluster.endswith(_JOINER) or _flag(cluster, character)):
            cluster += character
            continue
        if cluster:
            yield cluster
        cluster = character
    if cluster:
        yield cluster


def _words(text: str, width: float, size: float) -> Iterator[tuple[str, bool]]:
    """Words, and whether a space stands before; one that is wider than a line comes in pieces."""
    for word in text.split():
        spaced, piece = True, ""
        for cluster in clusters(word):
            if piece and text_width(piece + cluster, size) > width:
                yield piece, spaced
                spaced, piece = False, ""
            piece += cluster
        yield piece, spaced


def _cut(text: str, width: float, size: float) -> str:
    kept = ""
    for cluster in clusters(text):
        if text_width(kept + cluster + ELLIPSIS, size) > width:
            break
        kept += cluster
    return kept.rstrip() + ELLIPSIS


def _belongs(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or character == _JOINER
        or 0x1F3FB <= ord(character) <= 0x1F3FF
        or 0xE0020 <= ord(character) <= 0xE007F
    )


def _flag(cluster: str, character: str) -> bool:
    return len(cluster) == 1 and all(0x1F1E6 <= ord(letter) <= 0x1F1FF for letter in (cluster, character))


def _cluster_width(cluster: str) -> float:
    """In units of the font size."""
    first = cluster[0]
    if ord(first) >= 0x1F000 or (len(cluster) > 1 and "\ufe0f" in cluster):
        return 1.4
    if unicodedata.east_asian_width(first) in {"W", "F"}:
        return 1.05
    if first in _NARROW:
        return 0.36
    if first in _MEDIUM:
        return 0.48
    if first in _BROAD:
        return 1.02
    if _belongs(first):
        return 0.3
    return 0.72 if first.isupper() or not first.isascii() else 0.64
