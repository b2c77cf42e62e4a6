import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from handler.errors import BlankImage, ImageTooLarge
from handler.preprocessing import Pixels
from handler.preprocessing.decoding import decode, open_image
from handler.preprocessing.ink import find_ink
from handler.preprocessing.limits import MAX_TWICE_DECODED_PIXELS, MAX_WORKING_PIXELS
from handler.preprocessing.normalization import normalize
from tests import drawings
from tests.hostile_images.png import RGB, png_of_form
from tests.png_samples import png_of_samples

Samples = NDArray[Any]

DARK_ON_LIGHT = np.asarray(drawings.drawing(drawings.SEVEN).reduce(4))
INK = 1 - DARK_ON_LIGHT / 255  # 0 to 1
REFERENCE = normalize(find_ink(DARK_ON_LIGHT).levels)


def picture(file: bytes) -> Pixels:
    return normalize(find_ink(decode(open_image(file))).levels)


def between(paper: int, ink: int) -> Samples:
    """Return the drawing as 16-bit samples."""
    return np.rint(paper + (ink - paper) * INK).astype(np.uint16)


def with_alpha(gray: Samples) -> Samples:
    return np.stack([gray, np.full_like(gray, 0xFFFF)], axis=-1)


def on_transparency(gray: Samples, largest: int = 0xFFFF) -> Samples:
    return np.stack([np.full_like(gray, gray.max()), np.rint(largest * INK).astype(np.uint16)], axis=-1)


MODES: dict[str, Callable[[Samples], Samples]] = {
    "gray": lambda gray: gray,
    "gray and alpha": with_alpha,
    "RGB": lambda gray: np.stack([gray] * 3, axis=-1),
    "RGBA": lambda gray: with_alpha(gray)[..., (0, 0, 0, 1)],
}
# What two 16-bit samples are paper and ink.
RANGES = {
    "8 bits": (255, 0),
    "9 bits": (0, 511),
    "10 bits": (1023, 0),
    "12 bits": (0, 4095),
    "14 bits": (16383, 0),
    "15 bits": (32767, 0),
    "16 bits": (0, 65535),
    "10 bits, stored high": (1023 << 6, 0),
    "12 bits, stored high": (0, 4095 << 4),
    "window at the end": (65535, 65000),
    "window in the middle": (30000, 33000),
    "window of a sensor": (900, 1010),
}


def decoded(samples: Samples, **options: Any) -> Pixels:
    return decode(open_image(png_of_samples(samples, **options)))


def assert_same_picture(file: bytes, levels: int = 2) -> None:
    assert np.abs(picture(file).astype(int) - REFERENCE).max() <= levels


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("range_", RANGES)
def test_drawing_in_any_range_of_16_bits_gives_the_same_picture(range_: str, mode: str) -> None:
    assert_same_picture(png_of_samples(MODES[mode](between(*RANGES[range_]))))


@pytest.mark.parametrize("mode", MODES)
@settings(deadline=None)
@given(paper=st.integers(0, 65535), ink=st.integers(0, 65535))
def test_drawing_between_any_two_samples_is_read_in_every_mode_as_in_gray(mode: str, paper: int, ink: int) -> None:
    samples = between(paper, ink)
    pixels = decoded(MODES[mode](samples))
    np.testing.assert_array_equal(pixels, decoded(samples))
    assert abs(paper - ink) < 255 or np.ptp(pixels) >= 15


@pytest.mark.parametrize("mode", MODES)
@settings(deadline=None)
@given(low=st.integers(0, 50_000), high=st.integers(0x8000, 0xFFFF))
def test_of_samples_that_use_16_bits_the_high_bytes_are_kept(mode: str, low: int, high: int) -> None:
    samples = between(min(low, high - high // 7), high)
    np.testing.assert_array_equal(decoded(MODES[mode](samples)), samples >> 8)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("mode", ["gray and alpha", "RGBA"])
def test_ink_on_transparency_of_any_depth_gives_the_same_picture(mode: str, bits: int) -> None:
    largest = (1 << bits) - 1
    drawing = on_transparency(between(largest, 0), largest)
    assert_same_picture(png_of_samples(drawing if mode == "gray and alpha" else drawing[..., (0, 0, 0, 1)]))


@pytest.mark.parametrize("mode", ["gray", "RGB"])
@pytest.mark.parametrize(("paper", "ink"), [(0, 1023), (1023, 0), (65535, 65000), (500, 65535)])
def test_transparent_16_bit_color_is_paper(mode: str, paper: int, ink: int) -> None:
    channels = 3 if mode == "RGB" else 1
    samples = MODES[mode](np.where(INK > 0.5, ink, paper).astype(np.uint16))
    plain = normalize(find_ink(np.uint8(255) * (INK > 0.5)).levels)
    found = picture(png_of_samples(samples, key=struct.pack(">H", paper) * channels))
    np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_drawing_of_any_depth_up_to_8_bits_is_scaled_to_8(bits: int) -> None:
    largest = (1 << bits) - 1
    levels = np.rint(largest * (1 - INK)).astype(np.uint8)
    np.testing.assert_array_equal(decoded(levels, bits=bits), levels * (255 // largest))


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("white_ink", [True, False])
def test_transparent_gray_of_any_depth_is_paper(bits: int, white_ink: bool) -> None:
    largest = (1 << bits) - 1
    ink, paper = (largest, largest - 1) if white_ink else (0, 1)
    levels = np.where(INK > 0.5, ink, paper)
    pixels = decoded(levels, bits=bits, key=struct.pack(">H", paper))
    np.testing.assert_array_equal(pixels, np.where((INK > 0.5) == white_ink, 255, 0))


@pytest.mark.parametrize("mode", MODES)
def test_large_drawing_in_a_narrow_range_is_reduced_by_one_rule(mode: str) -> None:
    samples = between(1023, 0)
    strip = np.full((300, samples.shape[1]), 1020, np.uint16)  # a range of its own, in strips of its own
    small = MODES[mode](np.concatenate([strip, samples, strip]))
    large = small.repeat(8, axis=0).repeat(8, axis=1)
    assert large.shape[0] * large.shape[1] > MAX_WORKING_PIXELS
    assert_same_picture(png_of_samples(large))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("level", [0, 3, 900, 30_000, 65_535])
def test_paper_of_16_bits_with_a_few_levels_of_noise_is_blank(level: int, mode: str) -> None:
    noise = np.random.default_rng(0).integers(-3, 4, (60, 60))
    paper = np.clip(level + noise, 0, 65_535).astype(np.uint16)
    with pytest.raises(BlankImage):
        picture(png_of_samples(MODES[mode](paper)))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("level", "deviation"), [(60_000, 300), (3000, 20), (500, 2), (40_000, 2000)])
def test_paper_of_16_bits_with_noise_of_a_sensor_is_blank(level: int, deviation: int, mode: str) -> None:
    paper = np.random.default_rng(0).normal(level, deviation, (300, 300)).clip(0, 65_535).astype(np.uint16)
    with pytest.raises(BlankImage):
        picture(png_of_samples(MODES[mode](paper)))


def test_large_png_of_colors_that_use_few_of_16_bits_is_refused_for_what_it_is() -> None:
    side = int(MAX_TWICE_DECODED_PIXELS**0.5)
    file = png_of_form(side + 1, side, 16, RGB, filter_=0)
    with pytest.raises(ImageTooLarge, match=r"16 bits a channel.* Send it with 8"):
        decode(open_image(file))
    assert decode(open_image(png_of_form(side, side, 16, RGB, filter_=0))).shape == (side // 2, side // 2)
