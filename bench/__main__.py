"""`python -m bench`: the comparison as a table."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from bench.company import SIZES
from bench.figures import summarize, targets
from bench.rounds import Result, footprints, play, prepare
from bench.scene import LATENCY_MS
from bench.table import lines


@click.command()
@click.option("--size", type=click.Choice(["tiny", "small", "full"]), default="full", show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option(
    "--rate",
    "rates",
    type=click.IntRange(0),
    multiple=True,
    default=(0, 10),
    show_default=True,
    help="Requests a second that the server allows; 0: no limit. Repeatable.",
)
@click.option("--memory/--no-memory", default=True, show_default=True, help="Measure memory on two sizes.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write every run here."
)
def bench(*, size: str, rounds: int, rates: tuple[int, ...], memory: bool, json_file: Path | None) -> None:
    """Compare bsc-sync with two find-or-create scripts on the sandbox over HTTP."""
    began = dt.datetime.now(dt.UTC)
    results: list[Result] = []

    def tell(text: str) -> None:
        click.echo(f"[{dt.datetime.now(dt.UTC):%H:%M:%S}] {text}", err=True)

    with tempfile.TemporaryDirectory(prefix="bsc-bench-") as name:
        folder = Path(name)
        company, store = prepare(folder, size)
        loads = [os.getloadavg()[0]]
        for result in play(folder, company, store, rates=rates, rounds=rounds, tell=tell):
            results.append(result)
            loads.append(os.getloadavg()[0])
        grown = {"tiny": "small", "small": "full", "full": "large"}[size]
        weights = list(footprints(folder / "memory", [size, grown], tell)) if memory else []
    figures = summarize(results)
    goals = targets(figures, SIZES[size], weights)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    conditions = (
        f"{began:%Y-%m-%d %H:%M} UTC, {machine}; {SIZES[size]}; latency {LATENCY_MS} ms; median of {rounds} "
        f"rounds; load average {min(loads):.1f} to {max(loads):.1f}"
    )
    click.echo(conditions)
    click.echo("")
    for line in lines(figures, weights, goals):
        click.echo(line)
    if json_file is not None:
        document = {
            "conditions": conditions,
            "figures": [asdict(part) for part in figures],
            "memory": [asdict(part) for part in weights],
            "targets": [asdict(part) for part in goals],
            "runs": [asdict(part) for part in results],
        }
        json_file.write_text(json.dumps(document, indent=1), encoding="utf-8")


if __name__ == "__main__":
    bench()
