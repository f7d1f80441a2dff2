"""Where the boxes of the strategy map stand: rows from the apex down, in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bsc_sync.report.map_order import Order
from bsc_sync.report.parts import StrategyMap

BOX_WIDTH = 184.0
BOX_HEIGHT = 104.0
EMPTY_HEIGHT = 44.0
LABEL_COLUMN = 116.0
MARGIN = 12.0
BAND_PADDING = 12.0
_GAP = 42.0
_LANE = 26.0
_PASSES = 24


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its left upper corner; an objective, a label or a band."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def middle_y(self) -> float:
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def meets(self, other: Box) -> bool:
        """Whether the two have more than an edge in common."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return self.x < x < self.right and self.y < y < self.bottom


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by objective (and lanes by waypoint), bands by row, and the size of the whole."""

    boxes: dict[str, Box]
    lanes: dict[str, Box]
    bands: tuple[Box, ...]
    layers: tuple[Box, ...]  # the stretch of height that the boxes of a layer fill
    width: float
    height: float


def place(view: StrategyMap, order: Order, *, channel: float) -> Layout:
    """The layout with `channel` pixels of height between the layers, for the arrows to run in."""
    centers = _columns(order)
    tops, heights = _heights(order, channel)
    boxes: dict[str, Box] = {}
    lanes: dict[str, Box] = {}
    for layer, top, height in zip(order.layers, tops, heights, strict=True):
        for node in layer:
            x = centers[node]
            if node.startswith(">"):
                lanes[node] = Box(x, top, 0.0, height)
            else:
                boxes[node] = Box(x - BOX_WIDTH / 2, top, BOX_WIDTH, height)
    left = LABEL_COLUMN + MARGIN
    right = max([left + BOX_WIDTH, *(box.right for box in boxes.values()), *(x.x for x in lanes.values())])
    width = right + 2 * MARGIN
    bands = tuple(_band(number, order.band, tops, heights, width) for number in range(len(view.rows)))
    layers = tuple(Box(left, top, width - left, height) for top, height in zip(tops, heights, strict=True))
    bottom = max(band.bottom for band in bands) if bands else 0.0
    return Layout(boxes, lanes, bands, layers, width, bottom + MARGIN)


def _band(number: int, band: Sequence[int], tops: list[float], heights: list[float], width: float) -> Box:
    own = [index for index, row in enumerate(band) if row == number]
    top = tops[own[0]] - BAND_PADDING
    bottom = tops[own[-1]] + heights[own[-1]] + BAND_PADDING
    return Box(MARGIN / 2, top, width - MARGIN, bottom - top)


def _heights(order: Order, channel: float) -> tuple[list[float], list[float]]:
    """Top and height of each layer; room above the first only where arrows arch over it."""
    arched = any(
        order.layer_of[chain.stops[0]] == order.layer_of[chain.stops[-1]] == 0 for chain in order.chains
    )
    top = MARGIN + BAND_PADDING + (channel * 0.7 if arched else 0.0)
    tops: list[float] = []
    heights: list[float] = []
    for layer in order.layers:
        height = BOX_HEIGHT if any(not node.startswith(">") for node in layer) else EMPTY_HEIGHT
        tops.append(top)
        heights.append(height)
        top += height + channel
    return tops, heights


def _columns(order: Order) -> dict[str, float]:
    """The middle of each node: near those it is joined to, never closer than a gap to its neighbors."""
    neighbors: dict[str, list[str]] = {}
    for chain in order.chains:
        for first, second in zip(chain.stops, chain.stops[1:], strict=False):
            if order.layer_of[first] != order.layer_of[second]:
                neighbors.setdefault(first, []).append(second)
                neighbors.setdefault(second, []).append(first)
    left = LABEL_COLUMN + MARGIN
    room = max([_needed(layer) for layer in order.layers if layer], default=BOX_WIDTH)
    centers: dict[str, float] = {}
    for layer in order.layers:
        slack = (room - _needed(layer)) / 2 if layer else 0.0
        wishes = [left + slack + offset for offset in _offsets(layer)]
        centers.update(zip(layer, wishes, strict=True))
    for step in range(_PASSES):
        layers = order.layers if step % 2 else order.layers[::-1]
        for layer in layers:
            wishes = [_wish(node, neighbors, centers) for node in layer]
            centers.update(zip(layer, _spread(layer, wishes, left, room), strict=True))
    return centers


def _wish(node: str, neighbors: dict[str, list[str]], centers: dict[str, float]) -> float:
    others = neighbors.get(node, ())
    if not others:
        return centers[node]
    return sum(centers[other] for other in others) / len(others)


def _spread(layer: list[str], wishes: list[float], left: float, room: float) -> list[float]:
    """The positions nearest to the wishes (least squares) that keep order, distances and room.

    Pool adjacent violators, on the wishes less the distance that each must keep from the left.
    """
    offsets = _offsets(layer)
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        mean, size = wish - offset, 1
        while pools and pools[-1][0] > mean:
            other, members = pools.pop()
            mean, size = (mean * size + other * members) / (size + members), size + members
        pools.append((mean, size))
    slack = max(0.0, room - _needed(layer))
    shifts = [min(max(mean, left), left + slack) for mean, size in pools for _ in range(size)]
    return [shift + offset for shift, offset in zip(shifts, offsets, strict=True)]


def _offsets(layer: list[str]) -> list[float]:
    """The middle of each node when the layer is packed from 0."""
    offsets: list[float] = []
    edge = 0.0
    for node in layer:
        width = _width(node)
        offsets.append(edge + width / 2)
        edge += width + _GAP
    return offsets


def _needed(layer: list[str]) -> float:
    return sum(map(_width, layer)) + _GAP * (len(layer) - 1) if layer else 0.0


def _width(node: str) -> float:
    return _LANE if node.startswith(">") else BOX_WIDTH
