"""The strategy map keeps its promises for any map: nothing overlaps, nothing is drawn through a box."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bsc_sync.attainment.score import Status
from bsc_sync.report.map_layout import Box, Layout, place
from bsc_sync.report.map_order import order_map
from bsc_sync.report.map_routes import Route, at, route
from bsc_sync.report.parts import TONES, Figure, MapArrow, MapRow, Node, Standing, StrategyMap
from bsc_sync.report.strategy_map import strategy_map
from bsc_sync.report.text_width import fit, text_width, wrap
from tests.report_sample import sample_page

SVG = "{http://www.w3.org/2000/svg}"
NAMES = st.text(min_size=1, max_size=90) | st.sampled_from(
    [
        "Donaudampfschifffahrtsgesellschaft" * 3,
        "זמן תגובה קצר יותר ללקוחות",
        "👩‍👩‍👧 🎉🎉🎉",
        "顧客満足度を向上させ" * 5,
    ]
)


def node(number: int, name: str) -> Node:
    status = list(Status)[number % len(Status)]
    undefined = status is Status.NO_DATA
    figure = Figure("–", None, "no value") if undefined else Figure("123.4 %", "1.234")
    return Node(
        id=f"N{number}",
        name=name,
        standing=Standing(status, status.value, TONES[status], stale=number % 3 == 0),
        attainment=figure,
        expected=Figure("50 %", "0.5"),
        url=f"https://jira.example/browse/A-{number}",
    )


@st.composite
def maps(draw: st.DrawFn) -> StrategyMap:
    """Maps of 1 to 40 objectives in 1 to 6 rows, some empty, with arrows in every direction."""
    count = draw(st.integers(1, 40))
    rows = draw(st.integers(1, 6))
    homes = [draw(st.integers(0, rows - 1)) for _ in range(count)]
    nodes = [node(number, draw(NAMES)) for number in range(count)]
    ends = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=30, unique=True))
    labels = st.tuples(st.sampled_from(["", "+", "−"]), st.sampled_from(["", "1 quarter", "12 months"]))
    return StrategyMap(
        title="Strategy map",
        rows=tuple(
            MapRow(
                f"r{row}",
                draw(NAMES),
                tuple(one for one, home in zip(nodes, homes, strict=True) if home == row),
            )
            for row in range(rows)
        ),
        arrows=tuple(
            MapArrow(f"N{cause}", f"N{effect}", *draw(labels), why="")
            for cause, effect in pairs
            if cause != effect
        ),
    )


def drawn(view: StrategyMap) -> tuple[Layout, tuple[Route, ...]]:
    order = order_map(view)
    layout = place(view, order, channel=98)
    return layout, route(order, layout)


def shrunk(box: Box) -> Box:
    return Box(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1)


@settings(max_examples=60, deadline=None)
@given(maps())
def test_no_arrow_runs_through_a_box_and_no_label_covers_anything(view: StrategyMap) -> None:
    layout, routes = drawn(view)
    boxes = list(map(shrunk, layout.boxes.values()))
    assert len(boxes) == sum(len(row.nodes) for row in view.rows)
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].meets(pair[1])]
    for way in routes:
        points = [at(curve, step / 25) for curve in way.curves for step in range(26)]
        assert not [point for point in points for box in boxes if box.holds(*point)]
        assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y in points)
    labels = [way.label for way in routes if way.label is not None]
    assert not [pair for pair in itertools.combinations([*labels, *boxes], 2) if pair[0].meets(pair[1])]


@settings(max_examples=60, deadline=None)
@given(maps())
def test_the_map_is_well_formed_complete_and_always_the_same(view: StrategyMap) -> None:
    text = strategy_map(view)
    assert strategy_map(view) == text
    root = etree.fromstring(text.encode())
    assert root.get("role") == "img"
    drawn_nodes = [
        group for group in root.iter(f"{SVG}g") if (group.get("class") or "").startswith("bsc-node")
    ]
    assert len(drawn_nodes) == sum(len(row.nodes) for row in view.rows)
    arrows = [group for group in root.iter(f"{SVG}g") if group.get("class") == "bsc-arrow"]
    assert len(arrows) == len(view.arrows)
    description = root.findtext(f"{SVG}desc") or ""
    assert all(f"{arrow.cause} to {arrow.effect}" in description for arrow in view.arrows)


def test_a_status_has_its_color_its_shape_and_its_word() -> None:
    root = etree.fromstring(strategy_map(sample_page().map).encode())
    looks = {
        (group.get("class"), glyph.get("d"))
        for group in root.iter(f"{SVG}g")
        if (group.get("class") or "").startswith("bsc-node")
        for glyph in group.findall(f"{SVG}path[@class='bsc-glyph']")
    }
    assert len({shape for _, shape in looks}) == len({color for color, _ in looks}) == 5
    words = {text.text for text in root.iter(f"{SVG}text") if text.get("class") == "bsc-word"}
    assert words == {"on track", "at risk", "off track", "too early", "no data"}


def test_every_label_of_the_acme_map_finds_its_place() -> None:
    _, routes = drawn(sample_page().map)
    assert [way.text for way in routes if way.label is not None] == [
        "+ 1 quarter",
        "+ 1 quarter",
        "+ 2 quarters",
    ]
    root = etree.fromstring(strategy_map(sample_page().map).encode())
    titles = [
        group.findtext(f"{SVG}title") for group in root.iter(f"{SVG}g") if group.get("class") == "bsc-arrow"
    ]
    assert titles[0] == "L1 to P1: +, after 1 quarter, Trained staff qualify leads better."


def test_the_acme_map_is_drawn_without_a_crossing() -> None:
    view = sample_page().map
    layout, routes = drawn(view)
    between: dict[tuple[float, float], list[tuple[float, float]]] = {}
    for way in routes:
        start, end = way.curves[0][0], way.tip
        if way.heading == "up":
            between.setdefault((start[1], end[1]), []).append((start[0], end[0]))
    crossings = [
        (one, other)
        for ends in between.values()
        for one, other in itertools.combinations(ends, 2)
        if (one[0] - other[0]) * (one[1] - other[1]) < 0
    ]
    assert crossings == []
    assert layout.width < 880


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.integers(20, 300), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_but_what_the_ellipsis_says(
    text: str, width: int, most: int
) -> None:
    lines = wrap(text, width, 13, most=most)
    assert len(lines) <= most
    assert all(text_width(line, 13) <= width for line in lines if len(line) > 1)
    if not lines or not lines[-1].endswith("…"):
        assert "".join(lines).replace(" ", "") == "".join(text.split())


def test_an_emoji_family_is_never_cut_apart() -> None:
    family = "👩‍👩‍👧"
    assert fit(family * 5, text_width(family, 13) * 3, 13) in {family * 2 + "…", family + "…"}


def test_the_box_carries_the_full_name_where_it_shows_a_part() -> None:
    name = "Donaudampfschifffahrtsgesellschaftskapitän " * 4
    view = StrategyMap("t", (MapRow("r", "Row", (node(1, name.strip()),)),), ())
    text = strategy_map(view)
    assert f"<title>N1 {name.strip()}, missed" in text
    assert "…</text>" in text


def test_right_to_left_names_begin_at_the_right() -> None:
    view = StrategyMap("t", (MapRow("r", "Row", (node(1, "זמן תגובה"),)),), ())
    assert 'direction="rtl">זמן תגובה</text>' in strategy_map(view)
