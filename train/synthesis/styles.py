"""Digit shapes that are rare in MNIST, made from other drawings or from an outline.

Slashed zero, crossed seven, one with a flag or a base, hooked nine, open four and four of one stroke.
"""

import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from train.data.strokes import Stroke, points_of

Strokes = list[Stroke]

# Polylines in a unit box, y down, which `distort` varies.
OUTLINES: dict[str, list[list[list[tuple[float, float]]]]] = json.loads(
    Path(__file__).with_name("outlines.json").read_bytes()
)["digits"]


def outline(label: str, random: np.random.Generator) -> Strokes:
    """Return an outline of a digit, its corners moved a little and its lines filled with points."""
    chosen = OUTLINES[label][int(random.integers(len(OUTLINES[label])))]
    return [_fill(np.asarray(line) + random.normal(0, 0.03, (len(line), 2))) for line in chosen]


def restyle(label: str, strokes: Sequence[Stroke], random: np.random.Generator) -> Strokes:
    """Return a drawn digit, one of `RESTYLABLE`, with a slash (0), a bar (7) or a hook (9), rare in MNIST."""
    return _RULES[label](list(strokes), random)


def _slash(strokes: Strokes, random: np.random.Generator) -> Strokes:
    points = points_of(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    reach = random.uniform(-0.3, 0.15, 2)  # below 0 the slash extends beyond the zero
    start = [high[0] - reach[0] * (high[0] - low[0]), low[1] + reach[0] * (high[1] - low[1])]
    end = [low[0] + reach[1] * (high[0] - low[0]), high[1] - reach[1] * (high[1] - low[1])]
    if random.random() < 0.1:  # the rarer direction
        start[0], end[0] = end[0], start[0]
    return [*strokes, _fill(np.array([start, end]))]


def _cross(strokes: Strokes, random: np.random.Generator) -> Strokes:
    points = points_of(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    level = low[1] + random.uniform(0.4, 0.62) * size[1]
    near = points[np.argsort(np.abs(points[:, 1] - level))[:3], 0].mean()
    half = random.uniform(0.18, 0.38) * max(size[0], 0.5 * size[1])
    tilt = random.normal(0, 0.05) * size[1]
    return [*strokes, _fill(np.array([[near - half, level + tilt], [near + half, level - tilt]]))]


def _hook(strokes: Strokes, random: np.random.Generator) -> Strokes:
    points = points_of(strokes)
    size = np.ptp(points, axis=0)
    tail = strokes[-1]
    if tail[-1, 1] < points[:, 1].max() - 0.1 * size[1]:  # a hook needs an end at the bottom
        return strokes
    length, drop = random.uniform(0.3, 0.9) * size[0], random.uniform(0.0, 0.15) * size[1]
    angles = np.linspace(0, random.uniform(0.6, 1.0) * np.pi, 8)[1:, None]
    hook = tail[-1] + np.hstack([-length * (1 - np.cos(angles)) / 2, drop * np.sin(angles)])
    return [*strokes[:-1], np.concatenate([tail, hook.astype(np.float32)])]


_RULES: dict[str, Callable[[Strokes, np.random.Generator], Strokes]] = {"0": _slash, "7": _cross, "9": _hook}
RESTYLABLE = frozenset(_RULES)


def _fill(corners: np.ndarray[tuple[int, ...], np.dtype[np.float64]], points: int = 12) -> Stroke:
    """Return corners with points on the lines between them, so that bending makes curves."""
    steps = np.linspace(0, 1, points, endpoint=False)[:, None]
    lines = [start + steps * (end - start) for start, end in itertools.pairwise(corners)]
    return np.concatenate([*lines, corners[-1:]]).astype(np.float32)
