"""The rows of the strategy map: who stands where, so that few arrows cross."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bsc_sync.report.parts import MapArrow, StrategyMap

MOST_IN_A_ROW = 8
_SWEEPS = 6
_PER_CROSSING = 3
_PER_STEP = 2  # between two of a row that an arrow joins


@dataclass(frozen=True, slots=True)
class Chain:
    """An arrow's way through the rows: its cause, a waypoint in each row it passes, its effect."""

    arrow: MapArrow
    stops: tuple[str, ...]


@dataclass(slots=True)
class Order:
    """Layers from top to bottom, each from left to right; `band` is the perspective's row of a layer."""

    layers: list[list[str]]
    band: tuple[int, ...]
    chains: tuple[Chain, ...]
    layer_of: dict[str, int] = field(default_factory=dict)


def order_map(view: StrategyMap) -> Order:
    """The map's objectives in layers, ordered by the barycenter method and then by exchanging neighbors.

    Waypoints (ids that begin with `>`) keep a free column for arrows that skip a row. Of equal
    orders the one nearest to the file's wins, so the same map always looks the same.
    """
    layers, band = _layers(view)
    layer_of = {node: index for index, layer in enumerate(layers) for node in layer}
    chains = tuple(_chain(arrow, number, layer_of, layers) for number, arrow in enumerate(view.arrows))
    links = {(lower, upper) for chain in chains for lower, upper in _links(chain, layer_of)}
    order = Order(layers, tuple(band), chains, layer_of)
    beside = [chain.stops for chain in chains if layer_of[chain.stops[0]] == layer_of[chain.stops[-1]]]
    _arrange(order, links, beside)
    return order


def _layers(view: StrategyMap) -> tuple[list[list[str]], list[int]]:
    """A long row becomes several layers of nearly equal length."""
    layers: list[list[str]] = []
    band: list[int] = []
    for number, row in enumerate(view.rows):
        ids = [node.id for node in row.nodes]
        pieces = max(1, -(-len(ids) // MOST_IN_A_ROW))
        for piece in range(pieces):
            layers.append(ids[len(ids) * piece // pieces : len(ids) * (piece + 1) // pieces])
            band.append(number)
    return layers, band


def _chain(arrow: MapArrow, number: int, layer_of: dict[str, int], layers: list[list[str]]) -> Chain:
    start, end = layer_of[arrow.cause], layer_of[arrow.effect]
    step = -1 if end < start else 1
    waypoints = []
    for layer in range(start + step, end, step) if start != end else ():
        waypoint = f">{number}.{layer}"
        layers[layer].append(waypoint)
        layer_of[waypoint] = layer
        waypoints.append(waypoint)
    return Chain(arrow, (arrow.cause, *waypoints, arrow.effect))


def _links(chain: Chain, layer_of: dict[str, int]) -> Iterable[tuple[str, str]]:
    """The stretches between neighboring layers, the lower end first."""
    for first, second in zip(chain.stops, chain.stops[1:], strict=False):
        if layer_of[first] != layer_of[second]:
            yield (first, second) if layer_of[first] > layer_of[second] else (second, first)


def _arrange(order: Order, links: set[tuple[str, str]], beside: list[tuple[str, ...]]) -> None:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for lower, upper in sorted(links):
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    best, least = [list(layer) for layer in order.layers], _cost(order.layers, above, beside)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        indices = range(len(order.layers)) if down else range(len(order.layers) - 1, -1, -1)
        for index in indices:
            _by_barycenter(order.layers, index, above if down else below)
        _exchange(order.layers, above, below, beside)
        cost = _cost(order.layers, above, beside)
        if cost < least:
            best, least = [list(layer) for layer in order.layers], cost
    order.layers[:] = best


def _by_barycenter(layers: list[list[str]], index: int, near: dict[str, list[str]]) -> None:
    place = _places(layers)
    layer = layers[index]

    def wish(node: str) -> float:
        others = near.get(node, ())
        if not others:
            return (layer.index(node) + 0.5) / len(layer)
        return sum(place[other] for other in others) / len(others)

    wishes = {node: wish(node) for node in layer}
    layer.sort(key=lambda node: wishes[node])


def _exchange(
    layers: list[list[str]],
    above: dict[str, list[str]],
    below: dict[str, list[str]],
    beside: list[tuple[str, ...]],
) -> None:
    """Neighbors change places as long as that makes the cost less; only what is theirs is counted anew."""
    index = {node: number for layer in layers for number, node in enumerate(layer)}
    partners: dict[str, list[str]] = {}
    for stops in beside:
        for one, other in ((stops[0], stops[-1]), (stops[-1], stops[0])):
            partners.setdefault(one, []).append(other)
    for _ in range(4):
        improved = False
        for layer in layers:
            for left in range(len(layer) - 1):
                pair = layer[left], layer[left + 1]
                if _gain(*pair, index, (above, below), partners) > 0:
                    layer[left], layer[left + 1] = pair[1], pair[0]
                    index[pair[0]], index[pair[1]] = left + 1, left
                    improved = True
        if not improved:
            return


def _gain(
    first: str,
    second: str,
    index: dict[str, int],
    sides: tuple[dict[str, list[str]], ...],
    partners: dict[str, list[str]],
) -> int:
    """How much less the map costs once two neighbors have changed places."""
    crossings = 0
    for near in sides:
        ours, theirs = ([index[node] for node in near.get(one, ())] for one in (first, second))
        for one in ours:
            for other in theirs:
                crossings += (one > other) - (one < other)
    nearer = sum(
        abs(index[one] - index[other]) - abs(index[one] + step - index[other])
        for one, step, neighbor in ((first, 1, second), (second, -1, first))
        for other in partners.get(one, ())
        if other != neighbor
    )
    return _PER_CROSSING * crossings + _PER_STEP * nearer


def _cost(layers: list[list[str]], above: dict[str, list[str]], beside: list[tuple[str, ...]]) -> int:
    """Crossings, and how far apart those stand that an arrow joins within a row."""
    index = {node: number for layer in layers for number, node in enumerate(layer)}
    total = sum(_PER_STEP * (abs(index[stops[0]] - index[stops[-1]]) - 1) for stops in beside)
    for layer in layers:
        ends = [(number, index[upper]) for number, node in enumerate(layer) for upper in above.get(node, ())]
        ends.sort()
        total += _PER_CROSSING * sum(
            first[0] < second[0] and first[1] > second[1]
            for position, first in enumerate(ends)
            for second in ends[position + 1 :]
        )
    return total


def _places(layers: list[list[str]]) -> dict[str, float]:
    return {node: (number + 0.5) / len(layer) for layer in layers for number, node in enumerate(layer)}
