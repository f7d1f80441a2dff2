"""Whom leases and records name, where the system does not know."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may run as somebody else")
def test_a_user_without_a_name_is_a_number() -> None:
    code = "import os; from bsc_sync.runtime import who_runs; os.setuid(54321); print(who_runs())"
    unnamed = {
        key: value for key, value in os.environ.items() if key not in {"LOGNAME", "USER", "LNAME", "USERNAME"}
    }
    ended = subprocess.run(
        [sys.executable, "-c", code], env=unnamed, capture_output=True, text=True, check=False
    )
    assert re.fullmatch(r"user 54321@\S+ \(process \d+\)\n", ended.stdout), ended.stderr
