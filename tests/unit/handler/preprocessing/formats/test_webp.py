import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from handler.errors import ClientError, InvalidImage
from handler.preprocessing.decoding import decode, open_image
from handler.preprocessing.formats.webp import read_webp
from tests import drawings, hostile_images
from tests.hostile_images import jpeg, webp
from tests.pillow_decoding import assert_read_like_pillow, decoding

SEVEN = drawings.drawing(drawings.SEVEN)


@st.composite
def webp_files(draw: st.DrawFn) -> bytes:
    """A WebP of any form: lossy or not, with alpha, metadata and chunks of no known kind."""
    mode = draw(st.sampled_from(["RGB", "RGBA"]))
    image = SEVEN.resize((draw(st.integers(1, 60)), draw(st.integers(1, 60)))).convert(mode)
    if mode == "RGBA":
        image.putalpha(image.getchannel("R"))
    chunks = webp.image_chunks(image, lossless=draw(st.booleans()), quality=draw(st.integers(0, 100)), method=0)
    if not draw(st.booleans()) and not chunks.startswith(b"ALPH"):
        return webp.riff(chunks)
    flags, before, after = webp.ALPHA if mode == "RGBA" else 0, b"", b""
    if draw(st.booleans()):
        flags |= webp.ICC
        before += webp.chunk(b"ICCP", draw(st.binary(max_size=9)))
    if draw(st.booleans()):
        flags |= webp.EXIF
        after += webp.chunk(b"EXIF", jpeg.exif_entries(2, draw(st.integers(1, 8))))
    if draw(st.booleans()):
        flags |= webp.XMP
        after += webp.chunk(b"XMP ", draw(st.binary(max_size=9)))
    after += webp.chunk(b"abcd", draw(st.binary(max_size=9))) * draw(st.integers(0, 2))
    return webp.riff(webp.canvas_chunk(*image.size, flags), before, chunks, after) + draw(st.binary(max_size=3))


@settings(deadline=None)
@given(webp_files())
def test_webp_of_any_form_is_decoded_as_pillow_decodes_it(file: bytes) -> None:
    image = read_webp(file)
    assert_read_like_pillow(file, image)
    decode(image)


@settings(deadline=None)
@given(webp_files(), st.data())
def test_damaged_webp_is_pixels_or_a_client_error(file: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, min(len(file) - 1, data.draw(st.sampled_from([40, 10_000])))))
    changed = file[:place] + data.draw(st.binary(max_size=6)) + file[place + data.draw(st.integers(0, 6)) :]
    with contextlib.suppress(ClientError):
        assert decode(open_image(changed)).dtype == "uint8"


@settings(deadline=None)
@given(st.integers(1, 5), st.integers(8, 60), st.integers(8, 60), st.booleans())
def test_first_frame_of_an_animation_is_kept_alone(frames: int, width: int, height: int, lossless: bool) -> None:
    images = [SEVEN.resize((width, height)).convert("RGB").rotate(9 * turn) for turn in range(frames)]
    buffer = io.BytesIO()
    images[0].save(buffer, "WEBP", save_all=True, append_images=images[1:], lossless=lossless, method=0)
    image = read_webp(buffer.getvalue())
    assert_read_like_pillow(buffer.getvalue(), image)
    assert getattr(Image.open(io.BytesIO(image.data)), "n_frames", 1) == 1


def test_exif_that_the_header_does_not_announce_is_not_read() -> None:
    exif = webp.chunk(b"EXIF", jpeg.exif_entries(2, 6))
    picture = webp.image_chunks(SEVEN)
    assert read_webp(webp.riff(webp.canvas_chunk(280, 280), picture, exif)).orientation == 1
    assert read_webp(webp.riff(webp.canvas_chunk(280, 280, webp.EXIF), picture, exif)).orientation == 6


def test_frame_that_is_smaller_than_its_canvas_counts_by_the_canvas() -> None:
    file = hostile_images.webp_canvas(3000, 2000, 8, 8)
    assert (open_image(file).width, open_image(file).height) == (3000, 2000)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (hostile_images.webp_canvas(64, 64, 640, 640, animated=False), "different size"),
        (hostile_images.webp_canvas(640, 640, 64, 64, animated=False), "different size"),
        (webp.riff(webp.canvas_chunk(8, 8)), "no picture"),
        (webp.riff(webp.canvas_chunk(8, 8, webp.ANIMATION)), "animation without a frame"),
        (webp.riff(webp.chunk(b"VP8X", b"\0")), "header is damaged"),
        (webp.riff(webp.chunk(b"abcd", b"")), "header is damaged"),
        (webp.riff(webp.chunk(b"VP8 ", b"")), "no picture"),
        (webp.riff(webp.chunk(b"VP8L", b"\x2f")), "no picture"),
        (hostile_images.webp_of_form(64, 64)[:-9], "truncated"),
    ],
)
def test_webp_that_contradicts_itself_is_invalid(file: bytes, message: str) -> None:
    with pytest.raises(InvalidImage, match=message):
        open_image(file)


def test_frame_whose_picture_has_another_size_is_invalid() -> None:
    file = hostile_images.webp_canvas(64, 64, 8, 8)
    place = file.index(b"ANMF") + 8 + 6  # of the frame's width
    with pytest.raises(InvalidImage, match="different size"):
        open_image(file[:place] + b"\x08" + file[place + 1 :])
    assert decoding(file).size == (64, 64)
