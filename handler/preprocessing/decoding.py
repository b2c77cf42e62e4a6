"""Encoded images → pixels: limits first, then every mode of every served format to one of two shapes."""

import io
import warnings

import numpy as np
from PIL import Image, ImageOps

from handler.errors import ImageTooLarge, InvalidImage
from handler.preprocessing.limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.png import PlainPng

# A short list keeps rarely used decoders, which have the most memory-safety bugs, out of reach of clients.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LOSSY_FORMATS = frozenset({"JPEG", "MPO", "WEBP"})

# Gray levels. Ink that differs less than this from white was drawn for a dark background.
MIN_CONTRAST_ON_WHITE = 32

Opened = Image.Image | PlainPng


def open_image(data: bytes, max_pixels: int = MAX_PIXELS) -> Opened:
    """Read an image's header and check the limits; no pixel is decoded yet.

    Args:
        data: An encoded image of one of `FORMATS`.
        max_pixels: The largest width × height that is accepted.

    Returns:
        The image, not yet decoded; of an animation, the first frame.

    Raises:
        ImageTooLarge: `data` is over `MAX_BYTES`, the image over `max_pixels`, or a side of it over `MAX_SIDE`.
        InvalidImage: `data` is empty or not an image of a served format.
    """
    if len(data) > MAX_BYTES:
        raise ImageTooLarge(f"The image has {len(data)} bytes; at most {MAX_BYTES} are accepted.")
    if not data:
        raise InvalidImage("The image is empty; send the bytes of a PNG, JPEG, WebP or GIF image.")
    image = PlainPng.parse(data) or _open_any(data, max_pixels)
    pixels = image.width * image.height
    if pixels > max_pixels:
        raise ImageTooLarge(
            f"The image has {image.width}×{image.height} = {pixels} pixels; at most {max_pixels} are accepted here."
        )
    if max(image.width, image.height) > MAX_SIDE:
        raise ImageTooLarge(f"The image has {image.width}×{image.height} pixels; no side may be over {MAX_SIDE}.")
    return image


def _open_any(data: bytes, max_pixels: int) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd files, which are answered instead
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(f"The image has too many pixels; at most {max_pixels} are accepted.") from error
    except Exception as error:  # Pillow's plugins raise many types on a damaged file
        raise InvalidImage("The bytes are not a PNG, JPEG, WebP or GIF image, or its header is damaged.") from error


def decode(image: Opened) -> Pixels:
    """Decode an opened image to upright, opaque pixels.

    EXIF orientation is applied. Transparent images are composited on white, or on black where their ink would not show
    on white.

    Args:
        image: An image from `open_image`.

    Returns:
        uint8, 0 to 255: (height, width) for gray images, (3, height, width) for color.

    Raises:
        InvalidImage: The pixel data is damaged or ends early.
    """
    if isinstance(image, PlainPng):
        if (plain := image.decode()) is not None:
            return plain
        image = _open_any(image.data, MAX_PIXELS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            return _planes(image)
    except Exception as error:  # as in _open_any
        raise InvalidImage("The image is damaged or truncated; send the whole file.") from error


def is_lossy(image: Opened) -> bool:
    """Return whether an image from `open_image` has a format that adds noise around strokes."""
    return not isinstance(image, PlainPng) and image.format in LOSSY_FORMATS


def _planes(image: Image.Image) -> Pixels:
    if image.mode.startswith("I;16"):  # Pillow's own conversion to 8 bits clips at 255
        return (np.asarray(image) >> 8).astype(np.uint8)
    if image.has_transparency_data:
        return _on_background(image.convert("RGBA"))
    if image.mode in ("L", "1"):
        return np.asarray(image.convert("L"))
    return _stack(image.convert("RGB"))


def _on_background(image: Image.Image) -> Pixels:
    if (gray := _opaque_gray(image)) is not None:
        return gray
    if image.getchannel("A").getextrema() == (255, 255):
        return _stack(image.convert("RGB"))
    on_white = _composite(image, "white")
    if 255 - int(on_white.min()) < MIN_CONTRAST_ON_WHITE:
        return _composite(image, "black")
    return on_white


def _opaque_gray(image: Image.Image) -> Pixels | None:
    """Return the one plane of an opaque, gray RGBA image, which nearly every canvas is; None for any other image."""
    pixels = np.asarray(image).view("<u4")[..., 0]  # one number per pixel: red is the lowest byte, alpha the highest
    red: Pixels = pixels.astype(np.uint8)
    opaque_gray = red * np.uint32(0x010101)
    opaque_gray += np.uint32(0xFF000000)
    return red if np.array_equal(pixels, opaque_gray) else None


def _composite(image: Image.Image, background: str) -> Pixels:
    return _stack(Image.alpha_composite(Image.new("RGBA", image.size, background), image).convert("RGB"))


def _stack(image: Image.Image) -> Pixels:
    """Return the contiguous planes of an RGB image; only one if all three are equal, as in nearly every drawing."""
    red, green, blue = (np.asarray(channel) for channel in image.split())
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return red
    return np.stack([red, green, blue])
