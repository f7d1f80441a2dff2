"""Files that are whole or not there: written beside their place, then moved into it."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, text: str, *, like: Path | None = None) -> None:
    """Write a text file in one step; whoever reads it sees the old text or the new one, never a part.

    Permissions and owner (as far as we may give it away) are those of `like`; else of any new file.
    """
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
