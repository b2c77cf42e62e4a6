"""Digits that are digits no more: struck out, overwritten, mirrored, turned over or cut off."""

import itertools
from collections.abc import Sequence

import numpy as np

from train.data.strokes import Drawing, Stroke, points_of
from train.synthesis.negatives import unit_size
from train.synthesis.templates import curve, line

Strokes = list[Stroke]

MIRRORED = frozenset("34679")  # no digits in a mirror; a mirrored 2 is nearly a 5
UPSIDE_DOWN = frozenset("347")
# A line makes a slashed 0, a 1 that is a cross or a 7, and a crossed 7.
NOT_STRUCK_OUT_BY_ONE_LINE = frozenset("017")


def spoiled(first: Drawing, second: Drawing, random: np.random.Generator) -> Strokes:
    """Return a digit that is struck out, turned, or written over with the second one, in about a unit box."""
    kind = random.random()
    if kind < 0.7:
        return strike_out(first, random)
    if kind < 0.85 and first.label in MIRRORED | UPSIDE_DOWN:
        return turn(first)
    return overwrite(first, second, random)


def strike_out(drawing: Drawing, random: np.random.Generator) -> Strokes:
    """Return a digit under a line, two lines, an X or a zigzag, in about a unit box."""
    strokes = unit_size(drawing.strokes)
    width, height = points_of(strokes).max(axis=0)
    x, y = width / 2 + random.normal(0, 0.04), height * random.uniform(0.38, 0.62)
    level = random.normal(0, 12)
    reach = max(width, 0.45) * random.uniform(1.15, 1.8)
    diagonal = float(np.hypot(width, height)) * random.uniform(0.8, 1.3)
    steep = float(np.clip(np.degrees(np.arctan2(height, width)) + random.normal(0, 10), 25, 75))
    side = random.choice([-1, 1])
    kinds = {
        "level": [line(x, y, reach, level)],
        "slanted": [line(x, y, diagonal, side * steep)],
        "cross": [line(x, y, diagonal, steep), line(x + random.normal(0, 0.04), y, diagonal, -steep)],
        "double": [line(x, y - 0.08, reach, level), line(x, y + 0.08, reach, level)],
        "zigzag": [[
            (x + (k % 2 - 0.5) * reach + random.normal(0, 0.06), (k + 0.5) / 7 * height) for k in range(7)
        ]],
    }  # fmt: skip
    shares = {"level": 0.3, "slanted": 0.2, "cross": 0.3, "double": 0.08, "zigzag": 0.12}
    if drawing.label in NOT_STRUCK_OUT_BY_ONE_LINE:
        del kinds["level"], kinds["slanted"]
    names = list(kinds)
    weights = np.array([shares[name] for name in names])
    name = names[int(random.choice(len(names), p=weights / weights.sum()))]
    return [*strokes, *(_pulled(points, random) for points in kinds[name])]


def turn(drawing: Drawing) -> Strokes:
    """Return a digit of `MIRRORED` in a mirror, or one of `UPSIDE_DOWN` alone upside down."""
    mirror = np.array([-1, 1] if drawing.label in MIRRORED else [-1, -1], np.float32)
    return [stroke * mirror for stroke in drawing.strokes]


def overwrite(first: Drawing, second: Drawing, random: np.random.Generator) -> Strokes:
    """Return two digits over each other, each of about unit size; equal ones are far enough apart to be two."""
    a, b = unit_size(first.strokes), unit_size(second.strokes)
    center = (points_of(a).max(axis=0) - points_of(b).max(axis=0)) / 2
    apart = np.array([random.choice([-1, 1]) * random.uniform(0.15, 0.35), random.normal(0, 0.1)])
    offset = center + (apart if first.label == second.label else random.normal(0, 0.06, 2))
    return [*a, *((stroke + offset).astype(np.float32) for stroke in b)]


def cut_off(strokes: Sequence[Stroke], share: float, random: np.random.Generator) -> Strokes:
    """Return the part of a drawing on one side of a straight edge, which leaves `share`, 0 to 1, of its points.

    Args:
        strokes: The drawing; its points should lie about evenly.
        share: How much is left.
        random: Draws the side; mostly an edge of the paper, level or upright.
    """
    quarter = np.pi / 2 * random.integers(4) + random.normal(0, 0.15)
    direction = np.array([np.cos(quarter), np.sin(quarter)])
    limit = np.quantile(points_of(strokes) @ direction, share)
    left: Strokes = []
    for stroke in strokes:
        kept = stroke @ direction <= limit
        edges = np.flatnonzero(np.diff(kept)) + 1
        parts = np.split(stroke, edges)
        flags = np.split(kept, edges)
        left += [part for part, flag in zip(parts, flags, strict=True) if flag[0] and len(part) > 1]
    return left or [strokes[0]]


def _pulled(points: Sequence[tuple[float, float]], random: np.random.Generator) -> Stroke:
    """Return a stroke through points, a little bent."""
    between = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in itertools.pairwise(points)]
    bent = np.array([point for pair in zip(points[:-1], between, strict=True) for point in pair] + [points[-1]])
    bent[1:-1] += random.normal(0, 0.015, bent[1:-1].shape)
    return curve(bent, random.uniform(0.3, 1.0))
