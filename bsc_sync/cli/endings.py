"""How runs are told: their ending in a word, moments in the scorecard's zone, lengths."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from bsc_sync.state.lease import Held
from bsc_sync.state.run_records import RunRecord
from bsc_sync.sync.last_look import PAGE

_ENDINGS = {
    0: ("done", "good"),
    1: ("not begun", "warn"),
    3: ("stopped", "warn"),
    4: ("remote error", "bad"),
    5: ("in part", "bad"),
    64: ("not begun", "warn"),
    130: ("interrupted", "warn"),
    143: ("interrupted", "warn"),
}


def ending(run: RunRecord, held: Held | None) -> tuple[str, str]:
    """A word for how a run ended, and its style; who holds the scorecard now is still running."""
    if run.exit_code is not None:
        if run.exit_code == 1 and run.plan is not None:
            return ("page failed", "bad")  # the plan was carried out, and a file could not be written
        return _ENDINGS.get(run.exit_code, ("failed", "bad"))
    return ("running", "plain") if is_running(run, held) else ("did not end", "bad")


def is_running(run: RunRecord, held: Held | None) -> bool:
    """Whether a run that has not ended is the one that holds the scorecard."""
    return run.ended is None and held is not None and held.holder == run.who and "found_by" not in run.report


def moment(at: dt.datetime, zone: ZoneInfo) -> str:
    """A moment to the second, in the zone."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def length(run: RunRecord) -> str:
    """How long a run took: `0.4s`, `12s`, `3m05s`; nothing when it did not end."""
    if run.took is None:
        return ""
    seconds = run.took.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f}s"
    return f"{seconds:.0f}s" if seconds < 100 else f"{int(seconds) // 60}m{int(seconds) % 60:02}s"


def run_json(run: RunRecord, held: Held | None, *, whole: bool = False) -> dict[str, object]:
    """A run as data; `whole` with its plan, its outcomes and what it left to say on the page."""
    told: dict[str, object] = {
        "run": run.id,
        "verb": run.verb,
        "mode": run.mode,
        "who": run.who,
        "version": run.version,
        "started": run.started.isoformat(),
        "ended": run.ended.isoformat() if run.ended else None,
        "seconds": None if run.took is None else run.took.total_seconds(),
        "result": ending(run, held)[0],
        "exit_code": run.exit_code,
        "requests": run.requests,
        "scorecard_digest": run.scorecard_digest,
        "mapping_digest": run.mapping_digest,
        "report": {name: told for name, told in run.report.items() if whole or name != PAGE},
    }
    if whole:
        told |= {"plan": run.plan, "outcomes": list(run.outcomes)}
    return told
