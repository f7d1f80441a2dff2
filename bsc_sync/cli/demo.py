"""`demo`: the whole story on a sandbox in process, twelve weeks in a minute."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
import requests
from flask import Flask
from pydantic import SecretStr

from bsc_sync.cli.example import FILES, example_files, read_example
from bsc_sync.cli.frame import Day
from bsc_sync.cli.render import note, progress, say
from bsc_sync.cli.sandbox import environment
from bsc_sync.errors import SettingsError, UserError
from bsc_sync.project import STATE_FOLDER, Project
from bsc_sync.report.html import render_html
from bsc_sync.runtime import Office, open_office, open_world, system_clock
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.seed import read_seed
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.weeks import load_quarter, play
from bsc_sync.service.loop import stop_on_signals
from bsc_sync.settings import Settings
from bsc_sync.state.whole_file import write_whole
from bsc_sync.sync.run import RunReport, run
from bsc_sync.sync.world import Policy

PORT = 8089
PAGE = "alignment.html"


@dataclass(frozen=True, slots=True)
class Stage:
    """A project folder, its sandbox, and the sandbox's clock."""

    office: Office
    site: Site
    app: Flask

    def sync(self) -> RunReport:
        """One sync at the sandbox's own time."""
        world = open_world(self.office, clock=self.site.clock.now, carrier=lambda: InProcessAdapter(self.app))
        return run(self.office.strategy, world, Policy())

    def session_for(self, person: str) -> requests.Session:
        """A session of somebody of the teams, with their own credentials."""
        user = self.site.users[person]
        session = requests.Session()
        session.auth = (user.email if self.site.flavor == "cloud" else user.login, user.token)
        parts = urlsplit(self.site.base_url)
        session.mount(f"{parts.scheme}://{parts.netloc}", InProcessAdapter(self.app))
        return session


@dataclass(frozen=True, slots=True)
class Played:
    """What a demo has done."""

    reports: tuple[RunReport, ...]
    actions: int
    weeks: int


@click.command()
@click.option(
    "--out",
    "--project",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("bsc-demo"),
    show_default=True,
)
@click.option("--today", type=Day(), help="The day whose quarter is played (default: today).")
@click.option(
    "--flavor",
    type=click.Choice(["cloud", "data-center"]),
    default="cloud",
    show_default=True,
    help="Which Jira and Confluence to play on.",
)
@click.option("--serve", "keep", is_flag=True, help="Keep Jira and Confluence up, so that every link opens.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="For --serve.")
def demo(*, out: Path, today: dt.date | None, flavor: Flavor, keep: bool, port: int) -> int:
    """Play a quarter of the acme example: apply, twelve weeks of work, a page at the end.

    \b
    Example:  bsc-sync demo --serve
    """
    day = today or system_clock().astimezone().date()
    make_room(out)
    for name, text in example_files("acme", today=day).items():
        write_whole(out / name, text)
    with ExitStack() as stack:
        site = Site(
            read_seed((out / "sandbox.yaml").read_text(encoding="utf-8"), "sandbox.yaml"),
            clock=Clock(),
            flavor=flavor,
        )
        app = create_app(site)
        site.base_url = f"http://127.0.0.1:{PORT}"
        if keep:
            try:
                server = serve(app, port=port)
            except OSError as error:
                raise SettingsError(
                    f"port {port} cannot be used: {error}", hint="give another --port"
                ) from None
            stack.callback(server.stop)
            site.base_url = server.url
        stage = open_stage(out, site, app)
        stack.callback(stage.office.engine.dispose)
        played = play_quarter(stage, day)
        write_whole(out / PAGE, render_html(played.reports[-1].page))
        say(*story(stage, played, out, serving=keep))
        if keep:
            note("Jira and Confluence stay up; stop with Ctrl-C")
            with stop_on_signals() as stop:
                stop.wait()
    return max(report.exit_code for report in played.reports)


def make_room(out: Path) -> None:
    """Empty the folder of an earlier demo; a folder with anything else in it is left alone."""
    known = {*FILES, PAGE, "out", ".env", STATE_FOLDER}
    strange = [path.name for path in out.iterdir() if path.name not in known] if out.is_dir() else []
    if strange or (out.is_dir() and any(out.iterdir()) and not (out / STATE_FOLDER).is_dir()):
        raise UserError(
            f"{out} holds something that is not from a demo",
            hint="remove it, or give another folder with --out",
        )
    for path in (out / STATE_FOLDER).glob("state.db*") if out.is_dir() else ():
        path.unlink()


def open_stage(out: Path, site: Site, app: Flask) -> Stage:
    """The project in `out`, wired to the sandbox; its settings are written to `.env` for later commands."""
    lines = environment(site)
    write_whole(out / ".env", "".join(f"{line}\n" for line in lines))
    values = dict(line.split("=", 1) for line in lines)
    settings = Settings.model_construct(
        jira_url=values["BSC_SYNC_JIRA_URL"],
        jira_user=values["BSC_SYNC_JIRA_USER"],
        jira_token=SecretStr(values["BSC_SYNC_JIRA_TOKEN"]),
        confluence_url=values["BSC_SYNC_CONFLUENCE_URL"],
        confluence_user=values["BSC_SYNC_CONFLUENCE_USER"],
        confluence_token=SecretStr(values["BSC_SYNC_CONFLUENCE_TOKEN"]),
        state_url="",
    )
    return Stage(open_office(Project(out), settings), site, app)


def play_quarter(stage: Stage, day: dt.date) -> Played:
    """Apply on the quarter's first morning, then week by week: the teams work, and a sync looks."""
    card = stage.office.strategy.card
    quarter = load_quarter(read_example("acme", "quarter.yaml"))
    begin = card.current_cycles(day)[0].from_
    stage.site.clock.set(dt.datetime.combine(begin, dt.time(8), tzinfo=card.zone))
    actions = 0
    with progress("the quarter begins", len(quarter.weeks) + 1) as step:
        reports = [stage.sync()]
        step("week 1")
        for number, week in enumerate(quarter.weeks, start=1):
            actions += play(
                week,
                start=begin + dt.timedelta(days=7 * (number - 1)),
                zone=card.zone,
                session_for=stage.session_for,
                base_url=stage.site.base_url,
                clock=stage.site.clock,
                flavor=stage.site.flavor,
            )
            last_day = begin + dt.timedelta(days=7 * number - 1)
            stage.site.clock.set(dt.datetime.combine(last_day, dt.time(20), tzinfo=card.zone))
            reports.append(stage.sync())
            step(f"week {number + 1}")
    return Played(tuple(reports), actions, len(quarter.weeks))


def story(stage: Stage, played: Played, out: Path, *, serving: bool) -> list[str]:
    """Five lines: what happened and where to look."""
    first, last = played.reports[0].plan.counts(), played.reports[-1]
    readings = sum(report.pulled.new_readings for report in played.reports if report.pulled)
    items = last.pulled.work_items if last.pulled else 0
    tally, syncs = last.scores.objectives, len(played.reports)
    wiki = next((entry.url for entry in last.published if entry.url.startswith("http")), "")
    where = (
        f"{stage.site.base_url} and {wiki}"
        if serving
        else "bsc-sync demo --serve keeps Jira and Confluence up"
    )
    return [
        f"Applied:   {first.creates} issues created and {first.adopts} adopted in a local Jira.",
        f"Played:    {played.weeks} weeks of {items} work items, {syncs} syncs, {readings} readings.",
        f"Stands:    {tally.on_plan} of {tally.of} objectives on plan on {last.scores.as_of}.",
        f"Look at:   {out / PAGE}; {where}.",
        f"Explore:   bsc-sync score --project {out} --as-of {last.scores.as_of}",
    ]
