import numpy as np
import pytest

from handler.preprocessing import SIZE, preprocess
from train.data.strokes import Drawing
from train.synthesis.rendering import canvas_png, draw, labeled_pictures, picture_of

SEVEN = [np.array([[0, 0], [10, 0], [4, 16]], np.float32)]
DOT = [np.array([[7, 7]], np.float32)]


@pytest.mark.parametrize(("length", "pen"), [(30, 3), (140, 15), (220, 28), (140, 0.2)])
def test_ink_has_the_given_length_plus_the_pen(length: float, pen: float) -> None:
    rows = np.flatnonzero((draw(SEVEN, length=length, pen=pen) > 127).any(axis=1))
    assert len(rows) == pytest.approx(length + max(1, round(pen)), abs=2)


def test_unit_of_the_strokes_does_not_matter() -> None:
    np.testing.assert_array_equal(
        draw([stroke * 1000 for stroke in SEVEN], length=140, pen=15), draw(SEVEN, length=140, pen=15)
    )


def test_ink_never_touches_the_drawings_edge() -> None:
    for pen in range(1, 30):
        drawing = draw(SEVEN, length=60, pen=pen)
        assert not drawing[[0, -1]].any()
        assert not drawing[:, [0, -1]].any()


def test_dot_is_a_disc_of_the_pens_width() -> None:
    drawing = draw(DOT, length=140, pen=16)
    assert (drawing > 127).sum() == pytest.approx(np.pi * 8**2, rel=0.15)


def test_picture_is_the_one_that_serving_makes_of_the_canvas() -> None:
    for place in ((0.0, 0.0), (0.3, 0.9), (1.0, 1.0)):
        for dark_on_light in (True, False):
            served = preprocess(canvas_png(SEVEN, place=place, dark_on_light=dark_on_light))
            np.testing.assert_array_equal(picture_of(SEVEN), served)


def test_too_large_a_drawing_is_shrunk_to_the_canvas() -> None:
    assert preprocess(canvas_png(SEVEN, length=1000, pen=28)).shape == (SIZE, SIZE)


def test_strokes_of_several_lines_are_joined_and_strokes_are_not() -> None:
    apart = [SEVEN[0][:2], SEVEN[0][2:]]
    assert (draw(SEVEN, length=100, pen=6) > 0).sum() > (draw(apart, length=100, pen=6) > 0).sum() + 300


def test_labeled_pictures_are_those_of_the_drawings_with_their_digits() -> None:
    images = labeled_pictures([Drawing("7", tuple(SEVEN), "w", "s"), Drawing("1", tuple(DOT), "w", "s")], pen=20)
    np.testing.assert_array_equal(images.pictures, [picture_of(SEVEN, pen=20), picture_of(DOT, pen=20)])
    assert images.labels.tolist() == [7, 1]
