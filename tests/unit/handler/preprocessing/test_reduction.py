import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from handler.preprocessing.limits import MAX_PIXELS, MAX_SIDE, MAX_WORKING_PIXELS
from handler.preprocessing.reduction import reduce, reduction
from tests import drawings

SEVEN = drawings.drawing(drawings.SEVEN)


@given(st.integers(1, MAX_SIDE), st.integers(1, MAX_SIDE))
def test_reduction_leaves_as_many_pixels_as_are_worked_on(width: int, height: int) -> None:
    factor = reduction(width, height)
    assert factor == 1 or width * height > MAX_WORKING_PIXELS
    assert (width // factor) * (height // factor) <= MAX_WORKING_PIXELS
    assert width * height > MAX_PIXELS or factor <= 4


def test_largest_image_that_is_not_reduced_is_larger_than_a_screen() -> None:
    assert reduction(1920, 1080) == 1
    assert reduction(4096, 4096) == 4


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(500, 1100), st.sampled_from([2, 4]), st.sampled_from(["L", "RGB"]))
def test_strips_are_reduced_as_the_whole_is(width: int, height: int, factor: int, mode: str) -> None:
    image = SEVEN.resize((width, height)).convert(mode)
    np.testing.assert_array_equal(np.asarray(reduce(image, factor)), np.asarray(image.reduce(factor)))


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGB", "RGBA", "LA", "PA", "CMYK"])
def test_image_of_any_mode_is_reduced_to_the_mean_of_its_pixels(mode: str) -> None:
    sharp = SEVEN.point(lambda level: 255 if level > 127 else 0).resize((1120, 1120), Image.Resampling.NEAREST)
    image = sharp.convert("RGBA").quantize(4).convert("PA") if mode == "PA" else sharp.convert(mode)
    reduced = reduce(image, 4)
    assert reduced.mode in ("L", "RGB", "RGBA")
    np.testing.assert_array_equal(np.asarray(reduced.convert("L")), np.asarray(sharp.reduce(4)))


def test_transparent_pixels_do_not_color_their_neighbors() -> None:
    image = Image.new("RGBA", (4, 2), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 1, 2))
    assert reduce(image, 2).getpixel((0, 0)) == (0, 0, 255, 128)
