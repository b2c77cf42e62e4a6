"""Templates of characters: strokes through control points, which depend on parameters that have names and ranges."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from train.data.strokes import Stroke

Point = tuple[float, float]
Points = NDArray[np.float64]  # (n, 2): x to the right, y down

STEPS = 8  # points of a curve between two control points


@dataclass(frozen=True)
class Template:
    """One way to write a character.

    Attributes:
        strokes: Takes a value of each parameter and returns the control points of each stroke, in about a unit box. Two
            equal points in a row are a corner; a stroke of one point is a dot.
        ranges: The least and the greatest value of each parameter.
        weight: How common it is among the templates of its character.
        turns: Whether it means the same at any angle.
    """

    strokes: Callable[..., Sequence[Sequence[Point]]]
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    weight: float = 1.0
    turns: bool = False

    def parameters(self, random: np.random.Generator) -> dict[str, float]:
        """Return a value of each parameter, uniform in its range."""
        return {name: float(random.uniform(*limits)) for name, limits in self.ranges.items()}

    def varied(self, values: dict[str, float], share: float, random: np.random.Generator) -> dict[str, float]:
        """Return values changed by up to a share of their range, kept within it."""
        changed = {}
        for name, (low, high) in self.ranges.items():
            moved = values[name] + random.uniform(-share, share) * (high - low)
            changed[name] = float(np.clip(moved, low, high))
        return changed


def choose(templates: Sequence[Template], random: np.random.Generator) -> Template:
    """Return one of the templates at random, by weight."""
    weights = np.cumsum([template.weight for template in templates])
    return templates[int(np.searchsorted(weights, random.random() * weights[-1], side="right"))]


def arc(x: float, y: float, width: float, height: float, start: float, turn: float) -> list[Point]:
    """Return points on an ellipse.

    Args:
        x: Of its center.
        y: Of its center.
        width: Its radius along x.
        height: Its radius along y.
        start: Degrees, where it begins: 0 is right, 90 is down.
        turn: Degrees, how far it goes; over 0 is clockwise.
    """
    angles = np.radians(start + np.linspace(0, turn, max(3, round(abs(turn) / 40) + 1)))
    return list(zip(x + width * np.cos(angles), y + height * np.sin(angles), strict=True))


def line(x: float, y: float, length: float, angle: float) -> list[Point]:
    """Return the two ends of a line with its middle at x, y; the angle, degrees, is 0 if level, and rises with it."""
    dx, dy = length / 2 * np.cos(np.radians(angle)), length / 2 * np.sin(np.radians(angle))
    return [(x - dx, y + dy), (x + dx, y - dy)]


def curve(points: Sequence[Point] | Points, roundness: float = 1.0) -> Stroke:
    """Return a stroke through control points: straight lines at roundness 0, a Catmull-Rom spline at 1."""
    corners = np.asarray(points, np.float64)
    if len(corners) == 1:
        return corners.astype(np.float32)
    padded = np.concatenate([corners[:1], corners, corners[-1:]])
    slopes = roundness * (padded[2:] - padded[:-2]) / 2
    moves = np.flatnonzero((np.diff(corners, axis=0) != 0).any(axis=1))
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    start, end = corners[moves, None], corners[moves + 1, None]
    first, last = slopes[moves, None], slopes[moves + 1, None]
    path = (
        start * (2 * t**3 - 3 * t**2 + 1)
        + first * (t**3 - 2 * t**2 + t)
        + end * (3 * t**2 - 2 * t**3)
        + last * (t**3 - t**2)
    )
    return np.concatenate([path.reshape(-1, 2), corners[-1:]]).astype(np.float32)


def smooth(stroke: Stroke, reach: float) -> Stroke:
    """Round the corners of a stroke, as speed does; `reach` is in units of the stroke, and the ends stay."""
    if len(stroke) < 3 or reach <= 0:
        return stroke
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(stroke, axis=0), axis=1))])
    at = np.linspace(0, lengths[-1], max(8, min(128, int(4 * lengths[-1] / reach))))
    even = np.stack([np.interp(at, lengths, stroke[:, axis]) for axis in (0, 1)], axis=1)
    deviation = reach / max(at[1], 1e-6)
    offsets = np.arange(-int(3 * deviation) - 1, int(3 * deviation) + 2)
    kernel = np.exp(-((offsets / deviation) ** 2) / 2)
    far = len(offsets) // 2
    # Reflected through the end points, so that these stay where they are.
    before, after = 2 * even[0] - even[far:0:-1], 2 * even[-1] - even[-2 : -far - 2 : -1]
    if len(before) < far or len(after) < far:
        return stroke
    long = np.concatenate([before, even, after])
    rounded = [np.convolve(long[:, axis], kernel / kernel.sum(), mode="valid") for axis in (0, 1)]
    return np.stack(rounded, axis=1).astype(np.float32)
