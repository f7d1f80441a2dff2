"""The names of one person, found in whatever the store holds, and given way to a word that tells nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bsc_sync.plan.item import digest

NOBODY = "(forgotten)"

_COMMON = re.compile(r"[\w.-]{1,19}")  # what may as well be a word, a label or somebody's id
_IDENTITIES = frozenset(
    {
        *("ref", "id", "key", "kind", "action", "asked_by", "field", "type", "verdict", "result", "name"),
        *(
            "scorecard",
            "store",
            "project",
            "issue_type",
            "parent",
            "parent_key",
            "link_to",
            "existing",
            "summary",
        ),
        *("status", "category", "serves", "subject", "run", "verb", "where", "guard", "replaces"),
    }
)


@dataclass(frozen=True)
class Names:
    """Every name that a person goes by: role aliases, Jira accounts, and others that were told.

    A name that may as well be a common word counts where it stands as a word of its own, in the
    letters given, and not where something else is called so; the others count anywhere.
    """

    known: tuple[str, ...]

    def stand_in(self, text: str) -> bool:
        """Whether one of the names stands in a text."""
        return any(pattern.search(text) for pattern in self._patterns.values())

    def taken_out(self, text: str, *, identity: bool = False) -> str:
        """The text without the names; `identity`: it says what something else is called."""
        for name, pattern in self._patterns.items():
            if not identity or not _COMMON.fullmatch(name):
                text = pattern.sub(NOBODY, text)
        return text

    def taken_out_of_json(self, text: str) -> str:
        """A JSON text without the names in its values, nor digests that would tell them."""
        try:
            value = json.loads(text)
        except ValueError:
            return self.taken_out(text)
        cleaned = self._cleaned(value, identity=False)
        return text if cleaned == value else json.dumps(cleaned, ensure_ascii=False)

    def told_of(self, text: str | None) -> frozenset[tuple[str, str]]:
        """Of which refs and keys of issues a text in JSON says something that names the person."""
        try:
            value = json.loads(text) if text else None
        except ValueError:
            return frozenset()
        return frozenset(self._told_of(value))

    def tells(self, fingerprint: str | None) -> bool:
        """Whether a digest is that of one of the names: whoever has the name can tell."""
        return fingerprint in self._digests

    def is_value(self, text: str | None) -> bool:
        """Whether a value in JSON is one of the names, or a list in which one stands."""
        try:
            value = json.loads(text) if text else None
        except ValueError:
            return False
        return any(one in self.known for one in (value if isinstance(value, list) else [value]))

    def _told_of(self, value: Any) -> Iterator[tuple[str, str]]:
        """The innermost parts that name somebody are of one issue each: a change, an outcome, a note."""
        if isinstance(value, dict | list):
            inner = [*(value.values() if isinstance(value, dict) else value)]
            told = [one for part in inner for one in self._told_of(part)]
            yield from told
            if not told and isinstance(value, dict) and self._cleaned(value, identity=False) != value:
                ref, key = value.get("ref"), value.get("key")
                if isinstance(ref, str) or isinstance(key, str):
                    yield str(ref or ""), str(key or "")

    def _cleaned(self, value: Any, *, identity: bool) -> Any:
        if isinstance(value, dict):
            return {key: self._cleaned(inner, identity=key in _IDENTITIES) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._cleaned(inner, identity=identity) for inner in value]
        if isinstance(value, str):
            return NOBODY if self.tells(value) else self.taken_out(value, identity=identity)
        return value

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {
            name: _pattern(name) for name in sorted(set(self.known), key=len, reverse=True) if name.strip()
        }

    @cached_property
    def _digests(self) -> frozenset[str]:
        return frozenset(
            fingerprint for name in self.known for fingerprint in (digest(name), digest((name,)))
        )


def _pattern(name: str) -> re.Pattern[str]:
    flags = re.NOFLAG if _COMMON.fullmatch(name) else re.IGNORECASE
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", flags)
