"""Tokens and passwords that somebody wrote into a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bsc_sync.errors import Problem
from bsc_sync.scorecard.wording import Path, path_text
from bsc_sync.scorecard.yaml_nodes import Node
from bsc_sync.scorecard.yaml_source import Document

_KEYS = re.compile(
    r"(.*[_-])?(token|password|passwd|secret|api[_-]?key|apikey|credentials?|private[_-]?key)", re.IGNORECASE
)
_VALUES = re.compile(
    r"""[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@  # a password in an address
    | \bATATT3[A-Za-z0-9_=-]{16,}                # Atlassian Cloud
    | \bATCTT3[A-Za-z0-9_=-]{16,}
    | \bgh[pousr]_[A-Za-z0-9]{30,}
    | \bgithub_pat_[A-Za-z0-9_]{30,}
    | \bglpat-[A-Za-z0-9_-]{16,}
    | \bxox[abprs]-[A-Za-z0-9-]{10,}
    | \bAKIA[A-Z0-9]{16}\b
    | \beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY
    | \b(Bearer|Basic)\ [A-Za-z0-9+/_=.-]{16,}
    """,
    re.VERBOSE,
)


def secrets(document: Document) -> tuple[tuple[Path, Problem], ...]:
    """Every value that is a secret by its key or its look, with its path; the value is not repeated."""
    return tuple(
        (
            path,
            Problem(
                "a token does not belong in a file",
                "set BSC_SYNC_JIRA_TOKEN in the environment, and revoke this one",
                where=str(place.place),
                path=path_text(path),
            ),
        )
        for path, place in _found(document.root, ())
    )


def _found(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    if isinstance(node.value, dict):
        for key, entry in node.value.items():
            below = (*path, key)
            is_text = isinstance(entry.node.value, str) and entry.node.value
            if is_text and len(key) < 100 and _KEYS.fullmatch(key):
                yield below, entry.node
            else:
                yield from _found(entry.node, below)
    elif isinstance(node.value, list):
        for index, item in enumerate(node.value):
            yield from _found(item, (*path, index))
    elif isinstance(node.value, str) and _VALUES.search(node.value):
        yield path, node
