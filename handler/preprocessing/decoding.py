"""Encoded images → pixels: structure and limits first, then every mode of every served format to one of two shapes."""

import io
import warnings

import numpy as np
from PIL import Image

from handler.errors import ApiError, ImageTooLarge, InvalidImage
from handler.preprocessing.depth import load_png
from handler.preprocessing.formats import read_image
from handler.preprocessing.formats.encoded import Encoded
from handler.preprocessing.formats.png import PlainPng
from handler.preprocessing.formats.png_chunks import check_filters, read_png
from handler.preprocessing.limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.reduction import reduce, reduction
from handler.preprocessing.transparency import lay_on_background

LOSSY_FORMATS = frozenset({"JPEG", "WEBP"})

Transpose = Image.Transpose
# What turns an image of each EXIF orientation upright.
_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_TURNED = (5, 6, 7, 8)  # those that exchange rows and columns

Opened = Encoded | PlainPng


def open_image(data: bytes, max_pixels: int = MAX_PIXELS) -> Opened:
    """Read what is in an image file and check the limits; no pixel is decoded yet.

    Args:
        data: A PNG, JPEG, WebP or GIF image.
        max_pixels: The largest width × height that is accepted.

    Returns:
        The image, not yet decoded; of an animation, the first frame.

    Raises:
        ImageTooLarge: `data` is over `MAX_BYTES`, the image over `max_pixels`, a side of it over `MAX_SIDE`, or it is
            of a kind that costs too much to decode.
        InvalidImage: `data` is empty or not an image of a served format.
    """
    if len(data) > MAX_BYTES:
        raise ImageTooLarge(f"The image has {len(data)} bytes; at most {MAX_BYTES} are accepted.")
    if not data:
        raise InvalidImage("The image is empty; send the bytes of a PNG, JPEG, WebP or GIF image.")
    image = PlainPng.parse(data) or read_image(data)
    pixels = image.width * image.height
    if pixels > max_pixels:
        raise ImageTooLarge(
            f"The image has {image.width}×{image.height} = {pixels} pixels; at most {max_pixels} are accepted here."
        )
    if max(image.width, image.height) > MAX_SIDE:
        raise ImageTooLarge(f"The image has {image.width}×{image.height} pixels; no side may be over {MAX_SIDE}.")
    return image


def decode(image: Opened) -> Pixels:
    """Decode an opened image to upright, opaque pixels; one over `MAX_WORKING_PIXELS` is reduced by 2, 4, ….

    EXIF orientation is applied. Transparent images are laid on a background on which their ink shows.

    Args:
        image: An image from `open_image`.

    Returns:
        uint8, 0 to 255: (height, width) for gray images, (3, height, width) for color.

    Raises:
        ImageTooLarge: It is a PNG whose rows would take too long to decode.
        InvalidImage: The pixel data is damaged or ends early.
        MemoryError: The process may have no more memory.
    """
    if isinstance(image, PlainPng):
        if (plain := image.decode()) is not None:
            factor = reduction(image.width, image.height)
            return plain if factor == 1 else np.asarray(reduce(Image.fromarray(plain), factor))
        image = read_png(image.data)
    if image.format == "PNG":
        check_filters(image.data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns about odd files, which must not fill the log
            return _planes(_reduced(image))
    except (MemoryError, ApiError):
        raise
    except Exception as error:  # Pillow's plugins raise many types on a damaged file
        raise InvalidImage("The image is damaged or truncated; send the whole file.") from error


def upright_size(image: Opened) -> tuple[int, int]:
    """Return the width and height of an image from `open_image` when it is upright."""
    is_turned = isinstance(image, Encoded) and image.orientation in _TURNED
    return (image.height, image.width) if is_turned else (image.width, image.height)


def is_lossy(image: Opened) -> bool:
    """Return whether an image from `open_image` has a format that adds noise around strokes."""
    return isinstance(image, Encoded) and image.format in LOSSY_FORMATS


def _reduced(image: Encoded) -> Image.Image:
    """Return the decoded image, upright and reduced, in mode L, RGB or RGBA."""
    loaded = _load(image)
    reduced = reduce(loaded, reduction(*loaded.size))
    return reduced.transpose(_UPRIGHT[image.orientation]) if image.orientation in _UPRIGHT else reduced


def _load(image: Encoded) -> Image.Image:
    """Return the decoded image, of 8 bits a sample, in any mode."""
    opened = Image.open(io.BytesIO(image.data), formats=(image.format,))
    if opened.size != (image.width, image.height):
        raise ValueError(f"Pillow reads {opened.size} from a file of {image.width}×{image.height} pixels.")
    if image.format == "PNG":
        return load_png(opened, image.data)
    factor = reduction(image.width, image.height)
    if factor > 1:  # JPEG is decoded at a half, a quarter or an eighth of its size; the other formats take no notice
        opened.draft(None, (image.width // factor, image.height // factor))
    opened.load()
    return opened


def _planes(image: Image.Image) -> Pixels:
    if image.mode == "RGBA":
        return _on_background(image)
    return np.asarray(image) if image.mode == "L" else _stack(image)


def _on_background(image: Image.Image) -> Pixels:
    if (gray := _opaque_gray(image)) is not None:
        return gray
    if image.getchannel("A").getextrema() == (255, 255):
        return _stack(image.convert("RGB"))
    return _stack(lay_on_background(image))


def _opaque_gray(image: Image.Image) -> Pixels | None:
    """Return the one plane of an opaque, gray RGBA image, which nearly every canvas is; None for any other image."""
    pixels = np.asarray(image).view("<u4")[..., 0]  # one number per pixel: red is the lowest byte, alpha the highest
    red: Pixels = pixels.astype(np.uint8)
    opaque_gray = red * np.uint32(0x010101)
    opaque_gray += np.uint32(0xFF000000)
    return red if np.array_equal(pixels, opaque_gray) else None


def _stack(image: Image.Image) -> Pixels:
    """Return the contiguous planes of an RGB image; only one if all three are equal, as in nearly every drawing."""
    red, green, blue = (np.asarray(channel) for channel in image.split())
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return red
    return np.stack([red, green, blue])
