"""From a lit surface to a file: lens, exposure, sensor noise and encoding."""

import io

import cv2
import numpy as np
from PIL import Image

from handler.preprocessing import Pixels
from train.synthesis.pictures.surfaces import Surface, grain

QUALITIES = (40, 96)  # of JPEG
MAX_BYTES = 1 << 20  # of one image in a request
EXIF_ORIENTATION = 0x0112

# What is done to an upright picture so that its EXIF orientation turns it upright again.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def expose(lit: Surface, random: np.random.Generator, *, blur: float = 1.2, noise: float = 5.0) -> Pixels:
    """Return what a camera makes of a lit surface.

    Args:
        lit: (height, width, 3) float32, about 0 to 1.
        random: Source of randomness.
        blur: The largest deviation of the lens's blur, pixels.
        noise: The largest deviation of the sensor's noise, gray levels.

    Returns:
        (height, width, 3) uint8, RGB.
    """
    picture: Surface = np.asarray(cv2.GaussianBlur(lit, (0, 0), random.uniform(0.3, blur)), np.float32)
    gains = random.uniform(0.85, 1.08) * (1 + random.normal(0, 0.02, 3))
    picture *= (255 * gains).astype(np.float32)
    shape = picture.shape[0], picture.shape[1]
    deviation = random.uniform(0.3, noise)
    for channel in range(3):  # each pixel of a sensor sees one color; neighbors are interpolated
        picture[..., channel] += np.float32(deviation) * grain(shape, random)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def jpeg(picture: Pixels, random: np.random.Generator, *, orientation: int = 1) -> bytes:
    """Encode an upright RGB picture as a JPEG of some quality, lower if the file would be too large to send.

    Args:
        picture: (height, width, 3) uint8.
        random: Source of randomness.
        orientation: EXIF's, 1 to 8; the picture is turned so that this turns it upright.
    """
    image = Image.fromarray(picture)
    exif = Image.Exif()
    if orientation != 1:
        image = image.transpose(TURNS[orientation])
        exif[EXIF_ORIENTATION] = orientation
    quality = int(random.integers(*QUALITIES))
    encoded = _encode(image, quality, exif)
    while len(encoded) > MAX_BYTES:
        quality -= 10
        encoded = _encode(image, quality, exif)
    return encoded


def png(picture: Pixels) -> bytes:
    """Encode a gray or RGB picture as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _encode(image: Image.Image, quality: int, exif: Image.Exif) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, exif=exif)
    return buffer.getvalue()
