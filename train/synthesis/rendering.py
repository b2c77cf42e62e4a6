"""Strokes → canvas → the picture that the model sees, by the preprocessing that serving uses."""

from collections.abc import Sequence

import cv2
import numpy as np

from handler.preprocessing import Pixels, encode_png, normalize
from train.data.labeled_images import LabeledImages, Labels
from train.data.strokes import Drawing, Stroke, points_of

SUBPIXEL_BITS = 4  # OpenCV takes fixed-point coordinates, here sixteenths of a pixel
MARGIN = 2  # pixels of background around the ink


def draw(strokes: Sequence[Stroke], *, length: float, pen: float) -> Pixels:
    """Draw strokes with a round pen, anti-aliased, on a canvas that just holds them.

    Args:
        strokes: In any unit; the larger side of their box becomes `length`.
        length: Pixels, the larger side of the box of the pen's path.
        pen: Pixels, the width of the pen, rounded to a whole pixel and at least 1.

    Returns:
        (height, width) uint8: white ink on black.
    """
    width = max(1, round(pen))
    points = points_of(strokes)
    origin = points.min(axis=0)
    extent = points.max(axis=0) - origin
    scale = length / max(float(extent.max()), 1e-6) if extent.max() > 0 else 0.0
    border = width / 2 + MARGIN
    canvas = np.zeros(np.ceil(extent[::-1] * scale + 2 * border + 1).astype(int), np.uint8)
    for stroke in strokes:
        path = np.rint(((stroke - origin) * scale + border) * (1 << SUBPIXEL_BITS)).astype(np.int32)[:, None]
        line = path.repeat(2, axis=0) if len(path) == 1 else path  # a dot becomes a line from a point to itself
        cv2.polylines(canvas, [line], False, 255, width, cv2.LINE_AA, SUBPIXEL_BITS)
    return canvas


def picture_of(strokes: Sequence[Stroke], *, length: float = 140.0, pen: float = 15.0) -> Pixels:
    """Draw strokes as `draw` does and return their (28, 28) uint8 picture, preprocessed as for serving."""
    return normalize(draw(strokes, length=length, pen=pen))


def canvas_png(
    strokes: Sequence[Stroke],
    *,
    length: float = 140.0,
    pen: float = 15.0,
    side: int = 280,
    place: tuple[float, float] = (0.5, 0.5),
    dark_on_light: bool = True,
) -> bytes:
    """Draw strokes on a square canvas, as a page does, and encode it.

    Args:
        strokes: As `draw` takes them.
        length: Pixels, as `draw` takes it; shortened if the drawing would not fit.
        pen: Pixels, as `draw` takes it.
        side: Pixels, the side of the canvas.
        place: Where the drawing is on the free part of the canvas, 0 to 1, right and down.
        dark_on_light: Black ink on white; otherwise white on black.

    Returns:
        A PNG file, 8-bit gray.
    """
    drawing = draw(strokes, length=min(length, side - pen - 2 * MARGIN - 2), pen=pen)
    height, width = drawing.shape
    x, y = round((side - width) * place[0]), round((side - height) * place[1])
    canvas = np.zeros((side, side), np.uint8)
    canvas[y : y + height, x : x + width] = drawing
    return encode_png(255 - canvas if dark_on_light else canvas)


def labels_of(drawings: Sequence[Drawing]) -> Labels:
    """Return the digits of drawings, (n,) int64."""
    return np.array([int(drawing.label) for drawing in drawings])


def labeled_pictures(drawings: Sequence[Drawing], **canvas: float) -> LabeledImages:
    """Return the pictures and labels of drawn digits; `canvas` is `length` and `pen`, as `picture_of` takes them."""
    return LabeledImages(np.stack([picture_of(drawing.strokes, **canvas) for drawing in drawings]), labels_of(drawings))
