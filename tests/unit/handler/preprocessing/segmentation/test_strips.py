import numpy as np

from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.strips import inside_strips
from tests.unit.handler.preprocessing.segmentation import pictures


def test_inside_of_a_frame_is_found() -> None:
    assert inside_strips(np.minimum(pictures.frame(4), 1)) == Box(4, 4, 272, 272)


def test_strip_at_one_side_is_left_out() -> None:
    mask = np.zeros((100, 80), np.uint8)
    mask[:, :7] = 1
    assert inside_strips(mask) == Box(7, 0, 73, 100)


def test_image_that_is_all_ink_stays_whole() -> None:
    assert inside_strips(np.ones((50, 60), np.uint8)) == Box(0, 0, 60, 50)
