"""Publishing to several places: one that fails leaves the others their page."""

from __future__ import annotations

from typing import Any

import pytest

from bsc_sync.errors import Rejected
from bsc_sync.sync.run import run
from bsc_sync.sync.world import Policy

Acme = Any  # the fixture's class lives in conftest, which is not imported


def test_a_wiki_that_fails_leaves_the_file_its_page(acme: Acme) -> None:
    acme.edit("space: STRAT", "space: NOSUCH", "mapping.yaml")
    office = acme.office()
    with pytest.raises(Rejected, match="no Confluence space NOSUCH"):
        run(office.strategy, acme.world(office), Policy())
    page = acme.folder / "out" / "alignment.html"
    assert "<title>" in page.read_text(encoding="utf-8")
    acme.edit("space: NOSUCH", "space: STRAT", "mapping.yaml")
    office = acme.office()
    report = run(office.strategy, acme.world(office), Policy())
    assert report.published[0].result == "created"
