import cv2
import numpy as np
import pytest

from tests.unit.train.synthesis.pictures.written import seven
from train.data.strokes import points_of
from train.synthesis.pictures.marks import box_around, circle_around, line_under
from train.synthesis.pictures.pens import dense

POINTS = points_of([dense(stroke, 0.02) for stroke in seven()])


@pytest.mark.parametrize("seed", range(20))
def test_box_is_around_the_digit(seed: int) -> None:
    box = box_around(seven(), np.random.default_rng(seed))
    assert all(cv2.pointPolygonTest(box[:, None], (float(x), float(y)), measureDist=True) > 0.03 for x, y in POINTS)


@pytest.mark.parametrize("clearance", [0.1, 0.4])
@pytest.mark.parametrize("seed", range(20))
def test_circle_is_around_the_digit_at_its_clearance(seed: int, clearance: float) -> None:
    circle = circle_around(seven(), clearance, np.random.default_rng(seed))
    nearest = np.linalg.norm(POINTS[:, None] - dense(circle, 0.02), axis=2).min()
    assert 0.8 * clearance < nearest < 1.3 * clearance + 0.12


@pytest.mark.parametrize("seed", range(20))
def test_line_is_under_the_digit_at_its_distance(seed: int) -> None:
    line = line_under(seven(), 0.2, np.random.default_rng(seed))
    assert 0.5 + 0.2 - 1e-6 <= line[:, 1].min() < 0.8
    assert np.ptp(line[:, 0]) > 4 * np.ptp(line[:, 1])
