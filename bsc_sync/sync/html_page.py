"""The page as one HTML file in the project folder."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path

from bsc_sync.errors import SettingsError
from bsc_sync.report.html import render_html
from bsc_sync.report.page import Page
from bsc_sync.report.publication import Published
from bsc_sync.state.whole_file import write_whole

_SEAL = b"<!-- what stands above: "


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A file that holds the page; written when the page says something new, or the file is another."""

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
        if self.known_digest == digest and not force and self._is_whole():
            return Published("unchanged", where, self.path.as_uri())
        result = "updated" if self.path.exists() else "created"
        try:
            text = render_html(page)
            write_whole(self.path, text + (_SEAL + _seal(text.encode())).decode())
        except OSError as error:
            raise SettingsError(
                f"{self.shown_as} cannot be written: {error.strerror or error}",
                hint="correct publish.html in mapping.yaml, or the permissions of the folder",
            ) from error
        return Published(result, where, self.path.as_uri())

    def _is_whole(self) -> bool:
        """Whether the file is to the letter what was written: its last line tells."""
        try:
            text = self.path.read_bytes()
        except OSError:
            return False
        above, _, seal = text.rpartition(_SEAL)
        return seal == _seal(above)


def _seal(above: bytes) -> bytes:
    return hashlib.sha256(above).hexdigest().encode() + b" -->\n"
