from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tests.unit.train.synthesis.pictures.written import gray
from train.synthesis.pictures import blanks


@pytest.mark.parametrize("make", [blanks.paper, blanks.noise, blanks.scanned_sheet])
def test_nothing_stands_out_when_noise_is_smoothed(make: Callable[[np.random.Generator], bytes]) -> None:
    for seed in range(5):
        pixels = gray(make(np.random.default_rng(seed))).astype(np.float32)
        size = max(pixels.shape)
        fine, coarse = cv2.GaussianBlur(pixels, (0, 0), 3), cv2.GaussianBlur(pixels, (0, 0), size / 12)
        inner = np.s_[size // 8 : -size // 8, size // 8 : -size // 8]
        assert np.abs(fine - coarse)[inner].max() < 20


def test_shadow_is_on_the_paper() -> None:
    ranges = [np.ptp(cv2.blur(gray(blanks.paper_in_shadow(np.random.default_rng(s))), (9, 9))) for s in range(8)]
    assert np.median(ranges) > 50


def test_paper_lies_on_the_desk() -> None:
    ranges = [np.ptp(cv2.blur(gray(blanks.desk_and_paper(np.random.default_rng(s))), (9, 9))) for s in range(8)]
    assert min(ranges) > 50
