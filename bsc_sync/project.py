"""A project folder, by what is in it; apart from all that reads it, because every command begins with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

STATE_FOLDER = ".bsc-sync"


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder: `scorecard.yaml`, `mapping.yaml`, `.bsc-sync/`, and perhaps `.env`."""

    folder: Path

    @property
    def scorecard(self) -> Path:
        """The strategy."""
        return self.folder / "scorecard.yaml"

    @property
    def mapping(self) -> Path:
        """How it meets Jira."""
        return self.folder / "mapping.yaml"
