"""The page in a real browser: at a desk, on a phone, in the dark, by keyboard, on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, FloatRect, sync_playwright

from bsc_sync.report.html import render_html
from bsc_sync.report.strategy_map import strategy_map
from tests.report_sample import sample_page

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

Scheme = Literal["light", "dark"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("page") / "alignment.html"
    target.write_text(render_html(sample_page()), encoding="utf-8")
    return target.as_uri()


class Visit:
    """A page as one reader sees it, with everything it asked for and complained about."""

    def __init__(self, browser: Browser, file: str, *, width: int, scheme: Scheme = "light") -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.goto(file)

    def box(self, selector: str) -> FloatRect:
        """Where the first such element stands."""
        found = self.page.locator(selector).first.bounding_box()
        assert found is not None, f"{selector} is not shown"
        return found


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280, 1920])
def test_no_width_makes_the_page_scroll_sideways(browser: Browser, file: str, width: int) -> None:
    visit = Visit(browser, file, width=width)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit.requests == [file]
    assert visit.complaints == []
    visit.page.close()


def test_the_first_screen_comes_before_the_tables(browser: Browser, file: str) -> None:
    visit = Visit(browser, file, width=1280)
    top = {
        name: visit.box(name)["y"]
        for name in (".headline", ".decisions", ".map", ".exceptions", ".objective")
    }
    assert top[".headline"] < top[".map"] == top[".decisions"] < top[".exceptions"] < top[".objective"]
    assert top[".map"] < 400
    visit.page.close()


def test_a_phone_shows_every_cell_of_a_table_with_its_name(browser: Browser, file: str) -> None:
    visit = Visit(browser, file, width=390)
    cells = visit.page.locator("td[data-label]")
    outside = cells.evaluate_all(
        "cells => cells.filter(cell => { const box = cell.getBoundingClientRect();"
        " return box.left < 0 || box.right > 390 }).length"
    )
    assert cells.count() > 100
    assert outside == 0
    shown = visit.page.locator("td[data-label='KPI attainment']").first.evaluate(
        "cell => getComputedStyle(cell, '::before').content"
    )
    assert shown == '"KPI attainment"'
    visit.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(browser: Browser, file: str, scheme: Scheme) -> None:
    visit = Visit(browser, file, width=1280, scheme=scheme)
    weak = visit.page.evaluate(_CONTRAST)
    assert weak == []
    visit.page.close()


def test_the_keyboard_reaches_the_summary_the_map_and_jira(browser: Browser, file: str) -> None:
    visit = Visit(browser, file, width=1280)
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "Skip to the summary"
    reached = set()
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        reached.add(
            visit.page.evaluate(
                "(document.activeElement.closest('svg') ? 'map ' : '')"
                " + (document.activeElement.getAttribute('href') || document.activeElement.tagName)"
            )
        )
    assert "map https://acme.example/browse/STRAT-3" in reached
    assert "https://acme.example/browse/STRAT-4" in reached
    assert "SUMMARY" in reached
    visit.page.close()


def test_the_page_has_landmarks_and_named_tables(browser: Browser, file: str) -> None:
    visit = Visit(browser, file, width=1280)
    assert visit.page.get_by_role("main").count() == 1
    assert visit.page.get_by_role("navigation", name="On this page").count() == 1
    assert visit.page.get_by_role("heading", level=1).inner_text() == "Acme CRM, strategy 2026-2028"
    tables = visit.page.locator("table")
    assert tables.count() == visit.page.locator("table > caption").count() > 9
    broken = visit.page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
        ".filter(id => !document.getElementById(id))"
    )
    assert broken == []
    ids = visit.page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    visit.page.close()


def test_paper_gets_the_whole_map_on_white(browser: Browser, file: str) -> None:
    visit = Visit(browser, file, width=794, scheme="dark")
    visit.page.emulate_media(media="print", color_scheme="dark")
    ground = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    box = visit.box("svg.bsc-map")
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 794
    assert visit.page.pdf().startswith(b"%PDF")
    visit.page.close()


def test_texts_of_the_map_stay_inside_their_boxes(browser: Browser, tmp_path: Path) -> None:
    target = tmp_path / "map.svg"
    target.write_text(strategy_map(sample_page().map), encoding="utf-8")
    visit = Visit(browser, target.as_uri(), width=900)
    spilled = visit.page.evaluate(
        """[...document.querySelectorAll('.bsc-node')].flatMap(node => {
          const box = node.querySelector('.bsc-box').getBoundingClientRect();
          return [...node.querySelectorAll('text')].filter(text => {
            const own = text.getBoundingClientRect();
            return own.width && (own.left < box.left || own.right > box.right || own.bottom > box.bottom);
          }).map(text => text.textContent);
        })"""
    )
    assert spilled == []
    visit.page.close()


_CONTRAST = """() => {
  const channel = value => {
    value /= 255;
    return value <= .03928 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
  };
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const parsed = color => color.match(/[\\d.]+/g).map(Number);
  const ground = element => {
    for (let one = element; one; one = one.parentElement) {
      const color = parsed(getComputedStyle(one).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const element of document.querySelectorAll('body *:not(svg):not(svg *)')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own) continue;
    const [a, b] = [light(parsed(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) weak.push([element.textContent.slice(0, 40), ratio]);
  }
  for (const node of document.querySelectorAll('svg .bsc-node')) {
    const strip = light(parsed(getComputedStyle(node.querySelector('.bsc-strip')).fill));
    const box = light(parsed(getComputedStyle(node.querySelector('.bsc-box')).fill));
    const pairs = [['bsc-word', strip], ['bsc-figure', strip], ['bsc-name', box], ['bsc-id', box]];
    for (const [name, under] of pairs) {
      const ink = light(parsed(getComputedStyle(node.querySelector('.' + name)).fill));
      const ratio = (Math.max(ink, under) + .05) / (Math.min(ink, under) + .05);
      if (ratio < 4.5) weak.push([name, ratio]);
    }
  }
  return weak;
}"""
