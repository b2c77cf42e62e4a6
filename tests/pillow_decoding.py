"""What Pillow alone makes of an image file: the measure of how ours are read."""

import io
from typing import NamedTuple

from PIL import Image

from handler.preprocessing.formats.encoded import ORIENTATION, Encoded


class Decoding(NamedTuple):
    """The first frame of an image file, as Pillow decodes it."""

    mode: str
    size: tuple[int, int]
    pixels: bytes
    palette: bytes | None
    transparency: object


def decoding(file: bytes) -> Decoding:
    """Decode a file."""
    image = Image.open(io.BytesIO(file))
    image.load()
    palette = bytes(image.palette.palette) if image.palette else None
    return Decoding(image.mode, image.size, image.tobytes(), palette, image.info.get("transparency"))


def orientation(file: bytes) -> int:
    """Return the orientation in the file's EXIF data, 1 if there is none, or none that exists."""
    found = int(Image.open(io.BytesIO(file)).getexif().get(ORIENTATION, 1))
    return found if 1 <= found <= 8 else 1


def assert_read_like_pillow(file: bytes, image: Encoded) -> None:
    """Assert that what was kept of a file decodes to the same, and that its sizes and orientation were read."""
    kept, whole = decoding(image.data), decoding(file)
    assert kept == whole
    assert (image.width, image.height) == whole.size
    assert image.orientation == orientation(file)
