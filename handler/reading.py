"""Which pieces of a number are its digits: the cheapest way through all of its nodes."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from handler.preprocessing.segmentation.number import Node, Piece


class Judged(NamedTuple):
    """A piece that the network has seen, or that is left out.

    Attributes:
        piece: Where it is.
        cost: The negative logarithm of its weight among all pieces.
        digit: 0 to 9, or None if it is left out.
        place: Of its recognition among those of all pieces.
    """

    piece: Piece
    cost: float
    digit: int | None
    place: int


class Reading(NamedTuple):
    """The cheapest way.

    Attributes:
        digits: The pieces that are read, in reading order.
        share: The share of all ways with the same digits, by weight.
    """

    digits: list[Judged]
    share: float


def best_reading(judged: Sequence[Judged]) -> Reading:
    """Find the cheapest way from the first node to the last.

    Args:
        judged: At least one piece of each component alone is among them, so there is a way.
    """
    ordered = sorted(judged, key=lambda item: item.piece.start)
    first, last = ordered[0].piece.start, max(item.piece.stop for item in judged)
    best = {first: 0.0}
    arrived: dict[Node, Judged] = {}
    for item in ordered:
        start, stop = item.piece.start, item.piece.stop
        if start in best and best[start] + item.cost < best.get(stop, math.inf):
            best[stop] = best[start] + item.cost
            arrived[stop] = item
    way = []
    node = last
    while node != first:
        way.append(arrived[node])
        node = arrived[node].piece.start
    digits = [item for item in reversed(way) if item.digit is not None]
    return Reading(digits, _share([item.digit for item in digits], ordered, last))


def _share(number: Sequence[int | None], ordered: Sequence[Judged], last: Node) -> float:
    """Return the weight of the ways that read a number, as a share of the weight of all ways."""
    first = ordered[0].piece.start
    all_ways = {first: 0.0}
    these: dict[Node, dict[int, float]] = {first: {0: 0.0}}  # by how many of the digits have been read
    for item in ordered:
        start, stop = item.piece.start, item.piece.stop
        if start not in all_ways:
            continue
        all_ways[stop] = _log_sum(all_ways.get(stop, -math.inf), all_ways[start] - item.cost)
        for count, weight in these.get(start, {}).items():
            if item.digit is None or (count < len(number) and number[count] == item.digit):
                reached = these.setdefault(stop, {})
                now = count + (item.digit is not None)
                reached[now] = _log_sum(reached.get(now, -math.inf), weight - item.cost)
    return math.exp(min(these[last][len(number)] - all_ways[last], 0.0))


def _log_sum(a: float, b: float) -> float:
    larger, smaller = max(a, b), min(a, b)
    return larger if smaller == -math.inf else larger + math.log1p(math.exp(smaller - larger))
