"""Seeds of the sandbox as files hold them, each text read once: hundreds of tests begin with the same one."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

from bsc_sync.sandbox.seed import read_seed


def seed_in(folder: Path) -> dict[str, Any]:
    """The checked seed of a project folder, the caller's own to change."""
    return copy.deepcopy(_read((folder / "sandbox.yaml").read_text(encoding="utf-8")))


@cache
def _read(text: str) -> dict[str, Any]:
    return read_seed(text, "sandbox.yaml")
