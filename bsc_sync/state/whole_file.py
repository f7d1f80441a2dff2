"""Files that are whole or not there: written beside their place, then moved into it."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from bsc_sync.errors import UserError


def write_whole(path: Path, text: str, *, like: Path | None = None) -> None:
    """Write a text file in one step; whoever reads it sees the old text or the new one, never a part.

    Permissions and owner (as far as we may give it away) are those of `like`; else of any new file.
    Links are followed. A device or a pipe (`/dev/stdout`) stays one: it is written to.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if like is None:
            mask = os.umask(0)
            os.umask(mask)
            Path(temporary).chmod(0o666 & ~mask)
        else:
            found = like.stat()
            with suppress(PermissionError):
                os.chown(temporary, found.st_uid, found.st_gid)
            Path(temporary).chmod(stat.S_IMODE(found.st_mode))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_wished(path: Path, text: str) -> None:
    """The same for a file that a user has named; UserError where it cannot be written there."""
    try:
        write_whole(path, text)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}",
            hint="give another place, or mend the permissions of this one",
        ) from None
