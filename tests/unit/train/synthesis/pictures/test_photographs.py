import io

import numpy as np
import pytest
from PIL import Image

from tests.unit.train.synthesis.pictures.written import gray, seven
from train.synthesis.pictures import photographs
from train.synthesis.pictures.camera import EXIF_ORIENTATION


def levels(make: object, seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the mean brightness of 8 × 8 parts of a picture, which ink hardly changes."""
    pixels = gray(make(seven(), np.random.default_rng(seed))).astype(float)  # type: ignore[operator]
    rows, columns = np.array_split(pixels, 8), range(8)
    return np.array([[np.median(np.array_split(row, 8, axis=1)[column]) for column in columns] for row in rows])


def test_even_light_is_even_and_a_shadow_is_not() -> None:
    even = [np.ptp(levels(photographs.even_light, seed)) / 255 for seed in range(10)]
    shadowed = [np.ptp(levels(photographs.shadow, seed)) / 255 for seed in range(10)]
    assert max(even) < 0.15
    assert np.mean(np.array(shadowed) > 0.2) >= 0.8


def test_dark_desk_is_darker_than_the_paper_and_at_the_border() -> None:
    for seed in range(10):
        pixels = gray(photographs.dark_desk(seven(), np.random.default_rng(seed)))
        border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert (border < 100).mean() > 0.15
        assert np.quantile(pixels, 0.95) > 130


def test_chalk_is_light_on_dark() -> None:
    for seed in range(10):
        pixels = gray(photographs.chalk(seven(), np.random.default_rng(seed))).astype(float)
        assert np.median(pixels) < 90
        assert pixels.max() > np.median(pixels) + 60


def test_pencil_is_fainter_than_a_pen() -> None:
    def contrast(make: object, seed: int) -> float:
        pixels = gray(make(seven(), np.random.default_rng(seed)))  # type: ignore[operator]
        return float(np.median(pixels) - np.quantile(pixels, 0.001))

    seeds = range(8)
    pencil = np.mean([contrast(photographs.pencil, seed) for seed in seeds])
    pen = np.mean([contrast(photographs.even_light, seed) for seed in seeds])
    assert pencil < 0.75 * pen


def test_whiteboard_reflects_a_lamp() -> None:
    brightest = [np.ptp(levels(photographs.whiteboard, seed)) for seed in range(10)]
    assert np.mean(brightest) > 30


def test_colored_ink_is_colored() -> None:
    for seed in range(10):
        with Image.open(io.BytesIO(photographs.colored_ink(seven(), np.random.default_rng(seed)))) as image:
            pixels = np.asarray(image).astype(int)
        difference = np.abs(pixels - np.median(pixels, axis=(0, 1))).max(axis=2)
        inked = pixels[difference > np.quantile(difference, 0.995)]
        assert np.ptp(inked.mean(axis=0) - np.median(pixels, axis=(0, 1))) > 15


def test_turned_photograph_has_every_orientation_but_the_first() -> None:
    orientations = set()
    for seed in range(40):
        with Image.open(io.BytesIO(photographs.turned_by_exif(seven(), np.random.default_rng(seed)))) as image:
            orientations.add(image.getexif()[EXIF_ORIENTATION])
    assert orientations == set(range(2, 9))


@pytest.mark.parametrize("make", [photographs.ruled_paper, photographs.squared_paper])
def test_lines_go_from_side_to_side(make: object) -> None:
    """On paper with lines a whole row of a downscaled picture is darker than its neighbors; noise is not."""
    found = 0
    for seed in range(10):
        pixels = gray(make(seven(), np.random.default_rng(seed))).astype(float)  # type: ignore[operator]
        strip = pixels[:, : max(8, pixels.shape[1] // 12)].mean(axis=1)
        found += (np.abs(strip - np.convolve(strip, np.ones(9) / 9, "same"))[9:-9]).max() > 2
    assert found >= 8
