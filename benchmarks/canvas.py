"""Drawings to send: digits from outlines of our own, each a little different, encoded as a browser would."""

import math
import random
import struct
import zlib
from collections.abc import Iterable
from itertools import starmap

import numpy as np
from PIL import Image, ImageDraw

from handler.preprocessing.png import Pixels

Point = tuple[float, float]
Line = list[Point]

# As the page's ink.js has them: the pen in shares of the sheet's side, the others in pixels of the picture it sends.
PEN = 15 / 280
INK_SIDE = 80
MARGIN = 2

FINER = 4  # drawn this much larger and reduced, so that edges are smooth
GREY, RGBA = 0, 6  # PNG's colour types
NO_FILTER, UP = 0, 2  # PNG's filters


def _arc(x: float, y: float, width: float, height: float, start: float, end: float) -> Line:
    """Part of an ellipse about (x, y), in degrees, clockwise from the right (y points down)."""
    angles = (math.radians(start + (end - start) * step / 16) for step in range(17))
    return [(x + width * math.cos(angle), y + height * math.sin(angle)) for angle in angles]


# In a box 0.6 wide and 1 high.
OUTLINES: dict[int, list[Line]] = {
    0: [_arc(0.3, 0.5, 0.3, 0.5, -90, 270)],
    1: [[(0.12, 0.22), (0.34, 0.0), (0.34, 1.0)]],
    2: [[*_arc(0.3, 0.28, 0.27, 0.28, 190, 390), (0.02, 1.0), (0.6, 1.0)]],
    3: [[*_arc(0.27, 0.25, 0.27, 0.25, 200, 450), *_arc(0.27, 0.74, 0.31, 0.26, -90, 155)]],
    4: [[(0.36, 0.0), (0.0, 0.66), (0.62, 0.66)], [(0.46, 0.38), (0.46, 1.0)]],
    5: [[(0.56, 0.0), (0.1, 0.0), (0.06, 0.44), *_arc(0.27, 0.69, 0.31, 0.31, -110, 150)]],
    6: [[(0.46, 0.0), (0.2, 0.28), *_arc(0.3, 0.72, 0.28, 0.28, 190, 545)]],
    7: [[(0.0, 0.02), (0.6, 0.0), (0.22, 1.0)]],
    8: [[*_arc(0.3, 0.25, 0.23, 0.25, 90, 450), *_arc(0.3, 0.75, 0.29, 0.25, -90, 270)]],
    9: [[*_arc(0.29, 0.28, 0.27, 0.28, 0, 360), (0.56, 0.28), (0.5, 1.0)]],
}


def page_png(digit: int, chance: random.Random) -> bytes:
    """Draw a digit and encode it as the page does: cropped to the ink, grey, no filter, zlib's level 6.

    tests/browser/test_upload.py compares this with what Chromium sends.

    Args:
        digit: 0 to 9.
        chance: Where its size, place and slant come from.
    """
    lines = _draw(digit, chance)
    points = np.array([point for line in lines for point in line])
    corner = points.min(axis=0) - PEN / 2
    extent = points.max(axis=0) + PEN / 2 - corner
    side = INK_SIDE / float(extent.max())
    width, height = (round(float(share) * side) + 2 * MARGIN for share in extent)
    left, top = (MARGIN - float(share) * side for share in corner)
    pixels = _ink([[(left + x * side, top + y * side) for x, y in line] for line in lines], PEN * side, (width, height))
    return _png(pixels, GREY, NO_FILTER, level=6)


def canvas_png(digit: int, chance: random.Random, side: int = 280) -> bytes:
    """Draw a digit on a canvas and encode that as Chromium's `toBlob` does: RGBA, the Up filter, fastest zlib.

    Pillow's own encoder would choose another filter, and the filter decides what decoding costs the server.

    Args:
        digit: 0 to 9.
        chance: Where its size, place and slant come from.
        side: Pixels of the canvas.
    """
    lines = [[(x * side, y * side) for x, y in line] for line in _draw(digit, chance)]
    grey = _ink(lines, PEN * side, (side, side))
    return _png(np.stack([grey, grey, grey, np.full_like(grey, 255)], axis=-1), RGBA, UP, level=1)


def _draw(digit: int, chance: random.Random) -> list[Line]:
    """Return a digit's lines, in shares of the sheet's side, as nobody has drawn them before."""
    height = chance.uniform(0.5, 0.75)
    slant, left, top = chance.uniform(-0.15, 0.2), chance.uniform(0.1, 0.9), chance.uniform(0.1, 0.9)
    free_x, free_y = 1 - 0.8 * height - 2 * PEN, 1 - height - 2 * PEN
    rough = ([(x + chance.gauss(0, 0.008), y + chance.gauss(0, 0.008)) for x, y in line] for line in OUTLINES[digit])
    return [
        [
            (PEN + left * free_x + height * (x + slant * (0.5 - y) + 0.1), PEN + top * free_y + height * y)
            for x, y in line
        ]
        for line in rough
    ]


def _ink(lines: Iterable[Line], pen: float, size: tuple[int, int]) -> Pixels:
    """Draw lines, black on white, all measures in pixels; (height, width)."""
    image = Image.new("L", (size[0] * FINER, size[1] * FINER), 255)
    paper, radius = ImageDraw.Draw(image), pen * FINER / 2
    for line in lines:
        points = [(x * FINER, y * FINER) for x, y in line]
        paper.line(points, 0, round(2 * radius), joint="curve")
        for x, y in (points[0], points[-1]):
            paper.ellipse((x - radius, y - radius, x + radius, y + radius), 0)
    return np.asarray(image.reduce(FINER))


def _png(pixels: Pixels, colour_type: int, filter_type: int, *, level: int) -> bytes:
    """Encode pixels, (height, width) or (height, width, channels), with one filter for all rows."""
    height, width = pixels.shape[:2]
    rows = pixels.reshape(height, -1)
    if filter_type == UP:
        rows = np.diff(rows, axis=0, prepend=np.zeros_like(rows[:1]))
    filters = np.full((height, 1), filter_type, np.uint8)
    chunks: Iterable[tuple[bytes, bytes]] = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)),
        (b"IDAT", zlib.compress(np.hstack([filters, rows]).tobytes(), level)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(starmap(_chunk, chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
