import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from handler.errors import BlankImage
from handler.preprocessing import Pixels
from handler.preprocessing.ink import MIN_CONTRAST, find_ink


@given(arrays(np.uint8, (5, 4), elements=st.integers(0, 255)), st.integers(0, 255))
def test_ink_is_the_difference_from_the_borders_color(middle: Pixels, paper: int) -> None:
    sheet = np.pad(middle, 2, constant_values=paper)
    expected = np.abs(sheet.astype(int) - paper)
    if expected.max() <= MIN_CONTRAST:
        with pytest.raises(BlankImage):
            find_ink(sheet)
    else:
        np.testing.assert_array_equal(find_ink(sheet).levels, expected)


def test_ink_is_the_largest_difference_of_any_channel() -> None:
    pixels = np.full((3, 9, 9), 100, np.uint8)
    pixels[:, 4, 4] = 120, 40, 100
    ink = find_ink(pixels).levels
    assert (ink[4, 4], int(ink.sum())) == (60, 60)


def test_pixels_are_left_as_they_were() -> None:
    noisy = np.random.default_rng(0).integers(0, 3, (20, 20), np.uint8)
    noisy[8:12, 8:12] = 255
    before = noisy.copy()
    assert np.count_nonzero(find_ink(noisy).levels) == 16
    np.testing.assert_array_equal(noisy, before)


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (280, 280), (4000, 1)])
def test_paper_without_ink_is_blank(level: int, shape: tuple[int, int]) -> None:
    with pytest.raises(BlankImage):
        find_ink(np.full(shape, level, np.uint8))


def test_noise_alone_is_blank() -> None:
    noise = np.random.default_rng(0).normal(128, 8, (20, 20)).clip(0, 255).astype(np.uint8)
    with pytest.raises(BlankImage):
        find_ink(noise)


def test_faint_ink_is_read_and_fainter_is_blank() -> None:
    pixels = np.full((60, 60), 200, np.uint8)
    pixels[10:50, 28:34] = 200 - 11
    assert find_ink(pixels).levels.max() == 11
    pixels[10:50, 28:34] = 200 - 10
    with pytest.raises(BlankImage):
        find_ink(pixels)
