"""How our page is known again: the mark in its body, the note on it, and prints that tell edits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from bsc_sync.atlassian.confluence.wiki import Note, WikiPage

NOTE_KEY = "bsc-sync"
_BY_US = "bsc-sync: the page as computed"
_CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_SERVER_IDS = re.compile(r"""\s(?:ac:macro-id|ac:schema-version|ac:local-id|local-id)=(?:"[^"]*"|'[^']*')""")


def carries_mark(body: str, mark: str) -> bool:
    """Whether a body in storage format has an anchor macro of exactly this name."""
    text = _CDATA.sub("", body)
    return re.search(rf"<ac:parameter\b[^>]*>\s*{re.escape(mark)}\s*</ac:parameter>", text) is not None


def is_ours(page: WikiPage, note: Note | None, mark: str) -> bool:
    """Whether a page is the scorecard's: its note says so, or, where it names nobody, its body does."""
    noted = note.value.get("mark") if note else None
    return noted == mark if noted else carries_mark(page.body, mark)


def fingerprint(body: str) -> str:
    """A print of a body that ids given out by the server and white space do not change."""
    text = re.sub(r"\s+", " ", _SERVER_IDS.sub("", body)).strip()
    return hashlib.sha256(text.encode()).hexdigest()


def message(digest: str) -> str:
    """The comment of a version of ours; it tells the next run what stands there."""
    return f"{_BY_US} ({digest[:12]})"


def is_by_us(page: WikiPage) -> bool:
    """Whether the newest version is one that we wrote."""
    return page.message.startswith(_BY_US)


def seems_edited(page: WikiPage, note: Note | None) -> bool:
    """Whether a person may have changed the body since we wrote it, as far as page and note tell.

    A run that ended between the page and its note leaves our version without our print: no edit.
    A page without a note is as it was created if it has one version only.
    """
    if is_by_us(page):
        return False
    if note is None:
        return page.number > 1
    return note.value.get("number") != page.number and note.value.get("body") != fingerprint(page.body)


def file_prints(files: Mapping[str, tuple[bytes, str]]) -> dict[str, str]:
    """A print of each file, by name."""
    return {name: hashlib.sha256(content).hexdigest() for name, (content, _) in files.items()}
