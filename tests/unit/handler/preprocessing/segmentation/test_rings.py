import numpy as np
import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.rings import find_ring
from tests.unit.handler.preprocessing.segmentation import pictures


def mask_of(ink: Pixels) -> Pixels:
    mask = (ink > 64).astype(np.uint8)
    rows, columns = np.nonzero(mask)
    return np.ascontiguousarray(mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])


BOX = pictures.ink([(40, 40), (240, 44), (236, 240), (42, 236), (40, 40)], pen=6)


@pytest.mark.parametrize(("ink", "is_box"), [(pictures.circle(100), False), (BOX, True)], ids=["circle", "box"])
def test_outline_is_told_from_what_touches_it(ink: Pixels, *, is_box: bool) -> None:
    stroke = pictures.ink([(120, 100), (170, 100), (140, 180), (140, 240)])
    ring = find_ring(mask_of(ink | stroke))
    assert ring is not None
    assert ring.is_box == is_box
    assert ring.inside.sum() > 0.7 * mask_of(stroke).sum()
    assert ring.outline.sum() > 0.9 * mask_of(ink).sum()


def test_seven_is_no_outline() -> None:
    assert find_ring(mask_of(pictures.ink(pictures.SEVEN))) is None
