"""A stranger's publisher, md2conf, at home in both flavors of the sandbox's Confluence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site

pytest.importorskip("md2conf", reason="md2conf is in the group `clients`: it needs newer packages than ours")

import md2conf.api
from md2conf.api import ConfluenceAPI
from md2conf.environment import ConnectionProperties
from md2conf.options import ProcessorOptions
from md2conf.publisher import Publisher

SEED: dict[str, Any] = {
    "users": [{"account_id": "acme:bot", "name": "Bot", "email": "bot@acme.example", "token": "bot-token"}],
    "projects": [],
    "spaces": [{"key": "STRAT", "name": "Strategy"}],
}


def published(
    flavor: Flavor, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> tuple[Site, InProcessAdapter]:
    """What md2conf makes of a Markdown file with a picture, on a fresh site; then the same once more."""
    site = Site(SEED, flavor=flavor, base_url="https://acme.example")
    adapter = InProcessAdapter(create_app(site))
    monkeypatch.setattr(md2conf.api, "TruststoreRetryAdapter", lambda: adapter)
    (folder / "index.md").write_text(text, encoding="utf-8")
    (folder / "map.svg").write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    cloud = flavor == "cloud"
    properties = ConnectionProperties(
        domain="acme.example",
        base_path="/wiki/" if cloud else "/confluence/",
        user_name="bot@acme.example" if cloud else "bot",
        api_key="bot-token",
        space_key="STRAT",
        api_version="v2" if cloud else "v1",
    )
    for _time in range(2):
        with ConfluenceAPI(properties) as session:
            Publisher(session, ProcessorOptions()).process(folder / "index.md")
    return site, adapter


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_md2conf_publishes_a_page_with_a_picture_and_labels(
    flavor: Flavor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "---\ntitle: By md2conf\ntags: [one, two]\n---\n\n# Hello\n\nSome *text*.\n\n"
        "![Map](map.svg)\n\n"
        "```python\nprint(']]>')\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    site, adapter = published(flavor, tmp_path, monkeypatch, text)
    with site.store.transaction() as connection:
        page = connection.execute("SELECT * FROM wiki_page WHERE title = 'By md2conf'").fetchone()
        labels = connection.execute("SELECT name FROM wiki_label ORDER BY name").fetchall()
        files = connection.execute("SELECT filename, version FROM wiki_attachment").fetchall()
    assert page["version"] == 2  # created empty, filled once, left alone the second time
    assert [row["name"] for row in labels] == ["one", "two"]
    assert [(row["filename"], row["version"]) for row in files] == [("map.svg", 1)]
    with requests.Session() as reader:
        reader.mount("https://", adapter)
        path = (
            "/wiki/spaces/STRAT/pages" if flavor == "cloud" else "/confluence/pages/viewpage.action?pageId="
        )
        address = f"https://acme.example{path}{'/' if flavor == 'cloud' else ''}{page['id']}"
        shown = reader.get(address, timeout=30).text
    assert "]]&gt;" in shown
    assert 'alt="Map"' in shown
    site.store.close()
