"""The script of faults: counts the requests that each rule matches, and says which one strikes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any

from bsc_sync.sandbox.weather.rules import Fault


class _Running:
    """A rule with what it has met so far."""

    def __init__(self, rule: Fault) -> None:
        self.rule = rule
        self.seen = 0
        self.struck = 0

    def meets(self, method: str, path: str) -> bool:
        rule = self.rule
        if rule.methods is not None and method not in rule.methods:
            return False
        if rule.path is not None:
            return fnmatchcase(path, rule.path)
        return rule.pattern is None or re.search(rule.pattern, path) is not None

    @property
    def due(self) -> bool:
        """Whether the request that was counted last is one that it strikes."""
        rule = self.rule
        if rule.times is not None and self.struck >= rule.times:
            return False
        if rule.calls is not None:
            return self.seen in rule.calls
        return self.seen >= rule.from_ and (self.seen - rule.from_ + 1) % (rule.every or 1) == 0


class Script:
    """All rules, in order; every rule counts every request that it matches, the first due one strikes."""

    def __init__(self, rules: Iterable[Fault] = ()) -> None:
        self._lock = Lock()
        self._running = [_Running(rule) for rule in rules]

    def add(self, rules: Iterable[Fault]) -> None:
        """More rules, behind those that are there."""
        with self._lock:
            self._running += [_Running(rule) for rule in rules]

    def clear(self) -> None:
        """No rules any more."""
        with self._lock:
            self._running = []

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault of this request, if any; the request is counted."""
        with self._lock:
            chosen: _Running | None = None
            for running in self._running:
                if not running.meets(method, path):
                    continue
                running.seen += 1
                if chosen is None and running.due:
                    chosen = running
            if chosen is None:
                return None
            chosen.struck += 1
            return chosen.rule

    def document(self) -> list[dict[str, Any]]:
        """Every rule as it was written, with the requests it has `seen` and `struck`."""
        with self._lock:
            return [
                running.rule.model_dump(mode="json", by_alias=True, exclude_unset=True)
                | {"seen": running.seen, "struck": running.struck}
                for running in self._running
            ]
