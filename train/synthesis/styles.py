"""Styles of writing, put on real drawings: slashes, bars, tails, flags and bases, and mixtures of two drawings."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from train.data.strokes import Stroke, points_of
from train.synthesis.digit_templates import ANY_SLASH
from train.synthesis.templates import Points, curve, line

Strokes = list[Stroke]
Paths = NDArray[np.float64]  # (strokes, points, 2)

MORPH_POINTS = 24  # of each stroke
ALIKE = 0.2  # mean distance of the points of two drawings of one style, in heights
PLAIN_WIDTH = 0.45  # of a 1, in heights: a wider one has a flag or a base already


def restyle(label: str, strokes: Sequence[Stroke], random: np.random.Generator) -> Strokes:
    """Return a drawn digit, one of `RESTYLABLE`, with a slash (0), a flag or a base (1), a bar (7) or a tail (9)."""
    return _RULES[label](list(strokes), random)


def morph(first: Sequence[Stroke], second: Sequence[Stroke], random: np.random.Generator) -> Strokes:
    """Return a drawing between two of one character, in heights of the first.

    The first is returned as it is if the two are not written alike, stroke by stroke.
    """
    if len(first) != len(second):
        return list(first)
    a, b = (_resampled(strokes) for strokes in (first, second))
    if np.linalg.norm(a - b, axis=2).mean() > ALIKE:
        return list(first)
    share = random.uniform(0.25, 0.75)
    return list((share * a + (1 - share) * b).astype(np.float32))


def _resampled(strokes: Sequence[Stroke]) -> Paths:
    """Return the strokes as (n, MORPH_POINTS, 2), evenly along each, of height 1 and around their center."""
    points = points_of(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    resampled = []
    for stroke in strokes:
        lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(stroke, axis=0), axis=1))])
        at = np.linspace(0, lengths[-1], MORPH_POINTS)
        resampled.append(np.stack([np.interp(at, lengths, stroke[:, axis]) for axis in (0, 1)], axis=1))
    centered: Paths = (np.stack(resampled) - (low + high) / 2) / max(float(high[1] - low[1]), 1e-6)
    return centered


def _slash(strokes: Strokes, random: np.random.Generator) -> Strokes:
    low, size = _box(strokes)
    angle = random.uniform(*ANY_SLASH) if random.random() < 0.9 else random.uniform(90, 150)
    reach = float(np.hypot(*size * [np.cos(np.radians(angle)), np.sin(np.radians(angle))]))
    x, y = low + size * random.uniform(0.4, 0.6, 2)
    return [*strokes, curve(line(x, y, reach * random.uniform(0.6, 1.7), angle))]


def _flag(strokes: Strokes, random: np.random.Generator) -> Strokes:
    _, size = _box(strokes)
    if len(strokes) > 1 or size[0] > PLAIN_WIDTH * size[1]:
        return strokes
    stem = strokes[0] if strokes[0][0, 1] < strokes[0][-1, 1] else strokes[0][::-1]
    result = [stem]
    if random.random() < 0.75:
        length, steep = random.uniform(0.1, 0.5) * size[1], random.uniform(0.6, 1.6)
        start = stem[0] + np.array([-length, length * steep * 0.9])
        result = [np.concatenate([curve([start, stem[0], stem[0]]), stem]).astype(np.float32)]
    if random.random() < 0.5:
        left, right = random.uniform(0.1, 0.38, 2) * size[1]
        rise = random.normal(0, 0.03) * size[1]
        result.append(curve([stem[-1] + [-left, rise], stem[-1] + [right, -rise]]))
    return result


def _cross(strokes: Strokes, random: np.random.Generator) -> Strokes:
    low, size = _box(strokes)
    points = points_of(strokes)
    level = low[1] + random.uniform(0.28, 0.76) * size[1]
    near = points[np.argsort(np.abs(points[:, 1] - level))[:3], 0].mean()
    half = random.uniform(0.15, 0.38) * max(size[0], 0.5 * size[1])
    tilt = half * random.uniform(-0.4, 0.6)
    return [*strokes, curve([(near - half, level + tilt), (near + half, level - tilt)])]


def _tail(strokes: Strokes, random: np.random.Generator) -> Strokes:
    low, size = _box(strokes)
    last = strokes[-1]
    if last[-1, 1] < low[1] + 0.9 * size[1]:  # a tail needs an end at the bottom
        return strokes
    length, drop = random.uniform(0.3, 0.9) * size[0], random.uniform(0.0, 0.15) * size[1]
    side = -1 if random.random() < 0.75 else 0.6
    angles = np.linspace(0, random.uniform(0.6, 1.0) * np.pi, 8)[1:, None]
    tail = last[-1] + np.hstack([side * length * (1 - np.cos(angles)) / 2, drop * np.sin(angles)])
    return [*strokes[:-1], np.concatenate([last, tail.astype(np.float32)])]


_RULES: dict[str, Callable[[Strokes, np.random.Generator], Strokes]] = {
    "0": _slash,
    "1": _flag,
    "7": _cross,
    "9": _tail,
}
RESTYLABLE = frozenset(_RULES)


def _box(strokes: Strokes) -> tuple[Points, Points]:
    """Return the top left corner and the size of the box of strokes."""
    points = points_of(strokes).astype(np.float64)
    return points.min(axis=0), np.ptp(points, axis=0)
