"""The strategy map as one SVG: four rows, the apex on top, and what moves what."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from lxml.etree import _Element as Element

from bsc_sync.report.glyphs import GLYPHS
from bsc_sync.report.map_layout import BOX_WIDTH, LABEL_COLUMN, MARGIN, Box, Layout, place
from bsc_sync.report.map_order import order_map
from bsc_sync.report.map_routes import HEAD, LABEL_SIZE, Curve, Point, Route, route
from bsc_sync.report.map_style import MAP_STYLE
from bsc_sync.report.markup import element, serialized
from bsc_sync.report.parts import Figure, MapRow, Node, StrategyMap
from bsc_sync.report.text_width import fit, text_width, wrap
from bsc_sync.report.words import clean, reads_rightward, safe_url

_CHANNELS = (70.0, 94.0, 124.0, 156.0)
_STRIP = 27.0
_PAD = 12.0
_LINE = 16.0


def strategy_map(view: StrategyMap) -> str:
    """The map as well-formed SVG text, the same for the same map.

    Statuses differ by color, shape and word; every box carries its full name as a title and
    links to its issue; the description tells the whole map in words.
    """
    layout, routes = _laid_out(view)
    svg = element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_n(layout.width)} {_n(layout.height)}",
            "width": _n(layout.width),
            "height": _n(layout.height),
            "role": "img",
            "aria-labelledby": "bsc-map-title bsc-map-desc",
            "class": "bsc-map",
        },
        [
            element("title", {"id": "bsc-map-title"}, [view.title]),
            element("desc", {"id": "bsc-map-desc"}, [describe(view)]),
            element("style", {}, [MAP_STYLE]),
            *(_band(row, box) for row, box in zip(view.rows, layout.bands, strict=True)),
            element("g", {"class": "bsc-arrows"}, [_arrow(way) for way in routes]),
            *(_node(node, layout.boxes[node.id]) for row in view.rows for node in row.nodes),
            element("g", {}, [_label(way, way.label) for way in routes if way.label is not None]),
        ],
    )
    return serialized(svg)


def describe(view: StrategyMap) -> str:
    """The map in words: every perspective with its objectives, then every arrow."""
    rows = [
        f"{row.name}: {'; '.join(node_text(node) for node in row.nodes) or 'no objectives'}."
        for row in view.rows
    ]
    arrows = [f"{arrow.cause} to {arrow.effect}" for arrow in view.arrows]
    told = f"Cause and effect: {', '.join(arrows)}." if arrows else "No arrows are drawn."
    return clean(" ".join([*rows, told]))


def node_text(node: Node) -> str:
    """An objective of the map as a line of text."""
    stale = ", stale" if node.standing.stale else ""
    return f"{node.id} {node.name}, {node.standing.word}{stale}, KPI attainment {node.attainment.text}"


def _laid_out(view: StrategyMap) -> tuple[Layout, tuple[Route, ...]]:
    """The lowest layout in which every label finds a place; else the highest."""
    order = order_map(view)
    layout = place(view, order, channel=_CHANNELS[0])
    routes = route(order, layout)
    for channel in _CHANNELS[1:]:
        if all(way.label is not None or not way.text for way in routes):
            break
        layout = place(view, order, channel=channel)
        routes = route(order, layout)
    return layout, routes


def _band(row: MapRow, box: Box) -> Element:
    room = LABEL_COLUMN - 1.5 * MARGIN
    lines = wrap(row.name, room, 13, most=4)
    top = box.middle_y - (len(lines) - 1) * _LINE / 2 + 5
    parts = [_rect(box, "bsc-band", 14)]
    parts += [_text(line, MARGIN * 1.5, top + n * _LINE, "bsc-row", room) for n, line in enumerate(lines)]
    if not row.nodes:
        parts.append(_text("no objectives", LABEL_COLUMN + MARGIN, box.middle_y + 5, "bsc-empty", 160))
    return element("g", {}, [element("title", {}, [row.name]), *parts])


def _node(node: Node, box: Box) -> Element:
    left, room, strip = box.x + _PAD, BOX_WIDTH - 2 * _PAD, box.bottom - _STRIP
    tone, figure = node.standing.tone, node.attainment.text
    name = wrap(node.name, room, 13, most=3)
    glyph = {
        "class": "bsc-glyph",
        "fill-rule": "evenodd",
        "d": GLYPHS[tone],
        "transform": f"translate({_n(left)} {_n(strip + 7)}) scale(0.875)",
    }
    parts = [
        element("title", {}, [_full_text(node)]),
        _rect(box, "bsc-box", 9),
        element("path", {"class": "bsc-strip", "d": _strip(box)}),
        *_progress(node, box),
        _text(node.id, left, box.y + 18, "bsc-id", room - 40, size=11),
        _anchored("stale" if node.standing.stale else "", box.right - _PAD, box.y + 18, "bsc-stale", "end"),
        *(_text(line, left, box.y + 35 + n * _LINE, "bsc-name", room) for n, line in enumerate(name)),
        element("path", glyph),
        _text(
            node.standing.word, left + 20, strip + 18, "bsc-word", room - 24 - text_width(figure, 13), size=12
        ),
        _anchored(figure, box.right - _PAD, strip + 18.5, "bsc-figure", "end"),
    ]
    body = element("g", {"class": f"bsc-node bsc-{tone}"}, parts)
    url = safe_url(node.url)
    return element("a", {"href": url, "aria-label": node_text(node)}, [body]) if url else body


def _full_text(node: Node) -> str:
    reason = f" ({node.attainment.why})" if node.attainment.exact is None else ""
    by_hand = f"; set by hand: {node.standing.overridden}" if node.standing.overridden else ""
    expected = f", expected {node.expected.text}" if node.expected.exact is not None else ""
    return f"{node_text(node)}{reason}{expected}{by_hand}"


def _strip(box: Box) -> str:
    top, r = box.bottom - _STRIP, 9
    return (
        f"M{_n(box.x)} {_n(top)}H{_n(box.right)}V{_n(box.bottom - r)}"
        f"A{r} {r} 0 0 1 {_n(box.right - r)} {_n(box.bottom)}H{_n(box.x + r)}"
        f"A{r} {r} 0 0 1 {_n(box.x)} {_n(box.bottom - r)}Z"
    )


def _progress(node: Node, box: Box) -> Iterator[Element]:
    """A bar on the strip's upper edge: how far the KPI has come, with a tick where it should be."""
    top = box.bottom - _STRIP
    attained, expected = _bounded(node.attainment), _bounded(node.expected)
    if attained is not None:
        yield _rect(Box(box.x, top, attained * box.width, 3), "bsc-bar")
    if expected is not None and 0 < expected < 1:
        yield _rect(Box(box.x + expected * box.width - 1, top - 3, 2, 9), "bsc-tick")


def _bounded(figure: Figure) -> float | None:
    return None if figure.exact is None else float(min(max(Fraction(figure.exact), Fraction(0)), Fraction(1)))


def _arrow(way: Route) -> Element:
    arrow = way.arrow
    told = f"{arrow.cause} to {arrow.effect}"
    detail = ", ".join(filter(None, (arrow.sign, f"after {arrow.lag}" if arrow.lag else "", arrow.why)))
    return element(
        "g",
        {"class": "bsc-arrow"},
        [
            element("title", {}, [f"{told}: {detail}" if detail else told]),
            element("path", {"d": _path(way.curves), "fill": "none"}),
            element("path", {"class": "bsc-head", "d": _head(way.tip, way.heading)}),
        ],
    )


def _label(way: Route, box: Box) -> Element:
    text = _anchored(way.text, box.middle, box.middle_y + LABEL_SIZE * 0.36, "", "middle")
    return element("g", {"class": "bsc-label"}, [_rect(box, "", 9), text])


def _rect(box: Box, style: str, radius: float = 0) -> Element:
    size = {"x": _n(box.x), "y": _n(box.y), "width": _n(box.width), "height": _n(box.height)}
    return element("rect", {"class": style, **size, "rx": _n(radius)})


def _path(curves: tuple[Curve, ...]) -> str:
    start = curves[0][0]
    rest = ("C" + " ".join(f"{_n(x)} {_n(y)}" for x, y in curve[1:]) for curve in curves)
    return f"M{_n(start[0])} {_n(start[1])}{''.join(rest)}"


def _head(tip: Point, heading: str) -> str:
    x, y = tip
    along, across = HEAD, HEAD * 0.5
    corners = {
        "up": ((x - across, y + along), (x + across, y + along)),
        "down": ((x - across, y - along), (x + across, y - along)),
        "left": ((x + along, y - across), (x + along, y + across)),
        "right": ((x - along, y - across), (x - along, y + across)),
    }[heading]
    return (
        f"M{_n(x)} {_n(y)}L{_n(corners[0][0])} {_n(corners[0][1])}L{_n(corners[1][0])} {_n(corners[1][1])}Z"
    )


def _text(text: str, x: float, y: float, style: str, room: float, *, size: float = 13) -> Element:
    """A line of text that fits its room; one in a right-to-left script begins at the right."""
    shown = fit(text, room, size)
    if reads_rightward(shown):
        return element("text", {"class": style, "x": _n(x), "y": _n(y)}, [shown])
    return element("text", {"class": style, "x": _n(x + room), "y": _n(y), "direction": "rtl"}, [shown])


def _anchored(text: str, x: float, y: float, style: str, anchor: str) -> Element:
    return element("text", {"class": style, "x": _n(x), "y": _n(y), "text-anchor": anchor}, [text])


def _n(value: float) -> str:
    """A coordinate with at most one decimal, never -0."""
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"
