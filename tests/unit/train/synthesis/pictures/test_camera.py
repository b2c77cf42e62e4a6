import io

import numpy as np
import pytest
from PIL import Image

from handler.preprocessing import MAX_BYTES
from handler.preprocessing.decoding import decode, open_image
from tests.unit.train.synthesis.pictures.written import gray
from train.synthesis.pictures import camera


def upright() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    picture = np.full((64, 96, 3), 200, np.uint8)
    picture[8:32, 8:24] = 30
    picture[40:44, 8:88] = 90
    return picture


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_picture_is_upright_when_its_orientation_is_applied(orientation: int) -> None:
    encoded = camera.jpeg(upright(), np.random.default_rng(0), orientation=orientation)
    with Image.open(io.BytesIO(encoded)) as image:
        assert image.getexif().get(camera.EXIF_ORIENTATION, 1) == orientation
        assert image.size == ((64, 96) if orientation > 4 else (96, 64))
    difference = np.abs(gray(encoded).astype(int) - upright()[..., 1])
    assert difference.mean() < 3


def test_png_keeps_every_pixel() -> None:
    np.testing.assert_array_equal(decode(open_image(camera.png(upright()))), upright()[..., 0])


def test_exposure_blurs_and_adds_noise() -> None:
    lit = np.full((64, 64, 3), 0.5, np.float32)
    lit[:, 32:] = 0.2
    exposed = camera.expose(lit, np.random.default_rng(0))
    assert exposed.dtype == np.uint8
    assert exposed[:, :20].mean() > exposed[:, 44:].mean() + 30
    assert exposed[:, :20, 0].std() > 0.2


def test_noisy_large_picture_is_encoded_so_that_it_may_be_sent() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1000, 1500, 3), np.uint8)
    assert len(camera.jpeg(noise, np.random.default_rng(0))) <= MAX_BYTES
