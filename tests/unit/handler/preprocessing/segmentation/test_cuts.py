import cv2
import numpy as np
import pytest

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.cuts import find_cuts


def touching_rings(overlap: int = 3) -> Pixels:
    """Return two rings side by side that share a few columns, 60 high: 1 is ink."""
    mask = np.zeros((60, 104), np.uint8)
    cv2.ellipse(mask, (25, 30), (22, 26), 0, 0, 360, 1, 5)
    cv2.ellipse(mask, (74 - overlap, 30), (22, 26), 0, 0, 360, 1, 5)
    return mask


def test_digits_that_touch_are_cut_where_they_touch() -> None:
    mask = touching_rings()
    assert any(np.abs(cut.columns[24:36] - 48).max() <= 4 for cut in find_cuts(mask, 8))


def test_slanted_digits_are_cut_along_a_slanted_path() -> None:
    mask = np.pad(touching_rings(), ((0, 0), (20, 20)))
    slope = np.array([[1, -0.4, 12], [0, 1, 0]], np.float64)
    slanted = np.asarray(cv2.warpAffine(mask, slope, mask.shape[::-1]), np.uint8)
    paths = [cut.columns for cut in find_cuts(slanted, 12)]
    assert any(path[8] - path[-8] > 10 for path in paths)


@pytest.mark.parametrize("limit", [0, 1, 5])
def test_there_are_no_more_cuts_than_asked_for(limit: int) -> None:
    assert len(find_cuts(touching_rings(), limit)) <= limit


def test_cuts_are_ordered_from_the_left_and_have_a_column_for_each_row() -> None:
    mask = touching_rings()
    cuts = find_cuts(mask, 8)
    means = [cut.columns.mean() for cut in cuts]
    assert means == sorted(means)
    assert all(cut.columns.shape == (60,) and cut.columns.min() >= 0 and cut.columns.max() <= 104 for cut in cuts)


@pytest.mark.parametrize("shape", [(1, 1), (2, 90), (90, 2), (5, 5)])
def test_component_of_any_shape_can_be_cut_or_not(shape: tuple[int, int]) -> None:
    for cut in find_cuts(np.ones(shape, np.uint8), 5):
        assert cut.columns.shape == (shape[0],)
