import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from handler.preprocessing import Pixels
from handler.preprocessing.limits import MAX_SIDE
from handler.preprocessing.normalization import BOX, SIZE, _cached_area_weights, center, normalize, scale

inks = arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60)), elements=st.integers(0, 255)).filter(np.any)


@settings(deadline=None)
@given(st.lists(inks, min_size=1, max_size=6))
def test_pictures_do_not_depend_on_those_beside_them(drawn: list[Pixels]) -> None:
    together = center([scale(ink) for ink in drawn])
    assert together.shape == (len(drawn), SIZE, SIZE)
    assert together.dtype == np.uint8
    np.testing.assert_array_equal(together, [normalize(ink) for ink in drawn])


@settings(deadline=None)
@given(inks)
def test_scaling_keeps_all_of_the_ink(ink: Pixels) -> None:
    scaled = scale(ink)
    assert max(scaled.height, scaled.width) == BOX or ink.shape == (SIZE, SIZE)
    side = max(ink.shape)
    if min(ink[0].max(), ink[-1].max(), ink[:, 0].max(), ink[:, -1].max()) > 16:  # the box is the whole array
        assert scaled.gray.sum() * (side / BOX) ** 2 == pytest.approx(ink.sum(), rel=1e-4)


def test_tall_thin_one_is_20_tall_and_stays_thin() -> None:
    ink = np.zeros((300, 300), np.uint8)
    ink[10:290, 200:203] = 255
    picture = normalize(ink)
    assert np.flatnonzero(picture.any(axis=1)).tolist() == list(range(4, 24))
    assert len(np.flatnonzero(picture.any(axis=0))) <= 2


@pytest.mark.parametrize("shape", [(1, 4000), (4000, 1), (1, MAX_SIDE), (MAX_SIDE, 1)])
def test_line_of_pixels_is_a_picture(shape: tuple[int, int]) -> None:
    ink = np.zeros(shape, np.uint8)
    ink.ravel()[500:900] = 255
    assert normalize(ink).max() == 255


def test_dot_fills_the_box() -> None:
    ink = np.zeros((100, 100), np.uint8)
    ink[70, 20] = 255
    picture = normalize(ink)
    assert (int((picture == 255).sum()), int((picture > 0).sum())) == (BOX * BOX, BOX * BOX)


@pytest.mark.parametrize("side", [28, 280])
def test_stroke_across_the_whole_canvas_is_a_picture(side: int) -> None:
    assert normalize(np.eye(side, dtype=np.uint8) * 255).max() == 255


def test_mnist_picture_with_a_box_of_19_is_not_scaled() -> None:
    picture = np.zeros((28, 28), np.uint8)
    picture[4:23, 13:15] = 255
    np.testing.assert_array_equal(normalize(picture).sum(), picture.sum())


def test_weights_of_large_images_are_not_cached() -> None:
    ink = np.zeros((600, 900), np.uint8)
    ink[100:500, 437:463] = 255
    normalize(ink)
    cached = _cached_area_weights.cache_info().currsize
    normalize(np.roll(ink, 7, axis=(0, 1)))
    assert _cached_area_weights.cache_info().currsize == cached
