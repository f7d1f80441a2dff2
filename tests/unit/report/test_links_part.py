"""Issues to look at are on the page with what to know; where there are none, nothing is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from bsc_sync.report.digest import page_digest
from bsc_sync.report.html import render_html
from bsc_sync.report.markdown import render_markdown
from bsc_sync.report.page import LinkRow, Page, PlanNote
from bsc_sync.report.storage import render_storage
from tests.report_sample import TODAY, sample_page

ROW = LinkRow("C1", "STRAT-4", "gone or forbidden", "bring it back in Jira, or --recreate C1 or --forget C1")
TITLE = "Issues to look at"


def with_links(*rows: LinkRow) -> Page:
    return replace(sample_page(), plan=PlanNote(looked=TODAY, links=rows))


@pytest.mark.parametrize(
    "render",
    [render_html, partial(render_storage, map_image="map.svg"), render_markdown],
    ids=["HTML", "storage", "Markdown"],
)
def test_each_format_names_the_issue_how_it_stands_and_what_to_do(render: Callable[[Page], str]) -> None:
    text = render(with_links(ROW)).replace("\\-", "-")
    for part in (TITLE, ROW.ref, ROW.key, ROW.state, ROW.advice):
        assert part in text
    assert "nothing is pending" not in text
    assert TITLE not in render(with_links())


def test_the_digest_moves_with_the_links_and_with_nothing_else() -> None:
    assert page_digest(with_links(ROW)) == page_digest(with_links(ROW))
    assert page_digest(with_links(ROW)) != page_digest(with_links())


def test_a_look_that_finds_the_same_makes_no_new_page() -> None:
    page = with_links(ROW)
    later = replace(page, plan=replace(page.plan, looked=TODAY + dt.timedelta(days=1)))
    assert page_digest(later) == page_digest(page)


def test_what_was_only_moved_is_shown_and_both_sides_agree() -> None:
    text = render_html(with_links(LinkRow("C1", "CRM-9", "moved", "it was STRAT-4")))
    assert "Jira and the scorecard agree; nothing is pending." in text
    assert "it was STRAT-4" in text
