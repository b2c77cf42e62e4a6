import contextlib
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.errors import ClientError, InvalidImage
from handler.preprocessing.decoding import decode, open_image
from handler.preprocessing.formats.png_chunks import read_png
from tests.hostile_images import jpeg, png
from tests.pillow_decoding import assert_read_like_pillow

FORMS = [
    *[(bits, png.GRAY) for bits in (1, 2, 4, 8, 16)],
    *[(bits, png.PALETTE) for bits in (1, 2, 4, 8)],
    *[(bits, color) for color in (png.RGB, png.GRAY_ALPHA, png.RGBA) for bits in (8, 16)],
]
ANCILLARY = [b"tEXt", b"gAMA", b"iCCP", b"zTXt", b"pHYs", b"prVt", b"tIME"]


def rows(draw: st.DrawFn, width: int, height: int, depth: int, interlaced: bool) -> bytes:
    """Draw the filtered rows of each pass, before their compression."""
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in png.ADAM7]
    data = b""
    for columns, count in [size for size in sizes if min(size) > 0] if interlaced else [(width, height)]:
        length = -(-columns * depth // 8)
        for _ in range(count):
            data += bytes((draw(st.integers(0, 4)),)) + draw(st.binary(min_size=length, max_size=length))
    return data


@st.composite
def png_files(draw: st.DrawFn) -> bytes:
    """A PNG of any form, with chunks of all sorts around its picture."""
    width, height = draw(st.integers(1, 20)), draw(st.integers(1, 20))
    bits, color = draw(st.sampled_from(FORMS))
    interlaced = draw(st.booleans())
    file = png.header(width, height, bits, color, interlaced=interlaced)
    texts = st.lists(st.builds(png.chunk, st.just(b"tEXt"), st.just(b"key\0value")), max_size=3).map(b"".join)
    file += draw(texts)
    if color == png.PALETTE:
        file += png.chunk(b"PLTE", draw(st.binary(min_size=3, max_size=3 << bits).filter(lambda x: len(x) % 3 == 0)))
        file += png.chunk(b"tRNS", draw(st.binary(min_size=1, max_size=4))) * draw(st.integers(0, 1))
    elif color in (png.GRAY, png.RGB) and draw(st.booleans()):
        file += png.chunk(b"tRNS", draw(st.binary(min_size=6, max_size=6))[: 2 if color == png.GRAY else 6])
    orientation = draw(st.sampled_from([None, 1, 3, 6, 8, 9]))
    if orientation:
        file += png.chunk(b"eXIf", jpeg.exif_entries(3, orientation))
    data = zlib.compress(rows(draw, width, height, bits * png.CHANNELS[color], interlaced))
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=4)))
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        file += png.chunk(b"IDAT", data[start:end])
    return file + draw(texts) + png.chunk(b"IEND") + draw(st.binary(max_size=5))


@settings(deadline=None)
@given(png_files())
def test_png_of_any_form_is_decoded_as_pillow_decodes_it(file: bytes) -> None:
    image = read_png(file)
    assert_read_like_pillow(file, image)
    decode(image)


@settings(deadline=None)
@given(png_files(), st.data())
def test_damaged_png_is_pixels_or_a_client_error(file: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(file) - 1))
    changed = file[:place] + data.draw(st.binary(max_size=6)) + file[place + data.draw(st.integers(0, 6)) :]
    with contextlib.suppress(ClientError):
        assert decode(open_image(changed)).dtype == "uint8"


@given(st.sampled_from(ANCILLARY), st.binary(max_size=50))
def test_chunk_that_no_digit_needs_is_left_out(kind: bytes, contents: bytes) -> None:
    plain = png.png_of_form(8, 8)
    chunk = png.chunk(kind, contents)
    for file in (
        png.png_of_form(8, 8, before_data=chunk),
        png.png_of_form(8, 8, after_data=chunk),
        png.png_of_form(8, 8, before_data=chunk[:-1] + b"?"),  # nor is its checksum read
    ):
        assert read_png(file).data == plain


def test_orientation_may_come_after_the_picture() -> None:
    exif = png.chunk(b"eXIf", jpeg.exif_entries(2, 6))
    assert read_png(png.png_of_form(8, 9, after_data=exif)).orientation == 6


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (png.header(8, 8), "no image data"),
        (png.header(0, 8) + png.chunk(b"IDAT"), "no valid size or color type"),
        (png.header(8, 8, color=5) + png.chunk(b"IDAT"), "no valid size or color type"),
        (png.header(8, 8)[:-1] + b"?" + png.chunk(b"IDAT"), "header is damaged"),
        (png.SIGNATURE + png.chunk(b"IDAT"), "header is damaged"),
        (png.SIGNATURE + struct.pack(">I", 13), "header is damaged"),
    ],
)
def test_png_without_a_picture_is_invalid(file: bytes, message: str) -> None:
    with pytest.raises(InvalidImage, match=message):
        open_image(file)
