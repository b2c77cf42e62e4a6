"""Canvases to send: digits from outlines of our own, each a little different, encoded as Chromium encodes a canvas."""

import math
import random
import struct
import zlib
from collections.abc import Iterable
from itertools import starmap

import numpy as np
from PIL import Image, ImageDraw

from handler.png import Pixels

Point = tuple[float, float]
Line = list[Point]

PAGE_SIDE = 140  # pixels: what the page sends
PEN = 15 / 280  # of the canvas's side, as the page draws
FINER = 4  # drawn this much larger and reduced, so that edges are smooth


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


def draw(digit: int, chance: random.Random, side: int = PAGE_SIDE) -> Image.Image:
    """Draw a digit, black on white, as nobody has drawn it before.

    Args:
        digit: 0 to 9.
        chance: Where its size, place, slant and pen come from.
        side: Pixels of the canvas.

    Returns:
        An RGBA image, opaque, as a browser's canvas is.
    """
    large = side * FINER
    height = large * chance.uniform(0.5, 0.75)
    slant, left, top = chance.uniform(-0.15, 0.2), chance.uniform(0.1, 0.9), chance.uniform(0.1, 0.9)
    pen = large * PEN * chance.uniform(0.8, 1.3)
    free_x, free_y = large - 0.8 * height - 2 * pen, large - height - 2 * pen
    image = Image.new("L", (large, large), 255)
    canvas = ImageDraw.Draw(image)
    for line in OUTLINES[digit]:
        points = [
            (pen + left * free_x + height * (x + slant * (0.5 - y) + 0.1), pen + top * free_y + height * y)
            for x, y in ((x + chance.gauss(0, 0.008), y + chance.gauss(0, 0.008)) for x, y in line)
        ]
        canvas.line(points, 0, round(pen), joint="curve")
        for x, y in (points[0], points[-1]):
            canvas.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), 0)
    return image.reduce(FINER).convert("RGBA")


def canvas_png(digit: int, chance: random.Random, side: int = PAGE_SIDE) -> bytes:
    """Draw a digit and encode it as Chromium's `canvas.toBlob` does: RGBA, every row with the Up filter, fastest zlib.

    The filter decides what decoding costs the server, and Pillow's own encoder would choose another.
    """
    pixels: Pixels = np.asarray(draw(digit, chance, side)).reshape(side, -1)
    filtered = np.diff(pixels, axis=0, prepend=np.zeros_like(pixels[:1]))
    up = np.full((side, 1), 2, np.uint8)
    chunks: Iterable[tuple[bytes, bytes]] = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(np.hstack([up, filtered]).tobytes(), 1)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(starmap(_chunk, chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
