"""Pens and what they leave on a surface: ink covers it, uneven in width and darkness."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing import Pixels
from train.data.strokes import Stroke, points_of, size_of
from train.synthesis.pictures.surfaces import Color, Plane, Shape, Surface, clouds, grain

MIN_TRACED_WIDTH = 12  # pixels: thinner lines are drawn larger and reduced
MAX_ENLARGEMENT = 8
EDGES = 1.435  # pixels by which an anti-aliased line of OpenCV is wider than asked for
SUBPIXEL_BITS = 4
PRESSURE_STEPS = 6  # points of a line between two independent pressures
MIN_WIDTH = 1.3  # pixels

BLACK, BLUE = (0.12, 0.12, 0.13), (0.13, 0.18, 0.5)
MARKERS = ((0.1, 0.1, 0.12), (0.12, 0.2, 0.55), (0.65, 0.1, 0.14), (0.1, 0.45, 0.25))
COLORS = ((0.75, 0.1, 0.15), (0.1, 0.5, 0.2), (0.15, 0.2, 0.7), (0.8, 0.4, 0.05), (0.45, 0.15, 0.55), (0.05, 0.55, 0.6))
CHALKS = ((0.95, 0.95, 0.93), (0.95, 0.88, 0.5), (0.95, 0.65, 0.7), (0.6, 0.8, 0.95))


@dataclass(frozen=True)
class Pen:
    """A pen.

    Attributes:
        width: Pixels, the mean width of its line.
        color: Of its ink.
        strength: Share of the light that the ink takes where it covers, 0 to 1.
        unevenness: Relative deviation of its line's width and strength.
        graininess: Share of the surface's grain that stays free of ink, 0 to 1.
        opaque: Whether the ink hides the surface, as chalk does, or colors it.
    """

    width: float
    color: Color = (0.0, 0.0, 0.0)
    strength: float = 1.0
    unevenness: float = 0.0
    graininess: float = 0.0
    opaque: bool = False


def ballpoint_or_felt_tip(length: float, random: np.random.Generator) -> Pen:
    """Return a black or blue pen for a digit of `length` pixels."""
    color = BLACK if random.random() < 0.45 else BLUE
    return Pen(
        width=_width(length, 0.035, 0.11, random),
        color=varied(color, random),
        strength=random.uniform(0.75, 1.0),
        unevenness=random.uniform(0.05, 0.2),
        graininess=random.uniform(0.0, 0.25),
    )


def pencil(length: float, random: np.random.Generator) -> Pen:
    """Return a soft to hard pencil for a digit of `length` pixels."""
    return Pen(
        width=_width(length, 0.03, 0.08, random),
        color=(0.3, 0.3, 0.32),
        strength=random.uniform(0.22, 0.65),
        unevenness=random.uniform(0.1, 0.25),
        graininess=random.uniform(0.2, 0.55),
    )


def marker(length: float, random: np.random.Generator) -> Pen:
    """Return a whiteboard marker for a digit of `length` pixels."""
    color = varied(MARKERS[int(random.integers(len(MARKERS)))], random)
    return Pen(_width(length, 0.06, 0.13, random), color, random.uniform(0.75, 1.0), random.uniform(0.05, 0.15))


def colored_pen(length: float, random: np.random.Generator) -> Pen:
    """Return a colored ballpoint or felt-tip pen for a digit of `length` pixels."""
    color = varied(COLORS[int(random.integers(len(COLORS)))], random)
    return Pen(_width(length, 0.04, 0.12, random), color, random.uniform(0.7, 1.0), random.uniform(0.05, 0.2))


def chalk(length: float, random: np.random.Generator) -> Pen:
    """Return chalk for a digit of `length` pixels."""
    color = CHALKS[0] if random.random() < 0.7 else CHALKS[int(random.integers(len(CHALKS)))]
    strength, graininess = random.uniform(0.6, 0.95), random.uniform(0.3, 0.7)
    return Pen(_width(length, 0.05, 0.12, random), color, strength, 0.2, graininess, opaque=True)


def varied(color: Color, random: np.random.Generator) -> Color:
    """Return a color that is a little different."""
    red, green, blue = np.clip(np.array(color) + random.normal(0, 0.03, 3), 0, 1)
    return float(red), float(green), float(blue)


def unit(strokes: Sequence[Stroke]) -> list[Stroke]:
    """Return strokes around the origin, in units of the larger side of their box."""
    points = points_of(strokes)
    center = (points.max(axis=0) + points.min(axis=0)) / 2
    return [(stroke - center) / max(size_of(strokes), 1e-6) for stroke in strokes]


def write(surface: Surface, paths: Sequence[Stroke], pen: Pen, random: np.random.Generator) -> None:
    """Write on a surface, in place.

    Args:
        surface: What to write on.
        paths: Strokes in pixels of the surface; what is outside is cut off.
        pen: What to write with.
        random: Source of randomness.
    """
    shape = surface.shape[0], surface.shape[1]
    cover = trace(shape, paths, pen, random)
    rows, columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
    if not len(rows):
        return
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    cover = cover[box]
    if pen.unevenness:
        cover *= np.clip(1 - pen.unevenness * np.abs(clouds(cover.shape, 0.08, random)), 0, 1)
    if pen.graininess:
        cover *= np.clip(1 - pen.graininess * np.maximum(grain(cover.shape, random), 0), 0, 1)
    cover = pen.strength * cover[..., None]
    ink = np.array(pen.color, np.float32)
    surface[box] = surface[box] * (1 - cover) + cover * (ink if pen.opaque else ink * surface[box])


def contrast(surface: Surface, pen: Pen) -> float:
    """Return the largest share of the light, of any color, by which a pen's line differs from the surface."""
    mean = surface.mean(axis=(0, 1))
    return float(pen.strength * np.abs(mean * (1 - np.array(pen.color))).max())


def trace(shape: Shape, paths: Sequence[Stroke], pen: Pen, random: np.random.Generator) -> Plane:
    """Return how much of each pixel a pen covers, 0 to 1, float32."""
    cover = np.zeros(shape, np.float32)
    points, reach = points_of(paths), 2 * pen.width + 2
    low = np.maximum(np.floor(points.min(axis=0) - reach), 0).astype(int)
    high = np.minimum(np.ceil(points.max(axis=0) + reach), shape[::-1]).astype(int)
    if (high <= low).any():
        return cover
    factor = int(np.clip(np.ceil(MIN_TRACED_WIDTH / pen.width), 1, MAX_ENLARGEMENT))
    size = high - low
    enlarged = np.zeros((size[1] * factor, size[0] * factor), np.uint8)
    for path in paths:
        _trace_line(enlarged, (path - low + 0.5) * factor - 0.5, pen.width * factor, pen.unevenness, random)
    reduced = cv2.resize(enlarged, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA)
    cover[low[1] : high[1], low[0] : high[0]] = reduced.astype(np.float32) / 255
    return cover


def dense(path: Stroke, step: float) -> Stroke:
    """Return a path with points at equal distances of about `step`."""
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    at = np.concatenate([[0.0], np.cumsum(lengths)])
    wanted = np.linspace(0, at[-1], max(2, int(at[-1] / step) + 1))
    return np.stack([np.interp(wanted, at, path[:, axis]) for axis in (0, 1)], axis=1).astype(np.float32)


def _trace_line(canvas: Pixels, path: Stroke, width: float, unevenness: float, random: np.random.Generator) -> None:
    points = dense(path, max(width / 2, 4.0)) if unevenness else path
    fixed = np.rint(points * (1 << SUBPIXEL_BITS)).astype(np.int32)
    if not unevenness:
        line = fixed if len(fixed) > 1 else fixed.repeat(2, axis=0)
        cv2.polylines(canvas, [line[:, None]], False, 255, int(_thickness(width)), cv2.LINE_AA, SUBPIXEL_BITS)
        return
    levels = random.standard_normal(len(points) // PRESSURE_STEPS + 2)
    pressure = np.interp(np.arange(len(points)) / PRESSURE_STEPS, np.arange(len(levels)), levels)
    widths = _thickness(width * (1 + unevenness * np.clip(pressure, -2, 2)))
    for start, end, thickness in zip(fixed, np.vstack([fixed[1:], fixed[-1:]]), widths, strict=True):
        cv2.line(canvas, start.tolist(), end.tolist(), 255, int(thickness), cv2.LINE_AA, SUBPIXEL_BITS)


def _thickness(width: float | NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the thickness, even as OpenCV rounds odd ones up, of lines that are `width` pixels wide."""
    thickness: NDArray[np.int64] = np.maximum(1, 2 * np.rint((np.asarray(width) - EDGES) / 2)).astype(int)
    return thickness


def _width(length: float, thinnest: float, thickest: float, random: np.random.Generator) -> float:
    """Return the width of a pen, pixels, as a share of a digit's length."""
    return max(MIN_WIDTH, length * float(np.exp(random.uniform(np.log(thinnest), np.log(thickest)))))
