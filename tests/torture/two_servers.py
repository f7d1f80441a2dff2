"""Two servers of one scorecard on one PostgreSQL: a bad site, people at work, and now and then a kill.

`python -m tests.torture.two_servers --minutes 10 [--seed 1]`; ends with 1 when anything is broken.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests

from bsc_sync.state.database import open_database
from bsc_sync.state.history import History
from bsc_sync.state.store import Memory
from tests.torture.served_slots import Log, read_log, unaccounted
from tests.torture.two_acts import ACTS, MIA
from tests.torture.two_stage import Stage, staged

EVERY = dt.timedelta(seconds=5)
CALM = 150  # seconds in which every open write can be settled: longer than settling, and than a lease


def main(arguments: Sequence[str] | None = None) -> int:
    """The trial; 1 when anything was broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--room", type=Path, help="where to work, and to leave the logs (default: nowhere)")
    given = parser.parse_args(arguments)
    room = Path(tempfile.mkdtemp(prefix="two-servers-", dir=given.room))
    try:
        with staged(room, random.Random(given.seed)) as stage:  # noqa: S311  a seed, not a secret
            begin = dt.datetime.now(dt.UTC)
            play(stage, given.minutes * 60)
            end = dt.datetime.now(dt.UTC)
            return judge(stage, begin, end)
    finally:
        if given.room is None:
            shutil.rmtree(room, ignore_errors=True)


def play(stage: Stage, seconds: float) -> None:
    """Start both, and let everything happen to them for so long."""
    for server in stage.servers:
        server.start()
    until = time.monotonic() + seconds
    next_kill = time.monotonic() + stage.dice.uniform(20, 40)
    back: dict[str, float] = {}
    while time.monotonic() < until:
        time.sleep(stage.dice.uniform(1, 6))
        (act,) = stage.dice.choices([act for act, _ in ACTS], [weight for _, weight in ACTS])
        with suppress(requests.RequestException):
            stage.counts[act(stage)] += 1
        for server in stage.servers:
            if server.process is None and time.monotonic() > back[server.name]:
                server.start()
        alive = [server for server in stage.servers if server.process is not None]
        busy = [server for server in alive if server.is_busy()]
        if time.monotonic() > next_kill and len(alive) == len(stage.servers) and busy:
            victim = stage.dice.choice(busy)
            victim.kill()
            stage.counts["kills"] += 1
            back[victim.name] = time.monotonic() + stage.dice.uniform(2, 15)
            next_kill = time.monotonic() + stage.dice.uniform(160, 220)  # after the lease of this one


def judge(stage: Stage, begin: dt.datetime, end: dt.datetime) -> int:
    """Calm the weather, stop both, sync until nothing is left to do, and count what is broken."""
    requests.delete(f"{stage.site}/_sandbox/faults", timeout=30)
    requests.post(f"{stage.site}/_sandbox/index", timeout=30)
    codes = [server.stop() for server in stage.servers]
    broken = [f"a server ended with {code}" for code in codes if code]
    rounds, last = converge(stage)
    if last["plan"] and any(number for name, number in last["plan"].items() if name != "holds"):
        broken.append(f"the last sync was not empty: {last['plan']}")
    logs = [
        read_log(server.name, server.log.read_text(errors="replace").splitlines(), begin=begin, end=end)
        for server in stage.servers
    ]
    broken += unaccounted(logs, begin=begin, end=end, every=EVERY)
    requests.post(f"{stage.site}/_sandbox/index", timeout=30)
    broken += duplicates(stage)
    broken += runs(stage, logs)
    if stage.kept:
        shown = stage.ask("GET", f"/rest/api/3/issue/{stage.kept}?fields=summary")["fields"]["summary"]
        if not shown.startswith(MIA):
            broken.append(f"a person's edit of {stage.kept} was overwritten: {shown}")
    report(stage, logs, rounds, end - begin, broken)
    return 1 if broken else 0


def converge(stage: Stage) -> tuple[int, Any]:
    """Sync until a sync writes nothing; how many it took, and what the last one says."""
    one = stage.servers[0]
    until = time.monotonic() + CALM
    command = [
        sys.executable,
        "-m",
        "bsc_sync",
        "sync",
        "--json",
        "--wait",
        "150s",
        "--project",
        str(one.folder),
    ]
    rounds = 0
    while True:
        rounds += 1
        before = stage.writes()
        done = subprocess.run(command, env=one.environment, capture_output=True, text=True, check=False)
        summary = (
            json.loads(done.stdout) if done.stdout.startswith("{") else {"plan": {"failed": done.stderr}}
        )
        if (stage.writes() == before and not is_open(stage)) or time.monotonic() > until:
            return rounds, summary
        time.sleep(5)


def duplicates(stage: Stage) -> list[str]:
    """Refs that several issues carry, and links that point elsewhere than the marks."""
    refs: dict[str, list[str]] = {}
    for issue in stage.issues():
        ref = issue["properties"]["bsc-sync"]["ref"]
        refs.setdefault(ref, []).append(issue["key"])
    broken = [f"{ref} is {' and '.join(keys)}" for ref, keys in refs.items() if len(keys) > 1]
    engine = open_database(stage.store)
    links = Memory(engine, "acme").links()
    engine.dispose()
    broken += [
        f"{link.ref} is {link.key} in the store, and {refs.get(link.ref)} in Jira"
        for link in links.values()
        if refs.get(link.ref) != [link.key]
    ]
    stage.counts["issues of ours"] = sum(map(len, refs.values()))
    return broken


def runs(stage: Stage, logs: Sequence[Log]) -> list[str]:
    """Runs that are lost, and runs that overlap; a killed one ends when it was killed."""
    engine = open_database(stage.store)
    found = sorted(History(engine, "acme").runs(limit=100_000), key=lambda run: run.started)
    engine.dispose()
    killed = {f"(process {pid})": at for server in stage.servers for pid, at in server.killed.items()}
    broken: list[str] = []
    free = dt.datetime.min.replace(tzinfo=dt.UTC)
    for run in found:
        end = run.ended
        if end is None:
            stage.counts["runs that were killed"] += 1
            end = next((at for name, at in killed.items() if run.who.endswith(name)), None)
        if end is None:
            broken.append(f"run {run.id} of {run.who} did not end, and nobody killed it")
            continue
        if run.started < free:
            broken.append(f"run {run.id} of {run.who} began at {run.started}, before another ended at {free}")
        free = max(free, end)
        if run.ended is not None:
            stage.counts[f"runs with exit {run.exit_code}"] += 1
    stage.counts["runs in the store"] = len(found)
    ended = sum(one.ending == "sync ended" for log in logs for one in log.served)
    if ended > sum(run.verb == "serve" and run.ended is not None for run in found):
        broken.append(f"{ended} syncs are logged as ended, and fewer are in the store")
    return broken


def is_open(stage: Stage) -> bool:
    """Whether the end of some write is not known yet."""
    engine = open_database(stage.store)
    found = Memory(engine, "acme").open_intents()
    engine.dispose()
    return bool(found)


def report(
    stage: Stage, logs: Sequence[Log], rounds: int, lasted: dt.timedelta, broken: Sequence[str]
) -> None:
    """The figures, and what is broken."""
    served = [one for log in logs for one in log.served]
    lines = [
        f"Two servers, one PostgreSQL, {lasted.total_seconds() / 60:.1f} minutes, a slot every 5 seconds:",
        *(f"  {number:5} {name}" for name, number in sorted(stage.counts.items())),
        f"  {len(served):5} slots begun, by server: "
        + ", ".join(f"{log.server} {len(log.served)}" for log in logs),
        *(
            f"  {sum(one.ending == ending for one in served):5} of them: {ending}"
            for ending in ("sync ended", "sync failed", "slot skipped", "killed")
        ),
        f"  {rounds:5} syncs afterwards, until one wrote nothing",
        f"  {stage.writes():5} writing requests in all",
        *(f"BROKEN: {line}" for line in broken),
        f"{len(broken)} broken",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
