import numpy as np
import pytest
from numpy.typing import NDArray

from handler.errors import ApiError
from handler.preprocessing import Pixels, normalize
from handler.tap_detection import look_like_taps
from tests import served_model
from train.data.strokes import Stroke
from train.synthesis import negatives
from train.synthesis.rendering import canvas_png, picture_of

Y, X = np.mgrid[0:100, 0:100] - 50.0


def picture(inside: NDArray[np.bool_]) -> Pixels:
    return normalize(np.where(inside, 255, 0).astype(np.uint8))


def line(*points: tuple[float, float]) -> Stroke:
    return np.array(points, np.float32)


def test_dot_of_any_pen_and_a_short_smear_look_like_taps() -> None:
    dots = [picture_of([line((0, 0))], length=0, pen=pen) for pen in (6, 10, 15, 28)]
    smears = [picture_of([line((0, 0), (1, 0.3))], length=pen / 2, pen=pen) for pen in (6, 10, 15, 28)]
    assert look_like_taps(np.stack(dots + smears)).all()


def test_nearly_all_taps_look_like_taps() -> None:
    taps = negatives.taps(300, np.random.default_rng(0))
    assert look_like_taps(np.stack([picture_of(tap, **canvas) for tap, canvas in taps])).mean() > 0.95


@pytest.mark.parametrize("angle", [0, 30, 45, 60, 90])
def test_flattest_patch_that_counts_as_round_looks_like_a_tap_at_any_angle(angle: int) -> None:
    along, across = (X + 1j * Y) * np.exp(1j * np.radians(angle)), 0.45
    assert look_like_taps(picture(np.hypot(along.real, along.imag / across) < 48)[None]).all()


@pytest.mark.parametrize(
    "inside",
    [
        (np.hypot(X, Y) < 48) & (np.hypot(X, Y) > 20),
        (np.abs(X) < 12) & (np.abs(Y) < 48),
        (np.abs(X) < 48) & (np.abs(Y) < 14),
        (np.hypot(X, Y) < 48) & ~((X > 0) & (np.abs(Y) < 15)),
        ((np.abs(X) < 40) & (Y < -20)) | ((np.abs(X - 25) < 15) & (np.abs(Y) < 48)),
    ],
    ids=["fat 0", "fat 1", "dash", "bay", "fat 7"],
)
def test_ink_with_a_hole_a_bay_or_a_long_axis_does_not_look_like_a_tap(inside: NDArray[np.bool_]) -> None:
    assert not look_like_taps(picture(inside)[None]).any()


def test_each_picture_is_examined_by_itself() -> None:
    disc, bar = picture(np.hypot(X, Y) < 40), picture((np.abs(X) < 10) & (np.abs(Y) < 48))
    assert look_like_taps(np.stack([disc, bar, disc])).tolist() == [True, False, True]


def test_hardly_any_tap_is_called_a_digit() -> None:
    images = [canvas_png(tap, **canvas) for tap, canvas in negatives.taps(1000, np.random.default_rng(5))]
    [answers] = served_model.recognizer().recognize([images])
    called = [answer for answer in answers if not isinstance(answer, ApiError) and answer["verdict"] == "digit"]
    assert len(called) <= 4  # the network alone calls about 20 of them a digit
