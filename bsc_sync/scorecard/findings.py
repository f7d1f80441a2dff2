"""What a check finds: where in the document, what is wrong, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bsc_sync.errors import Problem
from bsc_sync.scorecard.wording import Path, neutral, path_text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `{other}` in `what` stands for the place of the path `other`."""

    path: Path
    what: str
    hint: str
    other: Path | None = None

    def problem(self, place: Callable[[Path], object]) -> Problem:
        """The finding as a problem of a file; `place` says where a path stands."""
        what = self.what if self.other is None else self.what.replace("{other}", str(place(self.other)))
        return Problem(
            neutral(what), neutral(self.hint), where=str(place(self.path)), path=path_text(self.path)
        )

    def without_file(self) -> Problem:
        """The finding as a problem of a scorecard that was not read from a file."""
        other = path_text(self.other) if self.other is not None else ""
        return Problem(self.what.replace("{other}", other), self.hint, path=path_text(self.path))
