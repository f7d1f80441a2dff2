"""The one form of a line of text: spaces single, marks without edges of space, addresses in one writing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from markdown_it.common.normalize_url import normalizeLink

from bsc_sync.scorecard.prose import Mark, Run

_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_CODE: frozenset[Mark] = frozenset({"code"})
_SPACES = re.compile(r"[^\S\n]+")
_EDGES = re.compile(r"( *\n[ \n]*|^ +| +$)")
_ADDRESS = re.compile(r"(?:https?://[^/]|mailto:.)", re.IGNORECASE)
_BARE = re.compile(
    r"""(?:^|(?<=[\s(\[{"'<,;]))https?://[^\s<>"{}|\\^`\[\]]{1,2000}?(?=[.,;:!?)\]}>"']*(?:\s|$))"""
)


def cleaned(text: str) -> str:
    """The text without what no store keeps and what reorders its surroundings; one kind of line end."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def addresses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where bare web addresses stand in a part of a paragraph's text: products make links of them unasked."""
    for found in _BARE.finditer(text, start):
        if found.end() <= end:
            yield found.span()
        if found.start() >= end:
            return


@lru_cache(maxsize=1024)
def address_of(text: str) -> str | None:
    """The one writing of a web or mail address; None for what is not one that may be linked to."""
    href = normalizeLink(cleaned(text).strip())
    return href if _ADDRESS.match(href) and not re.search(r"[\s<>|\[\]]", href) else None


def tidy_runs(runs: Iterable[Run]) -> tuple[tuple[Run, ...], ...]:
    """The lines of a paragraph, each in its one form; an empty line between lines makes another paragraph.

    White space belongs to no mark that does not hold on both its sides; a link whose text is its
    address is that text; a link to elsewhere than the web or a mailbox says its target in brackets.
    """
    pieces = _spaced(_pieces(_joined(_linked(runs))))
    paragraphs: list[list[Run]] = [[]]
    for piece in pieces:
        if piece.text.count("\n") > 1:
            paragraphs.append([])
        else:
            paragraphs[-1].append(piece)
    return tuple(_bare(_joined(part)) for part in paragraphs if part)


def on_one_line(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs in their one form, without line breaks."""
    flat = tidy_runs(Run(run.text.replace("\n", " "), run.marks, run.href) for run in runs)
    return flat[0] if flat else ()


def _linked(runs: Iterable[Run]) -> Iterator[Run]:
    """Runs with cleaned texts and addresses in one writing."""
    for href, group in groupby(runs, key=lambda run: run.href):
        address = address_of(href) if href else None
        some = False
        for run in group:
            text = cleaned(run.text)
            if "code" in run.marks:
                text, marks = text.replace("\n", " "), _CODE
            else:
                marks = run.marks
            if text:
                some = some or bool(text.strip())
                yield Run(text, marks, address)
        if some and href and address is None:
            target = " ".join(cleaned(href).split())
            yield Run(f" ({target})" if target else "")


def _pieces(runs: Iterable[Run]) -> list[Run]:
    """Words and white space apart; white space without marks, one piece between two words."""
    pieces: list[Run] = []
    for run in runs:
        for index, text in enumerate(_EDGES.split(_SPACES.sub(" ", run.text))):
            if not text:
                continue
            if index % 2 == 0 and not text.isspace():
                pieces.append(Run(text, run.marks, run.href))
            elif pieces and pieces[-1].text.isspace():
                pieces[-1] = Run(_space(pieces[-1].text + text))
            else:
                pieces.append(Run(_space(text)))
    while pieces and pieces[0].text.isspace():
        pieces.pop(0)
    while pieces and pieces[-1].text.isspace():
        pieces.pop()
    return pieces


def _space(text: str) -> str:
    return "\n" * text.count("\n") or " "


def _spaced(pieces: Sequence[Run]) -> Iterator[Run]:
    for index, piece in enumerate(pieces):
        if piece.text.isspace():
            before, after = pieces[index - 1], pieces[index + 1]
            marks = (before.marks & after.marks) - {"code"}
            yield Run(piece.text, marks, before.href if before.href == after.href else None)
        else:
            yield piece


def _joined(runs: Iterable[Run]) -> list[Run]:
    joined: list[Run] = []
    parts: list[str] = []
    for run in runs:
        if joined and (joined[-1].marks, joined[-1].href) == (run.marks, run.href):
            parts.append(run.text)
            continue
        if joined:
            joined[-1] = Run("".join(parts), joined[-1].marks, joined[-1].href)
        joined.append(run)
        parts = [run.text]
    if joined:
        joined[-1] = Run("".join(parts), joined[-1].marks, joined[-1].href)
    return joined


def _bare(runs: list[Run]) -> tuple[Run, ...]:
    if not any(run.href for run in runs):
        return tuple(runs)
    whole = "".join(run.text for run in runs)
    plainer, at = [], 0
    for run in runs:
        end = at + len(run.text)
        bare = run.href and address_of(run.text) == run.href and next(addresses(whole, at, end), None)
        plainer.append(Run(run.text, run.marks) if bare == (at, end) else run)
        at = end
    return tuple(_joined(plainer))
