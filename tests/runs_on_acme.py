"""What we do in a test with an example and its sandbox: plan, apply, sync, each time as a run of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from requests.adapters import BaseAdapter

from bsc_sync.plan.plan import Plan
from bsc_sync.plan.wishes import NO_WISH, Wishes
from bsc_sync.runtime import Office
from bsc_sync.sync.apply import Tell
from bsc_sync.sync.apply_only import Applied, apply_only
from bsc_sync.sync.prepare import prepare
from bsc_sync.sync.run import RunReport, run
from bsc_sync.sync.world import Policy

Acme = Any  # what the fixtures of tests/contract give: its class lives in a conftest, which is not imported


@contextmanager
def unwatched(_total: int) -> Iterator[Tell]:
    """Nobody looks at the progress."""
    yield lambda _outcome: None


def key_of(acme: Acme, ref: str) -> str:
    """The key of the issue that the store links to a ref."""
    return str(acme.office().memory.links()[ref].key)


def put(acme: Acme, ref: str, **fields: object) -> None:
    """A person edits the issue of a ref."""
    acme.ask("PUT", f"{acme.api}/issue/{key_of(acme, ref)}", {"fields": fields})


def plan_of(acme: Acme, wishes: Wishes = NO_WISH, targets: Sequence[str] = ()) -> Plan:
    """What `plan` would show."""
    office = acme.office()
    world = acme.world(office)
    with office.memory.lease(holder="test"):
        return prepare(
            office.strategy,
            tracker=world.tracker,
            memory=office.memory,
            now=world.clock(),
            may_settle=True,
            wishes=wishes,
            targets=targets,
        ).plan


def apply(
    acme: Acme, saved: Plan | None = None, *, meanwhile: Callable[[], object] = int, **policy: Any
) -> Applied:
    """What `apply` does; `meanwhile` happens between the plan and the first write."""
    office = acme.office()

    def approve(_plan: Plan) -> bool:
        meanwhile()
        return True

    done = apply_only(
        office.strategy, acme.world(office), Policy(**policy), saved=saved, approve=approve, watch=unwatched
    )
    assert done is not None
    return done


def sync(
    acme: Acme,
    carrier: Callable[[], BaseAdapter] | None = None,
    *,
    office: Office | None = None,
    **policy: Any,
) -> RunReport:
    """What `sync` does, but for the page; `carrier` makes what carries its requests."""
    return sync_and_publish(acme, carrier, office=office, **{"publish": "never", **policy})


def sync_and_publish(
    acme: Acme,
    carrier: Callable[[], BaseAdapter] | None = None,
    *,
    office: Office | None = None,
    **policy: Any,
) -> RunReport:
    """What `sync` does."""
    before = acme.carrier
    acme.carrier = carrier or before
    try:
        here = office or acme.office()
        return run(here.strategy, acme.world(here), Policy(**policy))
    finally:
        acme.carrier = before


def quiet(acme: Acme, exit_code: int = 0) -> RunReport:
    """One more sync: there is nothing to write, and nothing is written."""
    writes = acme.writes()
    report = sync(acme)
    assert (report.plan.counts().writes, report.exit_code) == (0, exit_code)
    assert acme.writes() == writes
    return report
