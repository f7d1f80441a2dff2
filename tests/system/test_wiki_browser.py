"""Our page in the sandbox's Confluence, on both products, as a reader's browser shows it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from requests.adapters import HTTPAdapter

from bsc_sync.atlassian.confluence.publisher import ConfluencePage
from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.session import connect
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site
from bsc_sync.state.database import open_database
from bsc_sync.state.history import History
from tests.report_sample import sample_page

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
SEED: dict[str, Any] = {
    "users": [{"account_id": "acme:bot", "name": "Bot", "email": "bot@acme.example", "token": "bot-token"}],
    "projects": [],
    "spaces": [{"key": "STRAT", "name": "Strategy"}],
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.network,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_the_published_page_shows_its_map_and_fits_any_screen(flavor: Flavor, tmp_path: Path) -> None:
    site = Site(SEED, flavor=flavor)
    with serve(create_app(site), port=0) as server, sync_playwright() as driver:
        site.base_url = server.url
        bot = site.users["acme:bot"]
        user, root = (bot.email, "wiki") if flavor == "cloud" else (bot.login, "confluence")
        transport = PatientAdapter(HTTPAdapter())
        page = ConfluencePage(
            connect(f"{server.url}/{root}", user=user, token=bot.token, transport=transport),
            space="STRAT",
            title="Acme scorecard",
            mark="bsc-sync-acme",
            label="bsc-acme",
            history=History(open_database(f"sqlite:///{tmp_path / 'state.db'}"), "acme"),
        ).publish(sample_page(), "one", force=False)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        complaints: list[str] = []
        for width in (390, 1280):
            reader = browser.new_page(viewport={"width": width, "height": 900})
            reader.on("console", lambda message: complaints.append(message.text))
            reader.goto(page.url)
            assert reader.evaluate("document.images[0].naturalWidth") > 700
            assert reader.evaluate("document.documentElement.scrollWidth") <= width
            assert reader.locator("script").count() == 0
            assert complaints == []
            reader.get_by_role("link", name="Strategy").first.click()
            assert reader.get_by_role("link", name="Acme scorecard").count() == 1
            reader.close()
        browser.close()
    site.store.close()
