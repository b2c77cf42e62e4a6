"""Transparent images are laid on a background, on which the digit shows and what surrounds it does not.

What is opaque may be the ink alone, or ink with paper or an outline around it. Paper and outlines have one color all
along their rim, and it goes on behind them. Ink alone lies on white, or on black where it would not show on white.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handler.preprocessing.pixels import Pixels

OPAQUE = 0.95  # of the largest alpha; softer pixels are edges, and shadows

# Gray levels, in any channel.
MIN_CONTRAST_ON_WHITE = 32  # ink that differs less from white was drawn for a dark background
RIM_DEVIATION = 48  # colors of a rim that differ less from its median are one color
SURROUNDED_CONTRAST = 64  # what differs more from the rim may be the ink that it surrounds

RIM_SHARE = 0.9  # of a rim has to have one color
INK_ON_RIM = 0.05  # of the ink that a rim surrounds may lie on it, at most
MIN_INK = 0.4  # of what is opaque is ink if the rest is its outline; less may be a highlight on the ink
PAPER = 0.75  # of its box is opaque where the ink has paper around it, and may be as little as
MIN_INK_ON_PAPER = 0.002

_Mask = NDArray[np.bool_]


def lay_on_background(image: Image.Image) -> Image.Image:
    """Return a transparent RGBA image as an opaque one in mode RGB."""
    pixels = np.asarray(image)
    alpha = np.asarray(image.getchannel("A"))
    largest = int(alpha.max())
    opaque = alpha >= max(math.ceil(OPAQUE * largest), 1)
    whole = pixels.view(np.uint32)[..., 0]  # pixels as numbers, which are selected much faster
    colors = np.ascontiguousarray(whole[opaque].view(np.uint8).reshape(-1, 4).T[:3])  # (3, n), of what is opaque
    if colors.size and int((colors.max(axis=1) - colors.min(axis=1)).max()) > SURROUNDED_CONTRAST:
        rim = _rim_around_ink(np.ascontiguousarray(pixels.transpose(2, 0, 1)[:3]), opaque)
        if rim is not None:
            return Image.fromarray(np.where(opaque[..., None], pixels[..., :3], rim))
    background = "black" if colors.size and _is_for_black(colors, largest / 255) else "white"
    return Image.alpha_composite(Image.new("RGBA", image.size, background), image).convert("RGB")


def _is_for_black(colors: Pixels, opacity: float) -> bool:
    """Return whether most of the ink would hardly show on white, and shows better on black.

    Args:
        colors: (3, n), of the ink.
        opacity: Of the ink, 0 to 1.
    """
    on_white = opacity * (255 - np.median(colors.min(axis=0)))
    return bool(on_white < MIN_CONTRAST_ON_WHITE and on_white < opacity * np.median(colors.max(axis=0)))


def _rim_around_ink(planes: Pixels, opaque: _Mask) -> Pixels | None:
    """Return the color of the paper or outline around the ink; None where all that is opaque is ink.

    Args:
        planes: (3, height, width).
        opaque: (height, width).
    """
    rim = opaque & ~_surrounded(opaque)
    colors = planes[:, rim]
    if not colors.size:
        return None
    color = np.median(colors, axis=1).astype(np.uint8)
    if np.mean(_difference(colors, color) <= RIM_DEVIATION) < RIM_SHARE:
        return None
    ink = (_difference(planes, color) > SURROUNDED_CONTRAST) & opaque
    count = np.count_nonzero(ink)
    if np.count_nonzero(ink & rim) > INK_ON_RIM * count:
        return None
    area = np.count_nonzero(opaque)
    least = MIN_INK_ON_PAPER if area >= PAPER * _box_area(opaque) else MIN_INK
    return color if count >= max(least * area, 1) else None


def _surrounded(mask: _Mask) -> _Mask:
    """Return the pixels of a mask whose four neighbors are in it, those beyond the image's edge included."""
    padded = np.pad(mask, 1, constant_values=True)
    inner: _Mask = mask & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return inner


def _difference(planes: Pixels, color: Pixels) -> Pixels:
    """Return by how many levels colors differ from one, in the channel that differs most."""
    channels = zip(planes, color, strict=True)
    differences = [np.maximum(plane, level) - np.minimum(plane, level) for plane, level in channels]
    largest: Pixels = np.maximum(np.maximum(differences[0], differences[1]), differences[2])
    return largest


def _box_area(mask: _Mask) -> int:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int((rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1))
