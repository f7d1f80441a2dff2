"""`sandbox`: a local Jira and Confluence as a server."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import click

from bsc_sync.cli.example import example_files
from bsc_sync.cli.frame import project_of, project_option
from bsc_sync.cli.render import say
from bsc_sync.cli.typed_parameter import TypedParameter
from bsc_sync.errors import Problem, SettingsError, UserError
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.seed import load_seed, read_seed
from bsc_sync.sandbox.server import RunningServer, serve_forever
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.store import Store
from bsc_sync.sandbox.weather.rules import Forecast, load_forecast, read_rate
from bsc_sync.state.whole_file import write_wished

EXAMPLE_SEED = "sandbox.yaml"


class Duration(TypedParameter[float]):
    """Seconds, written 5s, 500ms, 2m or 5."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds of a text."""
        found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|)", str(value))
        if found is None:
            self.fail(f"{value!r} is not a duration such as 5s or 500ms", param, ctx)
        return float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "": 1}[found[2]]


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8089, show_default=True, help="On 127.0.0.1.")
@click.option(
    "--latency", type=click.IntRange(0, 60_000), default=0, metavar="MS", help="Slow every API call down."
)
@click.option(
    "--rate",
    metavar="N/s",
    help="How many API calls a second (or 600/min, 20/2s) before it answers 429 with Retry-After.",
)
@click.option(
    "--faults",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Scripted faults and rate limits, YAML or JSON (also POST /_sandbox/faults while it runs).",
)
@click.option(
    "--index-lag", type=Duration(), metavar="5s", help="Searches learn of changes so much later, as on Cloud."
)
@click.option(
    "--context-path", default="", metavar="/PATH", help="Everything is below this path, as behind a proxy."
)
@click.option(
    "--data",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Projects, fields and issues to begin with (default: sandbox.yaml here, else the acme example's).",
)
@click.option(
    "--flavor",
    type=click.Choice(["cloud", "data-center"]),
    help="Which product to be (default: what the data says, else cloud).",
)
@click.option(
    "--version",
    metavar="X.Y.Z",
    help="The version of Data Center (default: what the data says, else the newest).",
)
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep everything in this SQLite file (default: memory).",
)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append every request and reply to this file, as JSON lines without credentials.",
)
@click.option(
    "--env-file", type=click.Path(dir_okay=False, path_type=Path), help="Write the environment to this file."
)
@project_option
def sandbox(
    *,
    port: int,
    latency: int,
    rate: str | None,
    faults: Path | None,
    index_lag: float | None,
    context_path: str,
    data: Path | None,
    flavor: Flavor | None,
    version: str | None,
    store: Path | None,
    record: Path | None,
    env_file: Path | None,
    folder: Path,
) -> int:
    """Run a local Jira and Confluence, to try everything without touching a real one.

    \b
    Example:  bsc-sync sandbox --port 8089 --data strategy/sandbox.yaml --env-file strategy/.env
              bsc-sync sandbox --latency 50 --rate 10/s --faults bad-day.yaml --index-lag 5s
              bsc-sync sandbox --context-path /jira
    """
    forecast = forecast_of(faults, rate)
    try:
        site = Site(
            seed_of(data, project_of(folder).folder),
            store=Store(str(store)) if store else None,
            flavor=flavor,
            version=version,
            context_path=context_path,
            index_lag=index_lag,
        )
    except ValueError as error:
        raise UserError("the sandbox cannot begin with this data", problems=_problems(error)) from None
    app = create_app(site, forecast, record=record)
    app.config["LATENCY_MS"] = latency

    def ready(server: RunningServer) -> None:
        site.base_url = server.url
        lines = environment(site)
        if env_file:
            write_wished(env_file, "".join(f"{line}\n" for line in lines))
        say(f"Jira and Confluence of {site.title} are at {site.base_url} (stop with Ctrl-C)", "")
        say(*(f"export {line}" for line in lines))
        if env_file:
            say("", f"The same lines are in {env_file}.")

    try:
        serve_forever(app, port=port, started=ready)
    except OSError as error:
        raise SettingsError(
            f"port {port} cannot be used: {error.strerror or error}", hint="choose another with --port"
        ) from None
    return 0


def seed_of(data: Path | None, folder: Path) -> dict[str, object]:
    """The data to begin with: the file, else the project's sandbox.yaml, else the example's."""
    if data is None and (folder / EXAMPLE_SEED).is_file():
        data = folder / EXAMPLE_SEED
    if data is not None:
        return load_seed(data)
    return read_seed(
        example_files("acme", today=dt.datetime.now(dt.UTC).date())[EXAMPLE_SEED], "sandbox.yaml"
    )


def forecast_of(faults: Path | None, rate: str | None) -> Forecast:
    """The weather of a file, with the rate of the command line; UserError that lists every problem."""
    try:
        forecast = load_forecast(faults) if faults is not None else Forecast()
    except ValueError as error:
        raise UserError("the sandbox cannot use these faults", problems=_problems(error)) from None
    if rate is None:
        return forecast
    try:
        return forecast.limited_to(read_rate(rate))
    except ValueError as error:
        raise UserError(f"--rate: {error}") from None


def environment(site: Site) -> list[str]:
    """What to export to talk to the sandbox, as NAME=value."""
    user = next(iter(site.users.values()))
    # On Data Center the token is a personal access token, which needs no user beside it.
    name = user.email if site.flavor == "cloud" else ""
    return [
        f"BSC_SYNC_JIRA_URL={site.base_url}",
        f"BSC_SYNC_JIRA_USER={name}",
        f"BSC_SYNC_JIRA_TOKEN={user.token}",
        f"BSC_SYNC_CONFLUENCE_URL={site.base_url}{'/wiki' if site.flavor == 'cloud' else '/confluence'}",
        f"BSC_SYNC_CONFLUENCE_USER={name}",
        f"BSC_SYNC_CONFLUENCE_TOKEN={user.token}",
    ]


def _problems(error: ValueError) -> list[Problem]:
    return [Problem(line) for line in str(error).splitlines() if line.strip()]
