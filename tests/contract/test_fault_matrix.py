"""Each kind of fault at each request of a sync: success, or a clear error that the next run heals.

The usual suite takes every kind once, spread over the requests; BSC_SYNC_FULL=1 (`make faults`) takes
every kind at every request, of a first sync and of a later one, on both flavors, and prints the figures.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from bsc_sync.project import STATE_FOLDER
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.weather.rules import read_forecast
from tests.fault_kinds import KINDS, fault_at
from tests.fault_remains import remains
from tests.fault_trial import Ending, Template, attempt, disturbed, first_sync, heal, later_sync, publish_anew

FULL = bool(os.environ.get("BSC_SYNC_FULL"))
EXIT_CODES = {0, 3, 4, 5}  # done; a page left alone; the site failed; some changes were not made
LONGEST_LINE = 500
SECRETS = ("sandbox-token", "JSESSIONID", "xsrf", "Authorization", "Traceback", "Basic ")

Scene = tuple[Callable[..., Template], str]
SCENES: tuple[Scene, ...] = tuple(product((first_sync, later_sync), ("cloud", "data-center")))


@dataclass(frozen=True)
class Undisturbed:
    """A scene as it goes when nothing happens."""

    template: Template
    operations: tuple[str, ...]
    ending: Ending
    anew: Ending


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Scene], Undisturbed]:
    known: dict[Scene, Undisturbed] = {}

    def scene(asked: Scene) -> Undisturbed:
        if asked not in known:
            make, flavor = asked
            room = tmp_path_factory.mktemp("scene")
            template = make(room / "template", flavor)
            stage = template.copy(room / "counted")
            assert attempt(stage) == (0, ())
            operations = tuple(entry.operation for entry in stage.requests())
            stage.site.store.close()
            known[asked] = Undisturbed(
                template,
                operations,
                disturbed(template, room / "calm", None),
                disturbed(template, room / "anew", None, anew=True),
            )
        return known[asked]

    return scene


def problems(scene: Undisturbed, ending: Ending) -> Iterator[str]:
    """What is wrong with a disturbed run and with what came after it."""
    asks_for_setting = ending.exit_code == 1 and "set BSC_SYNC_JIRA_DEPLOYMENT" in ending.said[0]
    if ending.exit_code not in EXIT_CODES and not asks_for_setting:
        yield f"exit code {ending.exit_code}"
    if (ending.exit_code == 0) != (not ending.said):
        yield f"exit code {ending.exit_code}, and it says {ending.said}"
    for line in ending.said:
        if "\n" in line or len(line) > LONGEST_LINE:
            yield f"not one clear line: {line!r}"
        if any(secret in line for secret in SECRETS):
            yield f"a secret, or a traceback: {line!r}"
    if ending.runs is None:
        yield "it is never done"
    calm = scene.anew if ending.anew else scene.ending
    yield from ending.remains.differences(calm.remains)


def test_undisturbed_syncs_leave_the_same_every_time(
    scenes: Callable[[Scene], Undisturbed], tmp_path: Path
) -> None:
    for number, asked in enumerate(SCENES):
        scene = scenes(asked)
        assert (scene.ending.exit_code, scene.ending.said, scene.ending.runs) == (0, (), 0)
        assert scene.anew.runs == 0
        again = disturbed(scene.template, tmp_path / str(number), None)
        assert list(problems(scene, again)) == []


@pytest.mark.parametrize(("number", "kind"), list(enumerate(KINDS)), ids=KINDS)
def test_every_kind_of_fault_is_survived(
    scenes: Callable[[Scene], Undisturbed], tmp_path: Path, number: int, kind: str
) -> None:
    scene = scenes(SCENES[number % len(SCENES)])
    at = chosen(scene.operations, number)
    ending = disturbed(scene.template, tmp_path / "stage", fault_at(kind, at))
    assert ending.struck[0] == scene.operations[at - 1]
    assert list(problems(scene, ending)) == [], (kind, at, scene.operations[at - 1], ending.said)


def chosen(operations: tuple[str, ...], number: int) -> int:
    """The request that the usual suite disturbs: a write and another one in turn, each time a later one."""
    writes = [at for at, operation in enumerate(operations, start=1) if changes(operation)]
    others = [at for at in range(1, len(operations) + 1) if at not in writes]
    turn = number // len(SCENES)
    among = writes if turn % 2 == 0 else others
    return among[(turn * 7 + number) % len(among)]


def changes(operation: str) -> bool:
    """Whether it asks for a change."""
    method, _, path = operation.partition(" ")
    reads = ("/search/jql", "/search", "/bulkfetch", "/jql/parse")
    return method in {"PUT", "DELETE"} or (method == "POST" and not path.endswith(reads))


@pytest.mark.skipif(not FULL, reason="takes hours; BSC_SYNC_FULL=1 or `make faults` runs it")
@pytest.mark.parametrize("asked", SCENES, ids=lambda scene: f"{scene[0].__name__} {scene[1]}")
def test_every_kind_at_every_request(
    scenes: Callable[[Scene], Undisturbed],
    tmp_path: Path,
    asked: Scene,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = scenes(asked)
    figures: Counter[str] = Counter()
    wrong: list[str] = []
    for kind in KINDS:
        for at, operation in enumerate(scene.operations, start=1):
            ending = disturbed(scene.template, tmp_path / f"{figures['trials']}", fault_at(kind, at))
            found = list(problems(scene, ending))
            figures["trials"] += 1
            figures["success at once" if ending.exit_code == 0 else "clear error"] += 1
            figures[f"exit code {ending.exit_code}"] += 1
            figures[f"runs until done: {ending.runs}"] += 1
            wrong += [f"{kind} at {at} ({operation}), {ending.said}: {problem}" for problem in found]
            figures["not healed"] += bool(found)
    with capsys.disabled():
        name = f"{asked[0].__name__} on {asked[1]}"
        sys.stdout.write(f"\n{name}: {len(KINDS)} kinds x {len(scene.operations)} requests\n")
        sys.stdout.writelines(f"  {count:6} {name}\n" for name, count in sorted(figures.items()))
    assert wrong == []


class Impatient(HTTPAdapter):
    """A real connection whose user does not wait for more than a second."""

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        return super().send(request, **{**how, "timeout": (5, 1)})


OVER_HTTP: dict[str, dict[str, Any]] = {
    "dropped": {"fault": "drop"},
    "dropped after it was done": {"fault": "drop", "carried_out": True},
    "late after it was done": {"fault": "slow", "seconds": 1.5},
    "half a reply, then the end": {"fault": "truncated", "closed": True},
    "502": {"fault": "html", "status": 502},
}


@pytest.mark.parametrize(("number", "kind"), list(enumerate(OVER_HTTP)), ids=list(OVER_HTTP))
def test_over_a_socket_it_is_the_same(
    scenes: Callable[[Scene], Undisturbed], tmp_path: Path, number: int, kind: str
) -> None:
    scene = scenes(SCENES[number % 2])
    at = chosen(scene.operations, 0)
    stage = scene.template.copy(tmp_path / "stage", read_forecast({"faults": [OVER_HTTP[kind] | {"on": at}]}))
    origin = stage.site.origin
    with serve(stage.app, port=0) as server:
        stage.site.base_url = server.url
        code, said = attempt(stage, lambda _stage: Impatient())
        stage.site.base_url = origin
    assert [entry.operation for entry in stage.requests() if entry.fault] == [scene.operations[at - 1]]
    runs = heal(stage, scene.template.begins)
    publish_anew(stage)
    left = remains(stage.site, stage.folder / STATE_FOLDER / "state.db")
    stage.site.store.close()
    assert list(problems(scene, Ending(code, said, (), runs, True, left))) == [], said
