"""Publishing to several places: one that fails leaves the others their page."""

from __future__ import annotations

from typing import Any

from bsc_sync.errors import Rejected
from bsc_sync.sync.run import run
from bsc_sync.sync.world import Policy

Acme = Any  # the fixture's class lives in conftest, which is not imported


def test_a_wiki_that_fails_leaves_the_file_its_page(acme: Acme) -> None:
    acme.edit("space: STRAT", "space: NOSUCH", "mapping.yaml")
    office = acme.office()
    failed = run(office.strategy, acme.world(office), Policy())
    assert (failed.exit_code, failed.plan.counts().creates) == (4, 13)
    assert isinstance(failed.unpublished, Rejected)
    assert "no Confluence space NOSUCH" in str(failed.unpublished)
    assert [entry.result for entry in failed.published] == ["created"]
    page = acme.folder / "out" / "alignment.html"
    assert "<title>" in page.read_text(encoding="utf-8")
    acme.edit("space: NOSUCH", "space: STRAT", "mapping.yaml")
    office = acme.office()
    report = run(office.strategy, acme.world(office), Policy())
    assert report.published[0].result == "created"


def test_a_file_that_cannot_be_written_leaves_the_wiki_its_page_and_the_run_its_report(acme: Acme) -> None:
    page = acme.folder / "out" / "alignment.html"
    page.mkdir(parents=True)
    office = acme.office()
    failed = run(office.strategy, acme.world(office), Policy())
    assert (failed.exit_code, failed.plan.counts().creates) == (1, 13)
    assert {outcome.result for outcome in failed.outcomes} == {"applied"}
    assert [entry.result for entry in failed.published] == ["created"]
    assert "out/alignment.html cannot be written" in str(failed.unpublished)
    page.rmdir()
    office = acme.office()
    healed = run(office.strategy, acme.world(office), Policy())
    assert (healed.exit_code, healed.plan.counts().writes) == (0, 0)
    assert [entry.result for entry in healed.published] == ["unchanged", "created"]


def test_a_file_that_is_torn_is_written_anew(acme: Acme) -> None:
    office = acme.office()
    run(office.strategy, acme.world(office), Policy())
    page = acme.folder / "out" / "alignment.html"
    whole = page.read_text(encoding="utf-8")
    for torn in (whole[:-2_000], "torn", "", whole.replace("Acme", "Acne", 1)):
        page.write_text(torn, encoding="utf-8")
        office = acme.office()
        healed = run(office.strategy, acme.world(office), Policy())
        assert [entry.result for entry in healed.published] == ["unchanged", "updated"]
        assert "</html>" in page.read_text(encoding="utf-8")
    office = acme.office()
    again = run(office.strategy, acme.world(office), Policy())
    assert [entry.result for entry in again.published] == ["unchanged", "unchanged"]
