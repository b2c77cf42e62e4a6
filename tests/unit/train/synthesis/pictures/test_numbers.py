import itertools

import cv2
import numpy as np
import pytest

from tests.unit.train.synthesis.pictures.written import DRAWING, ONE, gray
from train.data.strokes import Drawing
from train.synthesis.pictures.numbers import number_picture

ROUND = np.linspace(0, 2 * np.pi, 40, dtype=np.float32)
ZERO = Drawing("0", (np.stack([40 * np.cos(ROUND), 50 * np.sin(ROUND)], axis=1),), "w", "s")
ONE_DRAWING = Drawing("1", tuple(ONE), "w", "s")


def parts(encoded: bytes) -> list[tuple[int, int, int, int]]:
    """Return left, top, width and height of each connected part of the ink, from the left."""
    pixels = gray(encoded)
    ink = (np.abs(pixels.astype(int) - int(pixels[0, 0])) > 100).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    return sorted((int(left), int(top), int(width), int(height)) for left, top, width, height, _ in stats[1:])


@pytest.mark.parametrize("gap", [0.05, 0.2, 0.4])
@pytest.mark.parametrize("seed", range(5))
def test_digits_are_apart_by_the_gap(gap: float, seed: int) -> None:
    made = number_picture([ZERO, ZERO, ZERO], np.random.default_rng(seed), gap=gap)
    assert (made.digits, made.lines) == ("000", (3,))
    boxes = parts(made.image)
    assert len(boxes) == 3
    height = np.median([box[3] for box in boxes])
    gaps = [right[0] - (left[0] + left[2]) for left, right in itertools.pairwise(boxes)]
    assert np.mean(gaps) / height == pytest.approx(gap, rel=0.25, abs=0.02 + 1.5 / height)


@pytest.mark.parametrize("seed", range(10))
def test_touching_digits_are_connected_but_do_not_hide_each_other(seed: int) -> None:
    made = number_picture([ZERO, ZERO], np.random.default_rng(seed), gap=0)
    [box] = parts(made.image)
    assert box[2] > 1.3 * box[3]


def test_ones_that_would_touch_along_their_whole_length_are_left_apart() -> None:
    assert len(parts(number_picture([ONE_DRAWING, ONE_DRAWING], np.random.default_rng(0), gap=0).image)) == 2


def test_two_lines_are_below_each_other() -> None:
    made = number_picture([DRAWING] * 5, np.random.default_rng(0), gap=0.2, two_lines=True)
    assert made.lines == (2, 3)
    tops = sorted(box[1] for box in parts(made.image))
    assert tops[2] > tops[1] + 0.8 * parts(made.image)[0][3]


def test_three_digits_stay_on_one_line() -> None:
    assert number_picture([DRAWING] * 3, np.random.default_rng(0), gap=0.2, two_lines=True).lines == (3,)


def test_photograph_is_a_jpeg_and_a_canvas_a_png_and_both_are_the_same_for_the_same_seed() -> None:
    for photographed, start in ((True, b"\xff\xd8"), (False, b"\x89PNG")):
        made = [
            number_picture([ZERO, DRAWING], np.random.default_rng(3), gap=0.1, photographed=photographed).image
            for _ in range(2)
        ]
        assert made[0] == made[1]
        assert made[0].startswith(start)
