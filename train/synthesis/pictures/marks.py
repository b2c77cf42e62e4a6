"""What people draw around and under a digit: boxes, circles and lines, as strokes.

Digits are around the origin, in units of the larger side of their box.
"""

from collections.abc import Sequence

import numpy as np

from train.data.strokes import Stroke, points_of

CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], np.float32)


def box_around(digit: Sequence[Stroke], random: np.random.Generator) -> Stroke:
    """Return a box drawn around a digit with a ruler or, less straight, by hand."""
    low, high = points_of(digit).min(axis=0), points_of(digit).max(axis=0)
    reach = (high - low) / 2 + random.uniform(0.15, 0.6, 2)
    if random.random() < 0.5:  # a square
        reach[:] = reach.max()
    corners = CORNERS * reach + (high + low) / 2 + random.normal(0, 0.04, 2)
    if random.random() < 0.5:
        return np.asarray(corners, np.float32)
    corners += random.normal(0, 0.02, corners.shape)
    at = np.linspace(0, 4, 60)
    path = np.stack([np.interp(at, range(5), corners[:, axis]) for axis in (0, 1)], axis=1)
    return np.asarray(path + 0.012 * _waves(at, random), np.float32)


def circle_around(digit: Sequence[Stroke], clearance: float, random: np.random.Generator) -> Stroke:
    """Return a circle or oval drawn around a digit, exactly or by hand.

    Args:
        digit: The digit.
        clearance: The smallest distance of the circle from the digit.
        random: Source of randomness.
    """
    points = points_of(digit)
    center = (points.max(axis=0) + points.min(axis=0)) / 2
    oval = np.array([random.uniform(0.8, 1.0), 1.0]) if random.random() < 0.5 else np.ones(2)
    exact = random.random() < 0.5
    wave = 0.0 if exact else 0.03
    radius = np.linalg.norm((points - center) / oval, axis=1).max() * (1 + 2 * wave) + clearance / oval.min()
    turn = 1.0 if exact else random.uniform(0.97, 1.08)  # not closed, or past its start
    angles = random.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi * turn, 90)
    radii = radius * (1 + wave * _waves(angles / 2, random)[:, 0])
    circle = radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1) * oval + center
    return np.asarray(circle, np.float32)


def line_under(digit: Sequence[Stroke], distance: float, random: np.random.Generator) -> Stroke:
    """Return a line drawn under a digit, at a distance from its lowest point."""
    low, high = points_of(digit).min(axis=0), points_of(digit).max(axis=0)
    half = max((high[0] - low[0]) * random.uniform(0.45, 0.9), 0.25)
    tilt, middle = random.normal(0, 0.02), (low[0] + high[0]) / 2 + random.normal(0, 0.05)
    x = np.linspace(-half, half, 20)
    y = high[1] + max(distance, 0.0) + abs(tilt) * half + tilt * x
    if distance <= 0:
        y = high[1] + distance + tilt * x
    return np.stack([x + middle, y], axis=1).astype(np.float32)


def _waves(at: np.ndarray[tuple[int, ...], np.dtype[np.float64]], random: np.random.Generator) -> Stroke:
    """Return (n, 2) smooth values of about −1 to 1 along a line."""
    phases = random.uniform(0, 2 * np.pi, 4)
    return np.stack(
        [np.sin(2 * at + phases[axis]) * 0.6 + np.sin(5 * at + phases[axis + 2]) * 0.4 for axis in (0, 1)], axis=1
    ).astype(np.float32)
