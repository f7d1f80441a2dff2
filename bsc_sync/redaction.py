"""The last guard of secrets: what is known to be one is covered in every text that leaves the program.

No message, log entry or traceback is meant to hold a secret in the first place; this is for those
that somebody else's code words.
"""

from __future__ import annotations

from collections import deque
from threading import Lock
from urllib.parse import quote

COVER = "[hidden]"
_SHORTEST = 6  # shorter ones would cover ordinary words
_PASSING = 64

_lock = Lock()
_known: set[str] = set()
_passing: deque[str] = deque(maxlen=_PASSING)


def hide(*secrets: str) -> None:
    """Cover these from now on, as they are and as they stand in an address."""
    with _lock:
        for secret in secrets:
            _known.update(form for form in (secret, quote(secret, safe="")) if len(form) >= _SHORTEST)


def hide_a_while(*secrets: str) -> None:
    """Cover these until many others have come: cookies, which some sites change with every reply."""
    with _lock:
        for secret in secrets:
            if len(secret) >= _SHORTEST and secret not in _passing:
                _passing.append(secret)


def covered(text: str) -> str:
    """The text with every known secret covered."""
    with _lock:
        longest_first = sorted({*_known, *_passing}, key=len, reverse=True)
    for secret in longest_first:
        text = text.replace(secret, COVER)
    return text
