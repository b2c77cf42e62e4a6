import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from handler.errors import ImageTooLarge, InvalidImage
from handler.preprocessing import Pixels
from handler.preprocessing.decoding import decode, open_image, upright_size
from handler.preprocessing.limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE
from tests import drawings

Transpose = Image.Transpose
# EXIF's orientation, and how an upright image is turned to be stored with it.
ORIENTATIONS = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}
SEVEN = drawings.drawing(drawings.SEVEN)
COLOR_ENCODINGS: list[tuple[str, dict[str, object]]] = [
    ("PNG", {}),
    ("GIF", {}),
    ("WEBP", {"quality": 75}),
    ("JPEG", {"subsampling": "4:4:4"}),
    ("JPEG", {"subsampling": "4:2:0"}),
    ("JPEG", {"subsampling": "4:2:0", "progressive": True}),
]


def decoded(image: Image.Image, format_: str = "PNG", **options: object) -> Pixels:
    return decode(open_image(drawings.encoded(image, format_, **options)))


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"")


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("format_", ["PNG", "WEBP"])
def test_image_with_exif_orientation_is_turned_upright(orientation: int, format_: str) -> None:
    turn = ORIENTATIONS[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if format_ == "WEBP" else {}
    upright = SEVEN.crop((0, 0, 280, 200))  # not square: a wrong turn has another shape
    stored = upright if turn is None else upright.transpose(turn)
    opened = open_image(drawings.encoded(stored, format_, exif=exif, **options))
    assert upright_size(opened) == upright.size
    np.testing.assert_array_equal(decode(opened), np.asarray(upright))


@pytest.mark.parametrize("mode", ["L", "1", "RGB", "P", "LA", "RGBA", "PA"])
def test_opaque_gray_drawing_of_any_mode_is_one_plane(mode: str) -> None:
    black_and_white = SEVEN.point(lambda level: 255 if level > 127 else 0)
    image = black_and_white.convert(mode)
    if mode == "PA":
        image = image.convert("RGBA")
    np.testing.assert_array_equal(decoded(image), np.asarray(black_and_white))


def test_color_drawing_is_three_planes() -> None:
    pixels = decoded(drawings.drawing(drawings.SEVEN, ink=(255, 0, 10), paper=(0, 200, 10), mode="RGB"))
    assert pixels.shape == (3, 280, 280)
    assert pixels[:, 0, 0].tolist() == [0, 200, 10]


def test_16_bit_gray_is_scaled_and_not_clipped() -> None:
    levels = np.arange(256, dtype=np.uint16).reshape(16, 16)
    np.testing.assert_array_equal(decoded(Image.fromarray(levels * 257)), levels)


def test_dark_ink_on_transparency_lies_on_white() -> None:
    pixels = decoded(drawings.drawing(drawings.SEVEN, ink=(0, 0, 90, 255), paper=(0, 0, 0, 0), mode="RGBA"))
    assert pixels[:, 0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("ink", [(255, 255, 255, 255), (240, 240, 240, 255)])
def test_light_ink_on_transparency_lies_on_black(ink: tuple[int, ...]) -> None:
    pixels = decoded(drawings.drawing(drawings.SEVEN, ink=ink, paper=(255, 255, 255, 0), mode="RGBA"))
    assert (pixels[0, 0], pixels.max()) == (0, ink[0])


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)])
def test_palette_drawing_with_a_transparent_color_is_laid_on_paper(ink: int, paper: int) -> None:
    image = Image.new("P", SEVEN.size)
    image.putpalette([9, 9, 9, ink, ink, ink])
    image.paste(1, mask=ImageOps.invert(SEVEN).point(lambda level: 255 if level > 127 else 0))
    pixels = decoded(image, transparency=0)
    assert (pixels[0, 0], pixels[60, 140]) == (paper, ink)


def test_1_bit_drawing_with_a_transparent_color_is_laid_on_paper() -> None:
    pixels = decoded(SEVEN.convert("1"), transparency=255)
    assert (pixels[0, 0], pixels[60, 140]) == (255, 0)


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
def test_first_frame_of_an_animation_is_decoded(format_: str) -> None:
    first = SEVEN.convert("1").convert("L")
    rest = [drawings.drawing(drawings.ONE), Image.new("L", first.size, 0)]
    options = {"lossless": True} if format_ == "WEBP" else {}
    pixels = decoded(first, format_, save_all=True, append_images=rest, duration=50, **options)
    np.testing.assert_array_equal(pixels, np.asarray(first))


def test_cmyk_jpeg_has_white_paper_and_dark_ink() -> None:
    pixels = decoded(SEVEN.convert("RGB").convert("CMYK"), "JPEG", quality=95)
    planes = pixels if pixels.ndim == 3 else pixels[None]
    assert planes[:, 5, 5].min() > 250
    assert planes[:, 60, 140].max() < 30


@pytest.mark.parametrize(("format_", "options"), COLOR_ENCODINGS)
@pytest.mark.parametrize(("paper", "ink"), [((255, 60, 60), (0, 165, 200)), ((150, 120, 120), (118, 133, 120))])
def test_ink_that_differs_in_color_and_hardly_in_brightness_keeps_its_color(
    format_: str, options: dict[str, object], paper: tuple[int, ...], ink: tuple[int, ...]
) -> None:
    drawing = drawings.drawing(drawings.SEVEN, ink=ink, paper=paper, mode="RGB")
    for image in (drawing, drawing.resize((2240, 2240))):  # the larger one is reduced
        pixels = decoded(image, format_, **options)
        y, x = np.array([60, 140]) * pixels.shape[1] // 280
        assert np.abs(pixels[:, 5, 5].astype(int) - paper).max() <= 12
        assert np.abs(pixels[:, y, x].astype(int) - ink).max() <= 12


@pytest.mark.parametrize("sampling", [0x11, 0x22, 0x14, 0x41, 0x31])
@pytest.mark.parametrize("side", [280, 2240])
def test_gray_jpeg_is_decoded_whatever_sampling_it_declares(side: int, sampling: int) -> None:
    file = drawings.encoded(SEVEN.resize((side, side)), "JPEG")
    place = file.index(b"\xff\xc0\x00\x0b") + 11  # of the sampling in the frame's header
    assert file[place] == 0x11
    changed = file[:place] + bytes((sampling,)) + file[place + 1 :]
    np.testing.assert_array_equal(decode(open_image(changed)), decode(open_image(file)))


def test_jpeg_of_ycck_has_white_paper_and_dark_ink() -> None:
    neutral = Image.new("L", SEVEN.size, 127)
    image = Image.merge("CMYK", [SEVEN, neutral, neutral, Image.new("L", SEVEN.size)])  # stored inverted, as K is
    file = drawings.encoded(image, "JPEG", quality=95)
    place = file.index(b"Adobe") + 11  # of the transform
    pixels = decode(open_image(file[:place] + b"\x02" + file[place + 1 :]))
    assert pixels.reshape(-1, *SEVEN.size)[:, 5, 5].min() > 240
    assert pixels.reshape(-1, *SEVEN.size)[:, 60, 140].max() < 15


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("progressive", [False, True])
def test_photograph_is_decoded_at_the_scale_that_is_needed_and_turned(orientation: int, progressive: bool) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turn = ORIENTATIONS[orientation]
    upright = SEVEN.resize((1512, 2016))
    stored = upright if turn is None else upright.transpose(turn)
    pixels = decoded(stored, "JPEG", exif=exif, progressive=progressive)
    assert pixels.shape == (1008, 756)
    assert np.abs(pixels.astype(int) - np.asarray(upright.reduce(2))).mean() < 3


@pytest.mark.parametrize("format_", ["BMP", "TIFF", "PPM", "ICO", "TGA"])
def test_format_that_is_not_served_is_invalid(format_: str) -> None:
    with pytest.raises(InvalidImage, match="PNG, JPEG, WebP or GIF"):
        open_image(drawings.encoded(SEVEN, format_))


@pytest.mark.parametrize("data", [b"", b"\0", b"not an image", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"<svg/>"])
def test_bytes_that_are_no_image_are_invalid(data: bytes) -> None:
    with pytest.raises(InvalidImage):
        open_image(data)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_image_is_invalid(format_: str, share: float) -> None:
    data = drawings.encoded(SEVEN.convert("RGB"), format_)
    with pytest.raises(InvalidImage):
        decode(open_image(data[: int(len(data) * share)]))


def test_bytes_up_to_the_limit_are_accepted_and_one_more_is_too_large() -> None:
    data = drawings.encoded(SEVEN)
    padded = data + bytes(MAX_BYTES - len(data))
    assert decode(open_image(padded)).shape == (280, 280)
    with pytest.raises(ImageTooLarge, match=str(MAX_BYTES)):
        open_image(padded + b"\0")


@pytest.mark.parametrize("size", [(4097, 4096), (20_000, 20_000), (2**31 - 1, 1), (2**31 - 1, 2**31 - 1)])
def test_pixels_over_the_limit_are_refused_from_the_header_alone(size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooLarge):
        open_image(png_header(*size))


def test_pixels_at_the_limit_are_opened() -> None:
    assert open_image(png_header(4096, 4096)).width == 4096
    assert open_image(png_header(10, 10), max_pixels=100).width == 10
    with pytest.raises(ImageTooLarge, match="at most 99"):
        open_image(png_header(10, 10), max_pixels=99)


@pytest.mark.parametrize("size", [(MAX_SIDE + 1, 1), (1, MAX_SIDE + 1), (1, MAX_PIXELS)])
def test_side_that_no_drawing_has_is_too_large(size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooLarge, match=str(MAX_SIDE)):
        open_image(png_header(*size))


def test_gif_frame_that_is_larger_than_its_screen_counts_by_the_frame() -> None:
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x4c\x01\x00;"
    with pytest.raises(ImageTooLarge):
        open_image(screen + frame)


def test_header_is_read_without_decoding_pixels() -> None:
    data = drawings.encoded(SEVEN)
    cut = data[: data.index(b"IDAT") + 4]
    image = open_image(cut)
    assert (image.width, image.height) == (280, 280)
    with pytest.raises(InvalidImage, match="truncated"):
        decode(image)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_behind_a_signature_are_pixels_or_invalid(tail: bytes) -> None:
    for start in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\x40\0\0\0WEBPVP8 "):
        try:
            pixels = decode(open_image(start + tail))
        except (InvalidImage, ImageTooLarge):
            continue
        assert pixels.dtype == np.uint8
