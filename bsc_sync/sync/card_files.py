"""The files of a scorecard: read to the letter, tried out with other texts, written back whole."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from bsc_sync.errors import BscSyncError, Problem, StalePlan, UserError
from bsc_sync.scorecard.load import LoadedScorecard, load_scorecard
from bsc_sync.scorecard.wording import neutral
from bsc_sync.state.whole_file import write_whole

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class CardFiles:
    """A scorecard and the letters of the files that it was read from, by the names they go by."""

    path: Path
    loaded: LoadedScorecard
    raw: Mapping[str, bytes] = field(repr=False)

    def text(self, name: str) -> str:
        """A file's text, line breaks as they are, without a byte order mark."""
        return self.raw[name].decode("utf-8-sig")

    def with_mark(self, name: str, text: str) -> str:
        """A text as the file has it: with a byte order mark, where there was one."""
        return _MARK + text if self.raw[name].decode("utf-8").startswith(_MARK) else text

    def tried(self, texts: Mapping[str, str]) -> LoadedScorecard:
        """The scorecard as it would be read with these texts; nothing of it is written to its folder.

        Raises ScorecardError with what would be wrong, at the places of its own files.
        """
        with tempfile.TemporaryDirectory(prefix="bsc-sync-") as place:
            for name in self.raw:
                copy = Path(place) / self.below(name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                text = self.with_mark(name, texts.get(name, self.text(name)))
                copy.write_bytes(text.encode("utf-8"))
            try:
                return load_scorecard(Path(place) / self.path.name)
            except BscSyncError as error:
                here = f"{neutral(place)}/"
                told = [
                    replace(one, where=one.where.replace(here, ""), what=one.what.replace(here, ""))
                    for one in error.problems
                ]
                raise type(error)(error.message.replace(here, ""), hint=error.hint, problems=told) from None

    def write(self, texts: Mapping[str, str]) -> None:
        """Write these texts in place of the files', each whole; links are followed, permissions kept.

        Raises StalePlan, and writes nothing, where a file is no longer as it was read.
        """
        changed = [name for name in self.raw if _bytes(self.place(name)) != self.raw[name]]
        if changed:
            raise StalePlan(
                "nothing was written: the file was changed meanwhile",
                hint="look at it, and adopt again",
                problems=[Problem("is no longer as it was read", where=name) for name in changed],
            )
        for name, text in texts.items():
            path = self.place(name).resolve()
            try:
                write_whole(path, self.with_mark(name, text), like=path)
            except OSError as error:
                raise UserError(
                    f"{name} cannot be written: {error.strerror}", hint="check the permissions of its folder"
                ) from None

    def place(self, name: str) -> Path:
        """Where a file is."""
        return self.path.parent / self.below(name)

    def below(self, name: str) -> PurePosixPath:
        """A file's name as seen from the scorecard's folder."""
        top = neutral(str(self.path.parent))
        whole = PurePosixPath(name)
        return whole.relative_to(top) if top != "." else whole


def read_card_files(path: Path, *, digest: str) -> CardFiles:
    """The files of a scorecard whose digest is known; StalePlan where it is another one by now."""
    loaded = load_scorecard(path)
    folder = CardFiles(path, loaded, dict.fromkeys(loaded.document.files, b""))
    raw = {name: _bytes(folder.place(name)) for name in folder.raw}
    if loaded.digest != digest or load_scorecard(path).digest != digest:
        raise StalePlan("the scorecard was changed meanwhile", hint="adopt again")
    return replace(folder, raw=raw)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
