import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from handler.errors import BlankImage, ClientError
from handler.preprocessing import Pixels, preprocess
from handler.preprocessing.normalization import BOX, SIZE
from tests import drawings

SEVEN = drawings.drawing(drawings.SEVEN)
REFERENCE = preprocess(drawings.seven())

points = st.tuples(st.integers(4, 43), st.integers(4, 43))


def png(pixels: Pixels) -> bytes:
    return drawings.encoded(Image.fromarray(pixels))


def difference(picture: Pixels, other: Pixels) -> int:
    """Return the largest difference in gray levels.

    The shift to the center of mass is by whole pixels. If the center is within a hundredth of where that rounding
    changes, a gray level decides between two shifts, and the smaller difference counts.
    """
    mass = other.sum(dtype=float)
    centers = [float((other.sum(axis=1 - axis) @ np.arange(SIZE)) / mass) for axis in (0, 1)]
    shifts = [(-1, 0, 1) if abs(center % 1 - 0.5) < 0.01 else (0,) for center in centers]
    moved = [np.roll(picture.astype(int), shift, axis=(0, 1)) for shift in itertools.product(*shifts)]
    return min(int(np.abs(candidate - other).max()) for candidate in moved)


@st.composite
def ink(draw: st.DrawFn) -> Pixels:
    """White ink on black, 48 by 48, with gray edges, background all around."""
    canvas = Image.new("L", (192, 192))
    line = [(4 * x, 4 * y) for x, y in draw(st.lists(points, min_size=2, max_size=6))]
    ImageDraw.Draw(canvas).line(line, fill=255, width=draw(st.integers(4, 28)), joint="curve")
    pixels = np.array(canvas.resize((48, 48), Image.Resampling.BOX))
    pixels[:2] = pixels[-2:] = pixels[:, :2] = pixels[:, -2:] = 0
    assume(pixels.max() > 200)
    return pixels


@settings(deadline=None)
@given(
    drawing=ink(),
    scale=st.integers(1, 7),
    left=st.integers(0, 300),
    right=st.integers(0, 300),
    top=st.integers(0, 300),
    bottom=st.integers(0, 300),
    dark_on_light=st.booleans(),
)
def test_place_scale_and_polarity_do_not_change_the_picture(
    drawing: Pixels, scale: int, left: int, right: int, top: int, bottom: int, dark_on_light: bool
) -> None:
    grown = np.pad(drawing.repeat(scale, axis=0).repeat(scale, axis=1), ((top, bottom), (left, right)))
    moved = preprocess(png(255 - grown if dark_on_light else grown))
    assert difference(moved, preprocess(png(drawing))) <= 2


@settings(deadline=None)
@given(drawing=ink(), paper=st.tuples(*[st.integers(0, 255)] * 3), pen=st.tuples(*[st.integers(0, 255)] * 3))
def test_colors_do_not_change_the_picture(
    drawing: Pixels, paper: tuple[int, int, int], pen: tuple[int, int, int]
) -> None:
    assume(max(abs(a - b) for a, b in zip(paper, pen, strict=True)) > 24)
    mask = drawing > 127
    colored = np.where(mask[..., None], np.array(pen, np.uint8), np.array(paper, np.uint8))
    assert difference(preprocess(png(colored)), preprocess(png(mask * np.uint8(255)))) <= 2


@settings(deadline=None)
@given(drawing=ink())
def test_picture_is_white_ink_on_black_in_a_box_of_20_with_the_mass_at_the_center(drawing: Pixels) -> None:
    picture = preprocess(png((drawing > 127) * np.uint8(255)))
    assert picture.shape == (SIZE, SIZE)
    assert picture.dtype == np.uint8
    assert picture.max() >= 254
    extents = [np.ptp(np.flatnonzero(picture.any(axis=axis))) + 1 for axis in (0, 1)]
    assert max(extents) == BOX
    for axis in (0, 1):
        mass = picture.sum(axis=axis).astype(float)
        center = mass @ np.arange(SIZE) / mass.sum()
        box = np.flatnonzero(picture.any(axis=axis))
        at_the_rim = box[0] <= 1 or box[-1] >= SIZE - 2  # the box is kept inside before the mass is centered
        assert 13.4 <= center <= 14.6 or at_the_rim


def test_every_mnist_test_image_passes_through_unchanged(data_dir: Path) -> None:
    images, _ = drawings.mnist(data_dir, 10_000)
    raw = np.fromfile(data_dir / "MNIST/raw/t10k-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, SIZE, SIZE)
    changed = [
        index
        for index, (image, picture) in enumerate(zip(images, raw, strict=True))
        if not np.array_equal(preprocess(image), picture)
    ]
    assert changed == []


def rgba(ink_: tuple[int, ...], paper: tuple[int, ...]) -> Image.Image:
    return drawings.drawing(drawings.SEVEN, ink=ink_, paper=paper, mode="RGBA")


def rotated_exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


LOSSLESS: dict[str, Callable[[], bytes]] = {
    "light on dark": lambda: drawings.encoded(drawings.drawing(drawings.SEVEN, ink=255, paper=0)),
    "dark ink on transparency": lambda: drawings.encoded(rgba((0, 0, 0, 255), (0, 0, 0, 0))),
    "white ink on transparency": lambda: drawings.encoded(rgba((255, 255, 255, 255), (255, 255, 255, 0))),
    "half-transparent ink": lambda: drawings.encoded(rgba((200, 0, 0, 128), (0, 0, 0, 0))),
    "color": lambda: drawings.encoded(drawings.drawing(drawings.SEVEN, ink="navy", paper="khaki", mode="RGB")),
    "palette": lambda: drawings.encoded(SEVEN.convert("P")),
    "palette with transparency": lambda: drawings.encoded(SEVEN.convert("P"), transparency=255),
    "16-bit gray": lambda: drawings.encoded(Image.fromarray(np.asarray(SEVEN).astype(np.uint16) * 257)),
    "1 bit": lambda: drawings.encoded(SEVEN.convert("1")),
    "gray with alpha": lambda: drawings.encoded(SEVEN.convert("LA")),
    "animated GIF": lambda: drawings.encoded(SEVEN, "GIF", save_all=True, append_images=[Image.new("L", SEVEN.size)]),
    "animated WebP": lambda: drawings.encoded(
        SEVEN, "WEBP", lossless=True, save_all=True, append_images=[Image.new("L", SEVEN.size)]
    ),
    "animated PNG": lambda: drawings.encoded(SEVEN, "PNG", save_all=True, append_images=[Image.new("L", SEVEN.size)]),
    "turned by EXIF": lambda: drawings.encoded(SEVEN.transpose(Image.Transpose.ROTATE_90), exif=rotated_exif(6)),
}


@pytest.mark.parametrize("kind", LOSSLESS)
def test_every_lossless_encoding_of_a_drawing_gives_the_same_picture(kind: str) -> None:
    assert difference(preprocess(LOSSLESS[kind]()), REFERENCE) <= 2


@pytest.mark.parametrize("quality", [30, 50, 75, 95])
@pytest.mark.parametrize("format_", ["JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_lossy_encodings_give_nearly_the_same_picture(format_: str, mode: str, quality: int) -> None:
    if (format_, mode) == ("WEBP", "CMYK"):
        mode = "RGBA"
    picture = preprocess(drawings.encoded(SEVEN.convert(mode), format_, quality=quality))
    assert np.abs(picture.astype(int) - REFERENCE).mean() < 4  # below quality 75 the box may be a pixel off
    assert quality < 75 or difference(picture, REFERENCE) <= 6


@pytest.mark.parametrize("quality", [30, 75])
def test_ringing_around_lossy_strokes_leaves_no_specks(quality: int) -> None:
    picture = preprocess(drawings.encoded(SEVEN, "JPEG", quality=quality))
    assert not np.any((picture > 8) & (REFERENCE == 0))


def test_noise_of_a_photographed_sheet_is_not_ink() -> None:
    noisy = np.asarray(SEVEN) * 0.7 + np.random.default_rng(0).normal(40, 3, (280, 280))
    picture = preprocess(png(noisy.clip(0, 255).astype(np.uint8)))
    assert difference(picture, REFERENCE) < 60


def test_fully_transparent_image_is_blank() -> None:
    with pytest.raises(BlankImage):
        preprocess(drawings.encoded(Image.new("RGBA", (50, 50), (30, 200, 10, 0))))


def test_largest_image_is_read() -> None:
    image = drawings.drawing(drawings.SEVEN).resize((4096, 4096), Image.Resampling.NEAREST)
    assert difference(preprocess(drawings.encoded(image.convert("1"))), REFERENCE) <= 12


@settings(deadline=None)
@given(st.binary(max_size=300))
@example(b"")
def test_any_bytes_are_a_picture_or_a_client_error(data: bytes) -> None:
    with pytest.raises(ClientError):  # no 300 random bytes are an image: hypothesis would have to find one
        preprocess(data)


FILES = [
    drawings.seven(),
    drawings.encoded(SEVEN.convert("P"), transparency=255),
    drawings.encoded(SEVEN.resize((40, 40)), "JPEG"),
    drawings.encoded(SEVEN.resize((40, 40)).convert("CMYK"), "JPEG", exif=rotated_exif(6)),
    drawings.encoded(SEVEN.resize((40, 40)), "WEBP", save_all=True, append_images=[Image.new("L", (40, 40))]),
    drawings.encoded(SEVEN.resize((40, 40)).convert("RGBA"), "WEBP", lossless=True),
    drawings.encoded(SEVEN.resize((40, 40)), "GIF", save_all=True, append_images=[Image.new("L", (40, 40))]),
    drawings.encoded(SEVEN.resize((40, 40)), "PNG", save_all=True, append_images=[Image.new("L", (40, 40))]),
]


@settings(deadline=None, max_examples=600)
@given(
    file=st.sampled_from(FILES),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
    in_the_header=st.booleans(),
    end=st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_damaged_file_is_a_picture_or_a_client_error(
    file: bytes, changes: list[tuple[float, int]], in_the_header: bool, end: float
) -> None:
    data = bytearray(file)
    for place, value in changes:
        data[int(place * min(len(data), 64 if in_the_header else len(data)))] = value
    try:
        picture = preprocess(bytes(data[: int(end * len(data))]))
    except ClientError:
        return
    assert picture.shape == (SIZE, SIZE)
    assert picture.dtype == np.uint8


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.randoms(use_true_random=False))
def test_any_pixels_are_a_picture_or_blank(width: int, height: int, random: object) -> None:
    pixels = np.frombuffer(random.randbytes(width * height), np.uint8).reshape(height, width)  # type: ignore[attr-defined]
    try:
        picture = preprocess(png(pixels))
    except BlankImage:
        return
    assert picture.max() >= 254
