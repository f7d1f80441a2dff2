"""What a process does while it is killed: a sync, or another verb that writes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

from requests.adapters import BaseAdapter

from bsc_sync.errors import BscSyncError
from bsc_sync.plan.plan import Plan
from bsc_sync.runtime import Office, open_world
from bsc_sync.sync.apply_only import apply_only
from bsc_sync.sync.assess import compose_page
from bsc_sync.sync.last_look import last_look
from bsc_sync.sync.prepare import prepare
from bsc_sync.sync.publishing import publish
from bsc_sync.sync.run import ignore, pull_only
from bsc_sync.sync.world import Policy, World
from tests.fault_trial import Stage, attempt, unhurried

Carrier = Callable[[Stage], BaseAdapter]
Ending = tuple[int, tuple[str, ...]]
PLAN = "plan.json"


def sync(stage: Stage, carrier: Carrier | None = None) -> Ending:
    """The whole main job."""
    return attempt(stage, carrier)


def apply(stage: Stage, carrier: Carrier | None = None) -> Ending:
    """A plan that was saved before."""
    return _acting(stage, carrier, _apply)


def pull(stage: Stage, carrier: Carrier | None = None) -> Ending:
    """Readings and work alone."""
    return _acting(stage, carrier, lambda office, world: (pull_only(office.strategy, world), ())[1])


def page(stage: Stage, carrier: Carrier | None = None) -> Ending:
    """The page alone."""
    return _acting(stage, carrier, _publish)


ACTS: dict[str, Callable[[Stage, Carrier | None], Ending]] = {
    "sync": sync,
    "apply": apply,
    "pull": pull,
    "publish": page,
}


def save_plan(stage: Stage) -> None:
    """Make the plan that `apply` carries out."""

    def look(office: Office, world: World) -> tuple[str, ...]:
        found = prepare(
            office.strategy, tracker=world.tracker, memory=world.memory, now=world.clock(), may_settle=True
        ).plan
        (stage.folder / PLAN).write_text(found.model_dump_json(), encoding="utf-8")
        return ()

    code, said = _acting(stage, None, look)
    assert code == 0, said


def _acting(
    stage: Stage, carrier: Carrier | None, does: Callable[[Office, World], tuple[str, ...]]
) -> Ending:
    office = stage.office()
    try:
        said = does(office, open_world(office, clock=stage.site.clock.now, **unhurried(stage, carrier)))
    except BscSyncError as error:
        return error.exit_code, error.lines()
    finally:
        office.engine.dispose()
    return (5, said) if said else (0, ())


def _apply(office: Office, world: World) -> tuple[str, ...]:
    saved = Plan.model_validate_json((office.project.folder / PLAN).read_bytes())
    done = apply_only(
        office.strategy,
        world,
        Policy(),
        saved=saved,
        approve=lambda _plan: True,
        watch=lambda _total: nullcontext(ignore),
    )
    assert done is not None
    failure = done.stopped or done.failed
    return failure.lines() if failure else ()


def _publish(office: Office, world: World) -> tuple[str, ...]:
    now = world.clock()
    shown, _ = compose_page(
        office.strategy,
        world.memory,
        world.history,
        as_of=office.strategy.card.today(now),
        now=now,
        run_id="report",
        version=world.version,
        browse_url=office.browse_url,
        note=last_look(world.history),
    )
    with world.memory.lease(holder=world.holder):
        _, failure = publish(office.strategy, world, shown, when="changed", force=False)
    return failure.lines() if failure else ()
