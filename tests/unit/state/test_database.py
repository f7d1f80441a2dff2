"""The store is opened by whoever comes first, and by several at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_first_processes_that_start_together_share_one_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    code = f"from bsc_sync.state.database import open_database; open_database({url!r}).dispose()"
    together = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(6)]
    ends = [(one.communicate()[1], one.returncode) for one in together]
    assert ends == [(b"", 0)] * 6
