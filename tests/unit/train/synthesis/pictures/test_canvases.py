import io

import numpy as np
import pytest
from PIL import Image

from tests.unit.train.synthesis.pictures.written import ONE, gray, seven
from train.synthesis.pictures import canvases
from train.synthesis.pictures.pens import unit


def pictures(make: object, count: int = 20) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    return [gray(make(seven(), np.random.default_rng(seed))) for seed in range(count)]  # type: ignore[operator]


def test_frame_goes_around_the_picture_in_one_color() -> None:
    """One to three of the outermost rings of pixels have a color that is not the background's."""
    for seed in range(40):
        encoded = canvases.screenshot_frame(seven(), np.random.default_rng(seed))
        with Image.open(io.BytesIO(encoded)) as image:
            if image.format != "PNG":
                continue
            colors = np.asarray(image.convert("RGBA")).view(np.uint32)[..., 0]
        values, counts = np.unique(colors, return_counts=True)
        background = values[counts.argmax()]
        rings = [ring_colors(colors, away) for away in range(7)]
        assert 1 <= sum(len(ring) == 1 and background not in ring for ring in rings) <= 3


def ring_colors(colors: np.ndarray[tuple[int, ...], np.dtype[np.uint32]], away: int) -> set[int]:
    """Return the colors of the ring of pixels at a distance from the border."""
    inner = colors[away : len(colors) - away, away : colors.shape[1] - away]
    return set(np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]]).tolist())


@pytest.mark.parametrize("make", [canvases.box_around, canvases.circled])
def test_mark_is_around_the_digit(make: object) -> None:
    """From the middle of what is drawn, every direction meets ink."""
    for pixels in pictures(make):
        background = np.median(pixels)
        ink = np.abs(pixels.astype(int) - background) > 40
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        middle = ink[(rows[0] + rows[-1]) // 2], ink[:, (columns[0] + columns[-1]) // 2]
        assert all(len(np.flatnonzero(np.diff(line.astype(int)))) >= 4 for line in middle)


def test_ink_is_on_the_border_and_enough_background_is_left() -> None:
    shares = []
    for pixels in pictures(canvases.ink_on_border):
        low, high = int(pixels.min()), int(pixels.max())
        dark = pixels < (low + high) / 2
        border = np.concatenate([dark[0], dark[-1], dark[1:-1, 0], dark[1:-1, -1]])
        assert 0.1 < dark.mean() < 0.9
        shares.append(min(border.mean(), 1 - border.mean()))
    assert np.mean(shares) > 0.2


def test_straight_one_is_not_cut_into_at_its_long_sides() -> None:
    for seed in range(20):
        pixels = gray(canvases.ink_on_border(unit(ONE), np.random.default_rng(seed))).astype(int)
        assert np.ptp(pixels) > 60
        assert min(pixels.shape) >= 8


def test_line_is_under_the_digit() -> None:
    """The lowest ink is wide: it is the line, not the foot of the 7."""
    wide = 0
    for pixels in pictures(canvases.underlined):
        ink = np.abs(pixels.astype(int) - np.median(pixels)) > 60
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        lowest = ink[rows[-1] - len(ink) // 30 : rows[-1] + 1].any(axis=0)
        wide += lowest.sum() > 0.5 * (columns[-1] - columns[0])
    assert wide >= 16
