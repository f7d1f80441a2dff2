"""A plan on a pull request and on a terminal: nothing in its texts calls people, links, or breaks out."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

from hypothesis import HealthCheck, given, settings
from markdown_it import MarkdownIt

from bsc_sync.cli.plan_markdown import LONGEST, plan_markdown
from bsc_sync.cli.plan_text import plan_lines
from bsc_sync.plan.change import Create
from bsc_sync.plan.item import Item, ItemField
from bsc_sync.plan.plan import Digests, Plan
from tests.plan_strategies import HOSTILE, plans

ALLOWED = frozenset(
    [
        "h3",
        "p",
        "sub",
        "em",
        "strong",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
        "code",
    ]
)
CALLS = re.compile(r"@\w|#\d|(?i:gh-\d)|://|(?i:www\.)")
many = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Reader(HTMLParser):
    """The tags, links and texts of what GitHub would show."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.texts: list[str] = []
        self.cells: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.open.append(tag)
        assert [name for name, _ in attrs] in ([], ["href"]), attrs
        self.links += [value or "" for _, value in attrs]
        if tag == "tr":
            self.cells.append(0)
        if tag in {"td", "th"}:
            self.cells[-1] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" not in self.open:
            self.texts.append(data)


def rendered(plan: Plan) -> Reader:
    reader = Reader()
    reader.feed(MarkdownIt("commonmark").enable("table").render(plan_markdown(plan)))
    reader.close()
    assert reader.open == [], "every tag is closed again"
    return reader


@many
@given(plans(most=8))
def test_no_text_calls_people_links_or_becomes_markup(plan: Plan) -> None:
    site = "https://acme.atlassian.net"
    page = rendered(plan.model_copy(update={"site": site}))
    assert page.tags <= ALLOWED, page.tags - ALLOWED
    assert all(link.startswith(f"{site}/browse/") for link in page.links), page.links
    assert not CALLS.search("\0".join(page.texts))
    assert not any(unicodedata.category(char) == "Cc" for char in plan_markdown(plan) if char != "\n")
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", plan_markdown(plan))


@many
@given(plans(most=4))
def test_the_same_plan_is_shown_in_the_same_words(plan: Plan) -> None:
    assert plan_markdown(plan) == plan_markdown(plan.model_copy())
    lines = [line.text for line in plan_lines(plan)]
    assert lines[-1].startswith("Plan: ")
    assert lines[-1].endswith(" on hold.")


def large(count: int) -> Plan:
    fields = [
        ItemField(id=f"f{n}", name="Field", type="text", value=text * 50, owner="scorecard", asked_by="x")
        for n, text in enumerate(HOSTILE)
    ]
    creates = [
        Create(
            ref=f"C{n}",
            kind="objective",
            name=HOSTILE[n % len(HOSTILE)] * 10,
            item=Item(
                ref=f"C{n}",
                kind="objective",
                name="N",
                project="STRAT",
                issue_type="Epic",
                fields=tuple(fields),
            ),
        )
        for n in range(count)
    ]
    digests = Digests(scorecard="1", mapping="2", observation="3")
    return Plan(scorecard="acme", store="s", made="now", digests=digests, items=count, changes=tuple(creates))


def test_a_thousand_changes_still_fit_into_one_comment_and_the_rest_is_counted() -> None:
    text = plan_markdown(large(1000))
    assert 40_000 < len(text) <= LONGEST < 65_536
    rows = len(re.findall(r"(?m)^\| \*\*create\*\*", text))
    (left,) = re.findall(r"and (\d+) more changes: `bsc-sync plan` shows all", text)
    assert rows + int(left) == 1000
    (values,) = re.findall(r"The values of (\d+) more changes are left out", text)
    assert text.count("<details>") + int(values) == 1000
    rendered(large(1000))
