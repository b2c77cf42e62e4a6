"""Image bytes → pixels: limits before decoding, every mode of every served format to one of two shapes."""

import io
import warnings

import numpy as np
from PIL import Image, ImageOps

from handler.errors import ImageTooLarge, InvalidImage
from handler.preprocessing.png import Pixels, PlainPng

MAX_BYTES = 1 << 20  # 1 MiB of encoded image
MAX_PIXELS = 4096 * 4096  # one image, known from its header before a pixel is decoded
MAX_SIDE = 1 << 14  # a row of 2²⁴ pixels is within `MAX_PIXELS`, and its resampling weights would fill 5 GB

# A short list keeps rarely used decoders, where the memory-safety bugs live, out of a client's reach.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LOSSY_FORMATS = frozenset({"JPEG", "MPO", "WEBP"})

# Ink that differs this little from white paper cannot be seen on it: such ink was drawn for a dark background.
MIN_CONTRAST_ON_WHITE = 32

Opened = Image.Image | PlainPng


def open_image(data: bytes, max_pixels: int = MAX_PIXELS) -> Opened:
    """Read an image's header and check the limits; no pixel is decoded yet.

    Args:
        data: An encoded image of one of `FORMATS`.
        max_pixels: The largest width × height accepted.

    Returns:
        The image, not loaded; of an animation, its first frame.

    Raises:
        ImageTooLarge: `data` is over `MAX_BYTES`, the image over `max_pixels`, or a side of it over `MAX_SIDE`.
        InvalidImage: `data` is empty or no image of a served format.
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
            warnings.simplefilter("ignore")  # Pillow warns of odd files; the client gets an answer instead
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(f"The image has too many pixels; at most {max_pixels} are accepted.") from error
    except Exception as error:  # Pillow's plugins raise nearly anything on a damaged file
        raise InvalidImage("The bytes are not a PNG, JPEG, WebP or GIF image, or its header is damaged.") from error


def decode(image: Opened) -> Pixels:
    """Decode an opened image to upright, opaque pixels.

    EXIF orientation is applied. Transparent images are laid on white paper, or on black when their ink
    could not be seen on white.

    Args:
        image: An image from `open_image`.

    Returns:
        uint8, 0 to 255: (height, width) for grey images, (channels, height, width) for colour.

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
    except Exception as error:  # as above: a damaged file may raise nearly anything
        raise InvalidImage("The image is damaged or truncated; send the whole file.") from error


def is_lossy(image: Opened) -> bool:
    """Tell whether an image comes from a format that adds noise around strokes."""
    return not isinstance(image, PlainPng) and image.format in LOSSY_FORMATS


def _planes(image: Image.Image) -> Pixels:
    if image.mode.startswith("I;16"):  # Pillow's own conversion to 8 bits clips at 255
        return (np.asarray(image) >> 8).astype(np.uint8)
    if image.has_transparency_data:
        return _on_paper(image.convert("RGBA"))
    if image.mode in ("L", "1"):
        return np.asarray(image.convert("L"))
    return _stack(image.convert("RGB"))


def _on_paper(image: Image.Image) -> Pixels:
    if (grey := _grey(image)) is not None:
        return grey
    if image.getchannel("A").getextrema() == (255, 255):
        return _stack(image.convert("RGB"))
    paper = _composite(image, "white")
    if 255 - int(paper.min()) < MIN_CONTRAST_ON_WHITE:
        return _composite(image, "black")
    return paper


def _grey(image: Image.Image) -> Pixels | None:
    """Return the one plane of an opaque, grey RGBA image, as nearly every canvas is, and None for any other."""
    pixels = np.asarray(image).view("<u4")[..., 0]  # a number each, red its lowest byte, alpha its highest
    red: Pixels = pixels.astype(np.uint8)
    opaque_grey = red * np.uint32(0x010101)
    opaque_grey += np.uint32(0xFF000000)
    return red if np.array_equal(pixels, opaque_grey) else None


def _composite(image: Image.Image, colour: str) -> Pixels:
    return _stack(Image.alpha_composite(Image.new("RGBA", image.size, colour), image).convert("RGB"))


def _stack(image: Image.Image) -> Pixels:
    """Turn an RGB image into contiguous planes, a single one if the three are alike (nearly every drawing)."""
    red, green, blue = (np.asarray(channel) for channel in image.split())
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return red
    return np.stack([red, green, blue])
