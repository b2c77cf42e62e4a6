"""Pictures of numbers: two to six digits of one hand in a row, or on two lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from train.data.strokes import Drawing, Stroke, points_of
from train.synthesis.pictures import camera, light, pens, scenes, surfaces
from train.synthesis.pictures.pens import Pen

MIN_DIGITS_OF_TWO_LINES = 4
LINE_SPACING = (0.35, 0.9)  # of the height of a digit, between two lines
PEN_SHARES = (0.05, 0.13)  # of the height of a digit
OVERLAP = (0.05, 0.6)  # of a pen: how far the lines of digits that touch run into each other
MAX_WIDTH = 1.3  # of a digit, in heights
SHADOWED = 0.3  # share of photographs
MAX_INTERLOCK = 0.35  # of the height: how far the boxes of digits that touch may overlap
MAX_CONTACT = 0.2  # of the lines of a digit, that are within a pen's width of the digit that it touches
MIN_GAP = 0.03  # of the height, between lines that would touch along their whole length
STEPS = 40  # in which a digit is moved to the one before it until they touch


@dataclass(frozen=True)
class NumberPicture:
    """A picture of a number.

    Attributes:
        image: Encoded.
        digits: In reading order.
        lines: How many digits each line has, from the top.
    """

    image: bytes
    digits: str
    lines: tuple[int, ...]


def number_picture(
    drawings: Sequence[Drawing],
    random: np.random.Generator,
    *,
    gap: float,
    photographed: bool = False,
    two_lines: bool = False,
) -> NumberPicture:
    """Return a picture of digits in a row.

    Args:
        drawings: The digits in reading order, of one writer.
        random: Source of randomness.
        gap: Space between the ink of two digits, as a share of their height; up to 0, they touch.
        photographed: Whether they are on photographed paper rather than on a canvas.
        two_lines: Whether to write them on two lines, if there are at least four.
    """
    share = float(random.uniform(*PEN_SHARES))
    digits = [_upright(drawing, random) for drawing in drawings]
    first = len(digits) // 2 if two_lines and len(digits) >= MIN_DIGITS_OF_TWO_LINES else len(digits)
    strokes = _row(digits[:first], share, gap, random)
    if digits[first:]:
        below = np.array([random.normal(0, 0.3), points_of(strokes)[:, 1].max() + share], np.float32)
        second = _row(digits[first:], share, gap, random)
        below[1] += random.uniform(*LINE_SPACING) - points_of(second)[:, 1].min()
        strokes += [stroke + below for stroke in second]
    points = points_of(strokes)
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    centered = [stroke - middle for stroke in strokes]
    image = _photograph(centered, share, random) if photographed else _canvas(centered, share, random)
    lines = (first, len(digits) - first) if digits[first:] else (first,)
    return NumberPicture(image, "".join(drawing.label for drawing in drawings), lines)


def _upright(drawing: Drawing, random: np.random.Generator) -> list[Stroke]:
    """Return a digit about 1 high with its left at 0, which stands near the line y = 0."""
    points = points_of(drawing.strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = (high - low).tolist()
    size = max(height, width / MAX_WIDTH, 1e-6) / random.uniform(0.85, 1.1)
    base = np.array([low[0], high[1] + random.normal(0, 0.04) * size])
    return [((stroke - base) / size).astype(np.float32) for stroke in drawing.strokes]


def _row(digits: Sequence[list[Stroke]], pen: float, gap: float, random: np.random.Generator) -> list[Stroke]:
    """Return digits side by side, written with a pen that is a share of their height wide."""
    row = list(digits[0])
    before = digits[0]
    for digit in digits[1:]:
        right = float(points_of(before)[:, 0].max())
        shift = right + pen + gap if gap > 0 else _touching(before, digit, pen, random)
        before = [stroke + np.array([shift, 0], np.float32) for stroke in digit]
        row += before
    return row


def _touching(left: Sequence[Stroke], right: Sequence[Stroke], pen: float, random: np.random.Generator) -> float:
    """Return how far to move a digit right so that it touches another one at a few points.

    Digits that would touch along their lines, as two ones do, are left a little apart: no one could read them.
    """
    near = np.concatenate([pens.dense(stroke, 0.02) for stroke in left])
    moved = np.concatenate([pens.dense(stroke, 0.02) for stroke in right])
    end = float(near[:, 0].max() - moved[:, 0].min()) + pen
    wanted = pen * (1 - random.uniform(*OVERLAP))
    shifts = np.linspace(end, end - MAX_INTERLOCK, STEPS)
    for shift in shifts:
        gaps = near[:, None] - (moved + np.array([shift, 0], np.float32))
        nearest = np.hypot(gaps[..., 0], gaps[..., 1]).min(axis=0)
        if (nearest < pen).mean() > MAX_CONTACT:
            return float(shift) + MIN_GAP
        if nearest.min() <= wanted:
            return float(shift)
    return float(shifts[-1])


def _canvas(strokes: Sequence[Stroke], share: float, random: np.random.Generator) -> bytes:
    """Return strokes around the origin on a canvas, dark on light or light on dark, as PNG."""
    shape, at = _framed(strokes, share, scenes.logarithmic(28, 160, random), random.uniform(0.15, 1.0, 4))
    ink, background = (0.0, 1.0) if random.random() < 0.75 else (1.0, 0.0)
    surface = surfaces.colored(shape, np.full(3, background))
    pens.write(surface, at.paths(strokes), Pen(share * at.length, (ink,) * 3, opaque=True), random)
    return camera.png(np.rint(surface[..., 0] * 255).astype(np.uint8))


def _photograph(strokes: Sequence[Stroke], share: float, random: np.random.Generator) -> bytes:
    """Return strokes around the origin on paper, in uneven light or with a shadow, as JPEG."""
    shape, at = _framed(strokes, share, scenes.logarithmic(40, 140, random), random.uniform(0.3, 1.5, 4))
    surface = surfaces.paper(shape, random)
    pen = replace(pens.ballpoint_or_felt_tip(at.length, random), width=share * at.length)
    pens.write(surface, at.paths(strokes), pen, random)
    surface *= light.falloff(shape, random)[..., None]
    if random.random() < SHADOWED:
        surface *= light.shadow(shape, random)[..., None]
    return camera.jpeg(camera.expose(surface, random), random)


def _framed(
    strokes: Sequence[Stroke], pen: float, height: float, margins: NDArray[np.float64]
) -> tuple[surfaces.Shape, scenes.Place]:
    """Return the shape of a picture around strokes, and their place on it.

    Args:
        strokes: Around the origin, in heights of a digit.
        pen: Its width, in heights of a digit.
        height: Of a digit, pixels.
        margins: Above, below, left and right of the ink, in heights of a digit.
    """
    width, tall = (np.ptp(points_of(strokes), axis=0) + pen).tolist()
    above, below, left, right = margins.tolist()
    shape = round((above + tall + below) * height), round((left + width + right) * height)
    return shape, scenes.Place(height, (left + width / 2) * height, (above + tall / 2) * height)
