"""The documents, read once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fidelity.documents import Library, load_library

SHARED = Path(os.environ.get("BSC_SYNC_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="session")
def library() -> Library:
    """Atlassian's documents; a test that needs them is skipped where they are not."""
    folder = SHARED / "openapi"
    if not folder.is_dir():
        pytest.skip(f"Atlassian's documents are not in {folder} (BSC_SYNC_SHARED)")
    return load_library(folder)
