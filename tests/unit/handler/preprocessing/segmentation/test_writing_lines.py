import numpy as np

from handler.preprocessing.segmentation.writing_lines import Boxes, height_of_writing, lines_of


def boxes(*rows: tuple[int, int, int, int]) -> Boxes:
    return np.array(rows, np.int64)


def test_height_of_writing_is_that_of_digits_among_many_specks() -> None:
    assert height_of_writing(boxes(*[(0, 0, 2, 2)] * 9, (0, 0, 30, 50), (0, 0, 30, 52), (0, 0, 30, 54))) == 52


def test_lines_go_from_the_top_and_their_components_from_the_left() -> None:
    found = lines_of(boxes((60, 100, 30, 50), (10, 0, 30, 50), (10, 100, 30, 50), (60, 5, 30, 50)), 50)
    assert found == [[1, 3], [2, 0]]


def test_slanted_line_stays_one_line() -> None:
    slanted = boxes(*[(40 * index, 12 * index, 30, 50) for index in range(10)])
    assert lines_of(slanted, 50) == [list(range(10))]


def test_flag_of_a_five_belongs_to_the_line_beside_it() -> None:
    five, flag, below = (10, 10, 30, 50), (30, 5, 25, 4), (10, 90, 30, 50)
    assert lines_of(boxes(five, flag, below), 50) == [[0, 1], [2]]


def test_speck_far_from_every_digit_is_left_out() -> None:
    assert lines_of(boxes((10, 10, 30, 50), (300, 300, 3, 3)), 50) == [[0]]
