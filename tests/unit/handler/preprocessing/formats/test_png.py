import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from handler.preprocessing import Pixels, encode_png
from handler.preprocessing.formats.png import PlainPng


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 255)))
def test_any_picture_is_read_back_as_it_was(picture: Pixels) -> None:
    image = Image.open(io.BytesIO(encode_png(picture)))
    image.verify()  # the chunks' checksums
    image = Image.open(io.BytesIO(encode_png(picture)))
    assert image.mode == "L"
    np.testing.assert_array_equal(np.asarray(image), picture)


@pytest.mark.parametrize("order", ["C", "F"])
def test_picture_that_is_a_view_is_encoded_row_by_row(order: str) -> None:
    picture = np.asarray(np.arange(28 * 30, dtype=np.uint8).reshape(28, 30), order=order)[:, 1:29]  # type: ignore[call-overload]
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encode_png(picture)))), picture)


def file(pixels: Pixels, *, form: bytes = bytes((8, 0, 0, 0, 0)), filters: int = 0, extra: bytes = b"") -> bytes:
    """Write a PNG file chunk by chunk."""
    height, width = pixels.shape
    rows = np.hstack([np.full((height, 1), filters, np.uint8), pixels])

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">II", width, height) + form)
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows.tobytes())) + extra + chunk(b"IEND", b"")


PIXELS = np.arange(60, dtype=np.uint8).reshape(6, 10)


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 255)))
def test_plain_png_is_decoded_as_pillow_decodes_it(pixels: Pixels) -> None:
    plain = PlainPng.parse(file(pixels))
    assert plain is not None
    assert (plain.height, plain.width) == pixels.shape
    decoded = plain.decode()
    assert decoded is not None
    np.testing.assert_array_equal(decoded, pixels)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        file(PIXELS)[:-1],
        file(PIXELS) + b"\0",
        file(PIXELS, form=bytes((8, 2, 0, 0, 0))),
        file(PIXELS, form=bytes((8, 0, 0, 0, 1))),
        file(PIXELS, form=bytes((1, 0, 0, 0, 0))),
        file(PIXELS, extra=struct.pack(">I", 0) + b"tEXt" + struct.pack(">I", zlib.crc32(b"tEXt"))),
        file(PIXELS).replace(b"IDAT", b"IDAU"),
        file(PIXELS[:0]),
    ],
    ids=["empty", "cut", "longer", "color", "interlaced", "1 bit", "more chunks", "bad checksum", "no rows"],
)
def test_file_of_any_other_form_is_left_to_pillow(data: bytes) -> None:
    assert PlainPng.parse(data) is None


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_cut_plain_png_is_left_to_pillow(share: float) -> None:
    data = file(PIXELS)
    assert PlainPng.parse(data[: int(len(data) * share)]) is None


@pytest.mark.parametrize("filters", [1, 2, 3, 4, 9])
def test_filtered_rows_are_left_to_pillow(filters: int) -> None:
    plain = PlainPng.parse(file(PIXELS, filters=filters))
    assert plain is not None
    assert plain.decode() is None


def test_plain_png_inflates_no_more_than_its_header_says() -> None:
    data = bytearray(file(np.zeros((1000, 1000), np.uint8)))
    data[16:24] = struct.pack(">II", 10, 10)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    plain = PlainPng.parse(bytes(data))
    assert plain is not None
    decoded = plain.decode()
    assert decoded is not None
    assert decoded.shape == (10, 10)


def test_plain_png_with_too_few_rows_is_left_to_pillow() -> None:
    data = bytearray(file(PIXELS))
    data[16:24] = struct.pack(">II", 10, 7)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    plain = PlainPng.parse(bytes(data))
    assert plain is not None
    assert plain.decode() is None
