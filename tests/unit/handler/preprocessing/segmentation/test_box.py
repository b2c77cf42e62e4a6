import numpy as np

from handler.preprocessing.segmentation.box import Box, union

BOX = Box(left=3, top=5, width=4, height=2)


def test_right_and_bottom_are_the_column_and_row_after_the_last() -> None:
    assert (BOX.right, BOX.bottom) == (7, 7)


def test_slices_are_the_pixels_of_the_box() -> None:
    canvas = np.zeros((10, 12), np.uint8)
    canvas[5:7, 3:7] = 1
    assert canvas[BOX.slices].shape == (2, 4)
    assert canvas[BOX.slices].sum() == canvas.sum()


def test_scaled_box_has_the_same_pixels_in_a_larger_image() -> None:
    canvas = np.zeros((10, 12), np.uint8)
    canvas[BOX.slices] = 1
    larger = np.kron(canvas, np.ones((3, 3), np.uint8))
    assert larger[BOX.scaled(3).slices].shape == (6, 12)
    assert larger[BOX.scaled(3).slices].sum() == larger.sum()


def test_moved_box_keeps_its_size() -> None:
    assert BOX.moved(10, 20) == Box(13, 25, 4, 2)


def test_box_within_an_image_ends_with_it() -> None:
    assert BOX.within(5, 6) == Box(3, 5, 2, 1)
    assert BOX.within(7, 7) == BOX


def test_union_is_the_smallest_box_around_all() -> None:
    assert union([BOX, Box(10, 0, 2, 3), Box(4, 6, 1, 30)]) == Box(3, 0, 9, 36)
    assert union([BOX]) == BOX
