"""The page as one HTML file in the project folder."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from bsc_sync.errors import SettingsError
from bsc_sync.report.html import render_html
from bsc_sync.report.page import Page
from bsc_sync.report.publication import Published
from bsc_sync.state.whole_file import write_whole


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A file that holds the page; written when the page says something new or the file is gone."""

    path: Path
    shown_as: str
    known_digest: str | None = None
    always: bool = True  # a file costs nobody a mail: it is not held back until it is due

    def recall(self, *, now: dt.datetime) -> Published | None:  # noqa: ARG002  the signature is the port's
        """Nothing: a file is written anew where it differs, and nobody gets a mail for it."""
        return None

    def publish(self, page: Page, digest: str, *, force: bool) -> Published:
        """Write the file whole, or leave it as it is."""
        where = f"file {self.shown_as}"
        if self.path.exists() and self.known_digest == digest and not force:
            return Published("unchanged", where, self.path.as_uri())
        result = "updated" if self.path.exists() else "created"
        try:
            write_whole(self.path, render_html(page))
        except OSError as error:
            raise SettingsError(
                f"{self.shown_as} cannot be written: {error.strerror or error}",
                hint="correct publish.html in mapping.yaml, or the permissions of the folder",
            ) from error
        return Published(result, where, self.path.as_uri())
