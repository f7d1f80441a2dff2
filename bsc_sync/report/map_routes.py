"""The ways of the arrows: between the rows and beside the boxes, never through one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bsc_sync.report.map_layout import LABEL_COLUMN, Box, Layout
from bsc_sync.report.map_order import Chain, Order
from bsc_sync.report.parts import MapArrow
from bsc_sync.report.text_width import text_width

HEAD = 9.0
LABEL_SIZE = 11.0
LABEL_HEIGHT = 18.0
_SPACING = 26.0
_NEARLY = 9.0  # pixels by which an upright arrow may miss the middle of its port
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73)

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]  # a cubic Bezier; a straight stretch is one too


@dataclass(frozen=True, slots=True)
class Route:
    """An arrow as drawn: curves end to end, the head's tip and direction, a label and its place."""

    arrow: MapArrow
    curves: tuple[Curve, ...]
    tip: Point
    heading: str  # up | down | left | right
    text: str
    label: Box | None


def route(order: Order, layout: Layout) -> tuple[Route, ...]:
    """A route for each arrow; a label that finds no free place is None."""
    ports = _ports(order, layout)
    drawn = [_drawn(chain, number, order, layout, ports) for number, chain in enumerate(order.chains)]
    heads = [_around(tip, HEAD + 2) for _, tip, _ in drawn]
    samples = [[point for curve in curves for point in _sampled(curve)] for curves, _, _ in drawn]
    taken: list[Box] = [*layout.boxes.values(), *heads]
    routes = []
    for number, (curves, tip, heading) in enumerate(drawn):
        arrow = order.chains[number].arrow
        text = " ".join(filter(None, (arrow.sign, arrow.lag)))
        others = [points for index, points in enumerate(samples) if index != number]
        label = _label(text, curves, taken, others, layout) if text else None
        if label is not None:
            taken.append(label)
        routes.append(Route(arrow, curves, tip, heading, text, label))
    return tuple(routes)


def at(curve: Curve, t: float) -> Point:
    """The point of a cubic Bezier at `t` from 0 to 1."""
    s = 1 - t
    weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    return (
        sum(weight * point[0] for weight, point in zip(weights, curve, strict=True)),
        sum(weight * point[1] for weight, point in zip(weights, curve, strict=True)),
    )


def _ports(order: Order, layout: Layout) -> dict[tuple[int, str], Point]:
    """Where each arrow leaves and meets its boxes: side by side, in the order of where they go."""
    sides: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for number, chain in enumerate(order.chains):
        if _straight_across(chain, order):
            continue
        for node, other in ((chain.stops[0], chain.stops[1]), (chain.stops[-1], chain.stops[-2])):
            upward = order.layer_of[other] <= order.layer_of[node]
            side = "top" if upward else "bottom"
            sides.setdefault((node, side), []).append((_middle(other, layout), number))
    ports: dict[tuple[int, str], Point] = {}
    for (node, side), ends in sides.items():
        box = layout.boxes[node]
        spacing = min(_SPACING, (box.width - 40) / len(ends))
        for index, (_, number) in enumerate(sorted(ends)):
            x = box.middle + (index - (len(ends) - 1) / 2) * spacing
            ports[number, node] = (x, box.y if side == "top" else box.bottom)
    return ports


def _middle(node: str, layout: Layout) -> float:
    box = layout.boxes.get(node) or layout.lanes[node]
    return box.middle


def _drawn(
    chain: Chain, number: int, order: Order, layout: Layout, ports: dict[tuple[int, str], Point]
) -> tuple[tuple[Curve, ...], Point, str]:
    first, last = chain.stops[0], chain.stops[-1]
    if order.layer_of[first] == order.layer_of[last]:
        if _straight_across(chain, order):
            return _across(layout.boxes[first], layout.boxes[last])
        return _arch(ports[number, first], ports[number, last], order.layer_of[first], layout)
    upward = order.layer_of[last] < order.layer_of[first]
    curves: list[Curve] = []
    here, tip = ports[number, first], ports[number, last]
    if len(chain.stops) == 2 and abs(here[0] - tip[0]) < _NEARLY:
        tip = (here[0], tip[1])
    for stop in chain.stops[1:-1]:
        lane = layout.lanes[stop]
        near, far = (lane.bottom, lane.y) if upward else (lane.y, lane.bottom)
        curves.append(_swing(here, (lane.x, near)))
        curves.append(_straight((lane.x, near), (lane.x, far)))
        here = (lane.x, far)
    curves.append(_swing(here, (tip[0], tip[1] + (HEAD if upward else -HEAD))))
    return tuple(curves), tip, "up" if upward else "down"


def _straight_across(chain: Chain, order: Order) -> bool:
    """Neighbors in a row need no arch, unless there is a lag to be told."""
    first, last = chain.stops[0], chain.stops[-1]
    layer = order.layers[order.layer_of[first]]
    if last not in layer or chain.arrow.lag:
        return False
    return abs(layer.index(first) - layer.index(last)) == 1


def _across(first: Box, last: Box) -> tuple[tuple[Curve, ...], Point, str]:
    y = first.y + first.height / 2
    if first.x < last.x:
        return (_straight((first.right, y), (last.x - HEAD, y)),), (last.x, y), "right"
    return (_straight((first.x, y), (last.right + HEAD, y)),), (last.right, y), "left"


def _arch(start: Point, tip: Point, layer: int, layout: Layout) -> tuple[tuple[Curve, ...], Point, str]:
    """Over the boxes between, inside the free height above the layer."""
    ceiling = layout.layers[layer - 1].bottom if layer else 0.0
    room = start[1] - ceiling
    rise = min(room * 1.1, 34 + abs(tip[0] - start[0]) * 0.08)
    end = (tip[0], tip[1] - HEAD)
    curve = (start, (start[0], start[1] - rise), (end[0], start[1] - rise), end)
    return (curve,), tip, "down"


def _swing(start: Point, end: Point) -> Curve:
    half = (start[1] + end[1]) / 2
    return (start, (start[0], half), (end[0], half), end)


def _straight(start: Point, end: Point) -> Curve:
    third = ((end[0] - start[0]) / 3, (end[1] - start[1]) / 3)
    return (
        start,
        (start[0] + third[0], start[1] + third[1]),
        (end[0] - third[0], end[1] - third[1]),
        end,
    )


def _label(
    text: str, curves: tuple[Curve, ...], taken: list[Box], others: list[list[Point]], layout: Layout
) -> Box | None:
    """The free place along the arrow that hides the least of the others."""
    width = text_width(text, LABEL_SIZE) + 10
    best: tuple[int, Box] | None = None
    for x, y in _candidates(curves):
        box = Box(x - width / 2, y - LABEL_HEIGHT / 2, width, LABEL_HEIGHT)
        wide = Box(box.x - 3, box.y - 3, box.width + 6, box.height + 6)
        if not LABEL_COLUMN < box.x < layout.width - width or any(wide.meets(other) for other in taken):
            continue
        hidden = sum(any(wide.holds(*point) for point in points) for points in others)
        if best is None or hidden < best[0]:
            best = hidden, box
    return best[1] if best else None


def _candidates(curves: tuple[Curve, ...]) -> Iterator[Point]:
    for along in _ALONG:
        for curve in curves:
            yield at(curve, along)


def _sampled(curve: Curve) -> list[Point]:
    return [at(curve, step / 40) for step in range(41)]


def _around(point: Point, size: float) -> Box:
    return Box(point[0] - size / 2, point[1] - size / 2, size, size)
