import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from handler.errors import ClientError, InvalidImage
from handler.preprocessing.decoding import decode, open_image
from handler.preprocessing.formats.gif import read_gif
from tests import drawings
from tests.hostile_images import gif
from tests.pillow_decoding import assert_read_like_pillow

SEVEN = drawings.drawing(drawings.SEVEN)


def control(flags: int, transparent: int) -> bytes:
    return gif.extension(0xF9, bytes((flags, 1, 0, transparent)))


@st.composite
def gif_files(draw: st.DrawFn) -> bytes:
    """A GIF of any form: its frame anywhere on or beyond the screen, blocks of all sorts before it and behind."""
    file = gif.screen(draw(st.integers(1, 60)), draw(st.integers(1, 60)))
    size = st.integers(2, 255)
    extension = st.one_of(
        st.builds(gif.extension, st.just(0xFE), st.binary(min_size=1, max_size=100), size),
        st.builds(gif.extension, st.just(0xFF), st.just(b"NETSCAPE2.0\1\0\0"), st.just(11)),
        st.builds(
            lambda flags, color: gif.extension(0xF9, bytes((flags, 1, 0, color))), st.integers(0, 31), st.integers(0, 3)
        ),
    )
    file += draw(st.lists(extension, max_size=5).map(b"".join))
    for _ in range(draw(st.integers(1, 3))):
        width, height, x, y = draw(st.tuples(*[st.integers(1, 60)] * 2, *[st.integers(0, 60)] * 2))
        file += gif.frame(width, height, x=x, y=y, interlaced=draw(st.booleans()), block=draw(size))
    return file + gif.TRAILER + draw(st.binary(max_size=5))


@settings(deadline=None)
@given(gif_files())
def test_gif_of_any_form_is_decoded_as_pillow_decodes_it(file: bytes) -> None:
    image = read_gif(file)
    assert_read_like_pillow(file, image)
    decode(image)


@settings(deadline=None)
@given(
    size=st.tuples(st.integers(1, 99), st.integers(1, 99)),
    frames=st.integers(1, 4),
    mode=st.sampled_from(["L", "1", "RGB"]),
    transparency=st.one_of(st.none(), st.integers(0, 3)),
)
def test_gif_from_pillow_keeps_its_first_frame(
    size: tuple[int, int], frames: int, mode: str, transparency: int | None
) -> None:
    image = SEVEN.resize(size).convert(mode)
    options = {} if transparency is None else {"transparency": transparency}
    rest = [image.rotate(20 * turn) for turn in range(1, frames)]
    file = drawings.encoded(image, "GIF", save_all=True, append_images=rest, comment="x" * 300, **options)
    kept = read_gif(file)
    assert_read_like_pillow(file, kept)
    assert getattr(Image.open(io.BytesIO(kept.data)), "n_frames", 1) == 1


@settings(deadline=None)
@given(gif_files(), st.data())
def test_damaged_gif_is_pixels_or_a_client_error(file: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(file) - 1))
    changed = file[:place] + data.draw(st.binary(max_size=6)) + file[place + data.draw(st.integers(0, 6)) :]
    with contextlib.suppress(ClientError):
        assert decode(open_image(changed)).dtype == "uint8"


@settings(deadline=None)
@given(st.integers(1, 10_000_000))
def test_paper_of_any_size_is_compressed_right(pixels: int) -> None:
    width = max(pixels // 2000, 1)
    file = gif.gif_screen(width, min(pixels, 2000), width, min(pixels, 2000))
    assert set(decode(open_image(file)).tobytes()) == {255}


@pytest.mark.parametrize("tail", [b"", b";", b"!", b"!\xfe", b"!\xf9\4", b"xyz", b"," + bytes(4)])
def test_gif_without_a_frame_is_invalid(tail: bytes) -> None:
    with pytest.raises(InvalidImage):
        decode(open_image(gif.screen(8, 8) + tail))
