import weakref

import cv2
import numpy as np
import pytest

from handler.observations import BINS, BOUNDS, COUNTED_TOGETHER, Observation, Observations, ink_shares, pen_widths
from handler.preprocessing import Pixels


def line(width: float) -> Pixels:
    """Return a picture of a vertical line; one that is thinner than a pixel is gray."""
    picture = np.zeros((28 * 16, 28 * 16), np.uint8)
    left = 14 * 16
    picture[4 * 16 : 24 * 16, left : left + round(width * 16)] = 255
    return np.asarray(cv2.resize(picture, (28, 28), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("width", [0.5, 0.75, 1, 2, 3])
def test_pen_width_is_that_of_the_line(width: float) -> None:
    assert pen_widths(line(width)[None]) == pytest.approx(width, rel=0.15)


def test_ink_share_is_the_mean_of_the_picture() -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (3, 28, 28), np.uint8)
    assert ink_shares(pictures) == pytest.approx(pictures.mean(axis=(1, 2)) / 255)


def test_blank_picture_has_no_pen_and_no_ink() -> None:
    blank = np.zeros((1, 28, 28), np.uint8)
    assert [*pen_widths(blank), *ink_shares(blank)] == [0, 0]


def test_each_picture_counts_once_for_each_property_in_a_bin_that_exists() -> None:
    observations = Observations()
    for confidence, ood_score, width, searched in ((0.2, 0.0, 1, False), (1.0, 1.0, 3, True), (0.9, 0.3, 2, False)):
        observations.add(Observation(line(width), 7, confidence, ood_score, "digit", searched))
    counts = observations.take()
    assert {name: sum(n for (key, _), n in counts.items() if key == name) for name in BINS} == dict.fromkeys(BINS, 3)
    assert all(label in BINS[name] for name, label in counts)
    assert counts["digit", "7"] == counts["verdict", "digit"] == 3
    assert (counts["path", "plain"], counts["path", "searched"]) == (2, 1)
    assert counts["confidence", "0.9"] == counts["confidence", "0.5"] == counts["confidence", "inf"] == 1
    assert observations.take() == {}


def test_bounds_of_bins_grow() -> None:
    for bounds in BOUNDS.values():
        assert sorted(set(bounds)) == list(bounds)


def test_pictures_that_wait_to_be_counted_are_few_and_none_is_lost() -> None:
    observations = Observations()
    pictures = [line(2) for _ in range(2 * COUNTED_TOGETHER + 1)]
    first = weakref.ref(pictures[0])
    for _ in range(len(pictures)):
        observations.add(Observation(pictures.pop(0), 7, 0.99, 0.01, "digit", searched=False))
    assert first() is None
    assert observations.take()["digit", "7"] == 2 * COUNTED_TOGETHER + 1
