"""The page of the acme scorecard in every format, as whole files."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bsc_sync.report.document import page_json
from bsc_sync.report.html import render_html
from bsc_sync.report.markdown import render_markdown
from bsc_sync.report.page import Page
from bsc_sync.report.storage import render_storage
from bsc_sync.report.strategy_map import strategy_map
from tests.report_sample import sample_page


@pytest.fixture(scope="module")
def page() -> Page:
    return sample_page()


def test_html(page: Page, golden: Callable[[str, str], None]) -> None:
    golden("page.html", render_html(page))


def test_storage_with_the_map_attached(page: Page, golden: Callable[[str, str], None]) -> None:
    golden("page.storage.xml", render_storage(page, map_image="bsc-map.svg"))


def test_map(page: Page, golden: Callable[[str, str], None]) -> None:
    golden("map.svg", strategy_map(page.map))


def test_markdown(page: Page, golden: Callable[[str, str], None]) -> None:
    golden("page.md", render_markdown(page))


def test_document(page: Page, golden: Callable[[str, str], None]) -> None:
    golden("page.json", json.dumps(page_json(page), indent=1, ensure_ascii=False) + "\n")
