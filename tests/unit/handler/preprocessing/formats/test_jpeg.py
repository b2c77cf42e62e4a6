import contextlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from handler.errors import ClientError, InvalidImage
from handler.preprocessing.decoding import decode, open_image
from handler.preprocessing.formats.jpeg import read_jpeg
from tests import drawings, hostile_images
from tests.hostile_images import jpeg
from tests.pillow_decoding import assert_read_like_pillow, decoding

SEVEN = drawings.drawing(drawings.SEVEN)


def places(file: bytes) -> list[int]:
    """Return where the segments before the first scan begin, in a file without fill bytes."""
    found = [2]
    while file[found[-1] + 1] != jpeg.SOS:
        found.append(found[-1] + 2 + int.from_bytes(file[found[-1] + 2 : found[-1] + 4]))
    return found


@st.composite
def jpeg_files(draw: st.DrawFn) -> bytes:
    """A JPEG of any ordinary form, with segments, fill bytes and junk before its markers."""
    mode = draw(st.sampled_from(["L", "RGB", "CMYK"]))
    size = draw(st.integers(1, 70)), draw(st.integers(1, 70))
    options: dict[str, object] = {"quality": draw(st.integers(1, 100)), "progressive": draw(st.booleans())}
    if mode == "RGB":
        options |= draw(st.sampled_from([{"keep_rgb": True}, *({"subsampling": kind} for kind in range(3))]))
    if draw(st.booleans()):
        options["restart_marker_blocks"] = draw(st.integers(1, 5))
    if draw(st.booleans()):
        options["icc_profile"] = bytes(300)
    file = drawings.encoded(SEVEN.resize(size).convert(mode), "JPEG", **options)
    extra = st.one_of(
        st.builds(jpeg.segment, st.integers(0xE2, 0xED), st.binary(max_size=30)),
        st.builds(jpeg.segment, st.just(jpeg.COM), st.binary(max_size=30)),
        st.builds(lambda count: b"\xff" * count, st.integers(1, 5)),
        st.just(b"\0\0"),
    )
    for place in reversed(places(file)):
        parts = b"".join(draw(st.lists(extra, max_size=3)))
        if place > 2 or not parts.startswith(b"\0"):  # the first two bytes and the next marker are the signature
            file = file[:place] + parts + file[place:]
    if draw(st.booleans()):
        exif = b"Exif\0\0" + jpeg.exif_entries(3, draw(st.integers(1, 8)))
        file = file[:2] + jpeg.segment(jpeg.APP1, exif) + file[2:]
    return file + draw(st.binary(max_size=5))


@settings(deadline=None)
@given(jpeg_files())
def test_jpeg_of_any_form_is_decoded_as_pillow_decodes_it(file: bytes) -> None:
    image = read_jpeg(file)
    assert_read_like_pillow(file, image)
    decode(image)


@settings(deadline=None)
@given(jpeg_files(), st.data())
def test_damaged_jpeg_is_pixels_or_a_client_error(file: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, min(len(file) - 1, data.draw(st.sampled_from([100, 1000, 10_000])))))
    changed = file[:place] + data.draw(st.binary(max_size=6)) + file[place + data.draw(st.integers(0, 6)) :]
    with contextlib.suppress(ClientError):
        assert decode(open_image(changed)).dtype == "uint8"


@settings(deadline=None)
@given(
    width=st.integers(1, 150),
    height=st.integers(1, 150),
    scans=st.integers(3, 60),
    components=st.sampled_from([1, 3, 4]),
    empty=st.booleans(),
)
def test_jpeg_of_many_scans_is_decoded_as_pillow_decodes_it(
    width: int, height: int, scans: int, components: int, empty: bool
) -> None:
    file = hostile_images.progressive_jpeg(width, height, max(scans, components), components, empty=empty)
    assert decoding(read_jpeg(file).data) == decoding(file)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_large_jpeg_is_decoded_at_a_smaller_scale_and_turned(orientation: int) -> None:
    large = SEVEN.crop((0, 0, 280, 200)).resize((2800, 2000))
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = decode(open_image(drawings.encoded(large, "JPEG", exif=exif)))
    assert pixels.shape == ((1400, 1000) if orientation >= 5 else (1000, 1400))


def test_jpeg_with_several_images_is_read_up_to_the_end_of_the_first() -> None:
    one, many = hostile_images.jpeg_with_frames(1), hostile_images.jpeg_with_frames(5)
    assert read_jpeg(many).data == read_jpeg(one).data


def test_quantization_tables_that_are_replaced_are_not_read() -> None:
    file = hostile_images.jpeg_with_tables(100, jpeg.DQT)
    assert len(read_jpeg(file).data) < len(file) - 99 * 65


HEADER = jpeg.frame(jpeg.BASELINE, 8, 8)
SCAN = jpeg.segment(jpeg.SOS, bytes((1, 1, 0, 0, 63, 0)))


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (jpeg.frame(jpeg.BASELINE, 8, 8, bits=12) + SCAN, "12 bits a channel; send one of 8"),
        (jpeg.frame(jpeg.BASELINE, 8, 0) + SCAN, "gives no size; save it again"),
        (jpeg.frame(jpeg.BASELINE, 8, 8, (0x11, 0x11)) + SCAN, "neither gray nor"),
        (jpeg.frame(jpeg.BASELINE, 8, 8, (0x51,)) + SCAN, "header is damaged"),
        (jpeg.frame(0xC3, 8, 8) + SCAN, "lossless, hierarchical or arithmetic-coded; save it"),
        (jpeg.frame(0xC5, 8, 8) + SCAN, "lossless, hierarchical or arithmetic-coded; save it"),
        (jpeg.frame(jpeg.ARITHMETIC, 8, 8) + SCAN, "lossless, hierarchical or arithmetic-coded; save it"),
        (jpeg.segment(0xDE, HEADER[4:]) + HEADER + SCAN, "lossless, hierarchical or arithmetic-coded; save it"),
        (HEADER + HEADER + SCAN, "two frame headers"),
        (SCAN, "no frame header"),
        (HEADER, "ends before its picture"),
        (HEADER + jpeg.segment(jpeg.SOS, bytes((1, 9, 0, 0, 63, 0))), "damaged"),
        (HEADER + jpeg.segment(jpeg.SOS, b"\1"), "damaged"),
        (jpeg.segment(jpeg.BASELINE, b"\x08"), "damaged"),
        (struct.pack(">BBH", 0xFF, jpeg.COM, 1), "damaged"),
        (struct.pack(">BBH", 0xFF, jpeg.COM, 9999), "truncated"),
        (jpeg.SOI + HEADER + SCAN, "unknown marker"),
    ],
)
def test_jpeg_that_is_not_served_is_invalid_for_what_it_is(contents: bytes, message: str) -> None:
    with pytest.raises(InvalidImage, match=message):
        open_image(jpeg.SOI + contents + jpeg.EOI)
