"""Parts of one digit stay together; specks, what is far away and neighbors that the edge cuts off are left out."""

import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.components import Component, find_components
from handler.preprocessing.segmentation.grouping import Group, group, lies_along_edge
from tests.unit.handler.preprocessing.segmentation import pictures

INSIDE = Box(0, 0, 280, 280)
FOUR = [[(110, 60), (100, 150), (150, 150)], [(170, 90), (170, 220)]]
ONE_WITH_BASE = [[(120, 80), (145, 60), (145, 190)], [(100, 212), (190, 212)]]


def group_of(ink: Pixels) -> Group:
    return group(find_components(ink)[1], INSIDE)


def component(left: int, top: int, width: int, height: int) -> Component:
    return Component(1, Box(left, top, width, height), width * height)


@pytest.mark.parametrize("strokes", [pictures.FIVE, ONE_WITH_BASE], ids=["5 with a flag", "1 with a base"])
def test_parts_of_one_digit_stay_together(strokes: list[list[tuple[int, int]]]) -> None:
    chosen = group_of(pictures.ink(*strokes))
    assert len(chosen.members) == 2
    assert not chosen.several


def test_parts_of_a_four_beside_each_other_stay_together() -> None:
    assert len(group_of(pictures.ink(*FOUR)).members) == 2


def test_main_component_is_the_largest() -> None:
    chosen = group_of(pictures.ink(*pictures.FIVE))
    assert chosen.main.box.height > 100
    assert chosen.members[0] is chosen.main


def test_speck_is_left_out_and_a_dash_is_not() -> None:
    assert len(group_of(pictures.ink(pictures.SEVEN) | pictures.ink([(150, 180), (152, 180)], pen=8)).members) == 1
    assert len(group_of(pictures.ink(pictures.SEVEN) | pictures.ink([(170, 150), (200, 150)], pen=8)).members) == 2


def test_mark_far_from_the_digit_is_left_out() -> None:
    seven = pictures.ink([(40, 40), (100, 40), (60, 140)])
    assert len(group_of(seven | pictures.ink([(40, 170), (90, 170)])).members) == 2
    assert len(group_of(seven | pictures.ink([(40, 240), (90, 240)])).members) == 1


def test_neighbor_that_the_edge_cuts_off_is_left_out() -> None:
    chosen = group_of(pictures.ink(pictures.SEVEN, [(30, 100), (0, 150), (30, 190)]))
    assert len(chosen.members) == 1
    assert chosen.main.box.left > 90


def test_digit_is_the_main_component_even_beside_a_larger_one_that_the_edge_cuts_off() -> None:
    chosen = group_of(pictures.ink(pictures.SEVEN, [(20, 0), (20, 279)]))
    assert chosen.main.box.left > 90


def test_digit_that_the_edge_cuts_off_is_chosen_where_nothing_else_is() -> None:
    chosen = group_of(pictures.ink([(100, 0), (180, 0), (130, 210)], [(30, 240), (40, 240)]))
    assert chosen.main.box.top == 0
    assert len(chosen.members) == 1


def test_parts_of_a_digit_that_the_edge_cuts_off_stay_together() -> None:
    body, flag = [(20, 60), (4, 120), (90, 130), (95, 190), (10, 210)], [(60, 4), (120, 4)]
    assert len(group_of(pictures.ink(body, flag)).members) == 2


def test_digits_side_by_side_are_several_however_far_apart() -> None:
    for shift in (90, 180):
        pair = pictures.ink([(20, 70), (70, 70), (40, 200)], [(20 + shift, 70), (70 + shift, 70), (40 + shift, 200)])
        chosen = group_of(pair)
        assert chosen.several
        assert len(chosen.members) == 2


def test_low_mark_beside_a_digit_is_not_a_second_digit() -> None:
    chosen = group_of(pictures.ink(pictures.SEVEN, [(205, 150), (235, 150)]))
    assert len(chosen.members) == 2
    assert not chosen.several


def test_digits_one_above_the_other_are_not_several() -> None:
    assert not group_of(pictures.ink([(100, 30), (160, 30), (120, 120)], [(100, 150), (160, 150), (120, 240)])).several


@pytest.mark.parametrize(
    "box",
    [(0, 40, 8, 200), (271, 40, 8, 200), (40, 1, 200, 8), (40, 272, 200, 8)],
    ids=["left", "right", "top", "bottom"],
)
def test_thin_component_at_an_edge_lies_along_it(box: tuple[int, int, int, int]) -> None:
    assert lies_along_edge(component(*box), INSIDE)


@pytest.mark.parametrize(
    "box",
    [(20, 40, 8, 200), (0, 40, 90, 200), (40, 0, 8, 200), (0, 40, 200, 8)],
    ids=["away from it", "thick", "1 that ends at the top", "dash that ends at the left"],
)
def test_component_that_is_not_thin_along_an_edge_does_not_lie_along_it(box: tuple[int, int, int, int]) -> None:
    assert not lies_along_edge(component(*box), INSIDE)


def test_edges_are_those_that_strips_leave() -> None:
    assert lies_along_edge(component(20, 40, 8, 200), Box(20, 0, 260, 280))


def test_digit_is_the_main_component_even_beside_the_longer_rest_of_a_line() -> None:
    digit, line = component(100, 60, 50, 80), component(20, 220, 200, 8)
    chosen = group([line, digit], INSIDE)
    assert chosen.members == [digit]


def test_dots_side_by_side_are_not_several_digits() -> None:
    assert not group_of(pictures.ink([(90, 140), (90, 140)], [(190, 140), (190, 140)], pen=24)).several
