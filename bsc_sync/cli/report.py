"""`report`: the page as a document, from the store; never the network."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Literal

import click

from bsc_sync import __version__
from bsc_sync.cli.frame import Day, project_of, project_option
from bsc_sync.cli.render import note, say_raw
from bsc_sync.report.document import page_json
from bsc_sync.report.html import render_html
from bsc_sync.report.markdown import render_markdown
from bsc_sync.report.page import Page
from bsc_sync.report.storage import render_storage
from bsc_sync.runtime import Office, open_office, system_clock
from bsc_sync.state.whole_file import write_wished
from bsc_sync.sync.assess import compose_page
from bsc_sync.sync.last_look import last_look

Format = Literal["html", "md", "json", "storage"]


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "md", "json", "storage"]),
    default="html",
    show_default=True,
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write a file (default: stdout)."
)
@click.option("--as-of", type=Day(), help="The page of this day (default: today).")
@project_option
def report(*, form: Format, output: Path | None, as_of: dt.date | None, folder: Path) -> int:
    """Write the strategy-alignment page as HTML, Markdown, JSON or Confluence storage format.

    \b
    Example:  bsc-sync report --format html -o alignment.html
    """
    page = page_of_today(open_office(project_of(folder)), as_of)
    text = rendered(page, form)
    if output is None:
        say_raw(text)
    else:
        write_wished(output, text)
        note(f"written to {output}")
    return 0


def page_of_today(office: Office, as_of: dt.date | None) -> Page:
    """The page from what the store holds."""
    now = system_clock()
    page, _ = compose_page(
        office.strategy,
        office.memory,
        office.history,
        as_of=as_of or office.strategy.card.today(now),
        now=now,
        run_id="report",
        version=__version__,
        browse_url=office.browse_url,
        note=last_look(office.history),
    )
    return page


def rendered(page: Page, form: Format) -> str:
    """The page in one of its forms."""
    match form:
        case "html":
            return render_html(page)
        case "md":
            return render_markdown(page)
        case "json":
            return json.dumps(page_json(page), ensure_ascii=False, indent=2)
        case "storage":
            return render_storage(page, map_image="strategy-map.svg")
