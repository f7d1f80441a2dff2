"""What is tortured: three scorecards, each in its first sync and in later ones, on two flavors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args

from bsc_sync.cli.example import example_files
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.site import Site
from tests.fault_trial import NOW, TODAY, Stage, Template, template_of
from tests.fault_trial import revised as acme_revised
from tests.seed_files import seed_in
from tests.torture.acts import save_plan, sync
from tests.torture.company import Size, restore_company, revise_company, write_company

CaseName = Literal["small", "acme", "large"]
Week = Literal["first", "later", "back"]
CASES: tuple[CaseName, ...] = get_args(CaseName)
WEEKS: tuple[Week, ...] = get_args(Week)
FLAVORS: tuple[Flavor, ...] = get_args(Flavor)
SIZES = {"small": Size(2, 3), "large": Size(60, 200)}


@dataclass(frozen=True, slots=True)
class Scene:
    """One sync of one scorecard on one flavor."""

    case: CaseName
    week: Week
    flavor: Flavor

    def __str__(self) -> str:
        return f"{self.case} {self.week} {self.flavor}"


def scenes() -> Iterator[Scene]:
    """All of them; the example has no third week."""
    for case, week, flavor in product(CASES, WEEKS, FLAVORS):
        if (case, week) != ("acme", "back"):
            yield Scene(case, week, flavor)


def set_up(scene: Scene, folder: Path) -> Template:
    """Files, store and sandbox as they are just before that sync, and the plan for `apply` beside them.

    Where the scorecard is small and its sync the first, there is no store yet: making it is killed, too.
    """
    stage, seed = _first_week(scene, folder / "first")
    if scene.week == "first":
        if scene.case != "small":
            _make_store(stage)
        return template_of(_planned(stage, keep=scene.case != "small"), seed, NOW)
    stage.sync()
    stage.site.clock.set(NOW + dt.timedelta(days=6))
    _check_in(stage)
    stage.site.clock.set(NOW + dt.timedelta(days=7))
    _revise(scene, stage.folder)
    if scene.week == "back":
        code, said = sync(stage)
        assert code == 0, said
        stage.site.clock.set(NOW + dt.timedelta(days=14))
        restore_company(stage.folder, SIZES[scene.case])
    return template_of(_planned(stage, keep=True), seed, stage.site.clock.now())


def _first_week(scene: Scene, folder: Path) -> tuple[Stage, dict[str, Any]]:
    folder.mkdir(parents=True)
    if scene.case == "acme":
        for name, text in example_files("acme", today=TODAY).items():
            (folder / name).write_text(text, encoding="utf-8")
    else:
        write_company(folder, SIZES[scene.case])
    seed = seed_in(folder)
    site = Site(seed, clock=Clock(NOW), flavor=scene.flavor)
    return Stage(folder, site, create_app(site)), seed


def _make_store(stage: Stage) -> None:
    office = stage.office()
    assert office.memory.store_id
    office.engine.dispose()


def _planned(stage: Stage, *, keep: bool) -> Stage:
    if keep:
        save_plan(stage)
    return stage


def _revise(scene: Scene, folder: Path) -> None:
    if scene.case != "acme":
        revise_company(folder, SIZES[scene.case])
        return
    card, mapping = folder / "scorecard.yaml", folder / "mapping.yaml"
    text = acme_revised(card.read_text(encoding="utf-8"))
    text = _replaced(text, "{id: P2.open.q4,", "{id: P2.incidents.q4, was: P2.open.q4,")
    adopted = "  - {id: L3, perspective: learning, name: One customer record, owner: cto}\n\n# Step 3."
    card.write_text(_replaced(text, "\n# Step 3.", adopted), encoding="utf-8")
    rules = _replaced(
        mapping.read_text(encoding="utf-8"),
        "      existing: OPS-1\n",
        "      existing: OPS-1\n    - match: {id: L3}\n      existing: CRM-24\n",
    )
    mapping.write_text(rules, encoding="utf-8")


def _replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def _check_in(stage: Stage) -> None:
    """Teams write what they have reached."""
    office = stage.office()
    links = office.memory.links().values()
    office.engine.dispose()
    user = stage.site.users["sandbox:admin"]
    cloud = stage.site.flavor == "cloud"
    client, way = stage.app.test_client(), "/rest/api/3" if cloud else "/rest/api/2"
    who = (user.email if cloud else user.login, user.token)
    fields = client.get(f"{way}/field", auth=who).json or []
    current = next(field["id"] for field in fields if field["name"] == "Current value")
    for number, key in enumerate(sorted(link.key for link in links if link.kind == "key_result")):
        if number % 2 == 0:
            path = f"{way}/issue/{key}"
            reply = client.put(path, json={"fields": {current: 10 + number}}, auth=who)
            assert reply.status_code == 204, reply.text
