import math

import pytest

from handler.preprocessing.segmentation.number import Node, Piece
from handler.reading import Judged, best_reading


def judged(start: Node, stop: Node, cost: float, digit: int | None) -> Judged:
    piece = Piece(start, stop, digit is not None, height=1, width=0.6, gaps=(0, 0.0), cuts=(0, 0.0))
    return Judged(piece, cost, digit, place=0)


def number(pieces: list[Judged]) -> str:
    return "".join(str(item.digit) for item in best_reading(pieces).digits)


def test_cheapest_way_wins() -> None:
    alone = [judged((1, 0), (2, 0), 1.0, 1), judged((2, 0), (3, 0), 1.0, 2)]
    assert number([*alone, judged((1, 0), (3, 0), 2.5, 4)]) == "12"
    assert number([*alone, judged((1, 0), (3, 0), 1.5, 4)]) == "4"


def test_cut_is_taken_where_its_sides_are_cheaper_than_the_whole() -> None:
    whole = judged((1, 0), (2, 0), 3.0, 8)
    assert number([whole, judged((1, 0), (1, 1), 0.5, 3), judged((1, 1), (2, 0), 0.5, 5)]) == "35"


def test_dot_is_left_out() -> None:
    pieces = [judged((1, 0), (2, 0), 0.1, 1), judged((2, 0), (3, 0), 5.0, 8), judged((2, 0), (3, 0), 0.5, None)]
    assert number(pieces) == "1"


def test_share_counts_all_ways_to_the_same_digits() -> None:
    pieces = [
        judged((1, 0), (2, 0), math.log(4), 7),
        judged((1, 0), (1, 1), math.log(4), 1),
        judged((1, 1), (2, 0), 0.0, None),
        judged((1, 0), (1, 2), math.log(2), 7),
        judged((1, 2), (2, 0), 0.0, None),
    ]
    assert best_reading(pieces).share == pytest.approx(3 / 4)


def test_only_way_has_the_whole_share() -> None:
    assert best_reading([judged((1, 0), (2, 0), 7.0, 3)]).share == pytest.approx(1)


def test_costs_below_zero_are_possible() -> None:
    assert number([judged((1, 0), (2, 0), -3.0, 3), judged((2, 0), (3, 0), -2.0, 4)]) == "34"
