"""What a doctor found: one check beside the other, with what is missing and how to mend it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bsc_sync.errors import Problem
from bsc_sync.report.wants import Want

State = Literal["well", "warning", "missing", "unknown"]
Fault = Literal["here", "site"]
Tone = Literal["plain", "strong", "quiet", "good", "warn", "bad"]
WIDTH = 80

AREAS = (
    "files and store",
    "site and account",
    "permissions",
    "projects and fields",
    "issues and work",
    "queries",
    "people",
    "confluence",
)
_TONES: Mapping[State, Tone] = {"well": "good", "warning": "warn", "missing": "bad", "unknown": "quiet"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    `what` names it, `found` says how it is, `mend` what to do. `fault` says where it has to be mended:
    `here` (the files, the settings) or at the `site`. `where` is file:line:column. `wants` are what an
    admin of the site would have to grant or create for it.
    """

    area: str
    what: str
    state: State
    found: str = ""
    mend: str = ""
    where: str = ""
    fault: Fault = "here"
    wants: tuple[Want, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """All checks, in the order in which they are told, and how many requests they took."""

    title: str
    checks: tuple[Check, ...]
    requests: int = 0
    flavor: str = ""  # cloud | data-center; empty where it could not be found out
    site: str = ""
    account: str = ""

    @property
    def exit_code(self) -> int:
        """0: all is well. 1: something is to be mended in the files or the settings. 4: at the site."""
        missing = [check for check in self.checks if check.state == "missing"]
        if any(check.fault == "here" for check in missing):
            return 1
        return 4 if missing else 0

    def count(self, state: State) -> int:
        """How many checks ended so."""
        return sum(check.state == state for check in self.checks)

    def wants(self, *, every: bool) -> tuple[Want, ...]:
        """What to ask an admin for: what is missing, or all that is needed."""
        return tuple(
            want for check in self.checks if every or check.state == "missing" for want in check.wants
        )


def of_problem(problem: Problem, area: str, *, fault: Fault = "here", state: State = "missing") -> Check:
    """A problem as a check that failed."""
    where = problem.where or problem.path
    return Check(area, "", state, problem.what, problem.hint, where, fault)


def health_lines(health: Health) -> Iterator[tuple[str, Tone]]:
    """The screen, each line at most 80 columns wide where its words allow it, and its tone."""
    yield health.title, "strong"
    for area in dict.fromkeys((*AREAS, *(check.area for check in health.checks))):
        checks = [check for check in health.checks if check.area == area]
        if checks:
            yield area, "strong"
        for check in checks:
            yield from _check_lines(check)
    counts = [f"{health.count(state)} {state}" for state in ("well", "warning", "missing", "unknown")]
    yield "", "plain"
    yield f"{len(health.checks)} checks: {', '.join(counts)}.", "strong"
    yield f"{health.requests} request{'' if health.requests == 1 else 's'}, none of which writes.", "plain"
    if health.wants(every=False):
        yield "What to ask an admin of the site for: bsc-sync doctor --request", "plain"


def health_json(health: Health) -> dict[str, object]:
    """The same as data."""
    return {
        "healthy": health.exit_code == 0,
        "exit_code": health.exit_code,
        "site": health.site,
        "deployment": health.flavor,
        "requests": health.requests,
        "counts": {state: health.count(state) for state in ("well", "warning", "missing", "unknown")},
        "checks": [
            {
                "area": check.area,
                "what": check.what,
                "state": check.state,
                "found": check.found,
                "mend": check.mend,
                "where": check.where,
                "mended": {"here": "in the files or settings", "site": "at the site"}[check.fault]
                if check.state == "missing"
                else "",
                "wants": [
                    {"kind": want.kind, "name": want.name, "places": list(want.places), "why": want.why}
                    for want in check.wants
                ]
                if check.state == "missing"
                else [],
            }
            for check in health.checks
        ],
    }


def _check_lines(check: Check) -> Iterator[tuple[str, Tone]]:
    head = f"{check.what} ({check.where})" if check.what and check.where else check.what or check.where
    text = f"{head}: {check.found}" if head and check.found else head or check.found
    tone = _TONES[check.state]
    for number, line in enumerate(_wrapped(text, 11)):
        yield (f"  {check.state:<9}" if number == 0 else " " * 11) + line, tone
    if check.mend:
        for number, line in enumerate(_wrapped(check.mend, 14)):
            yield (" " * 11 + "-> " if number == 0 else " " * 14) + line, "plain"


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(
        text, WIDTH - indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    ) or [""]
