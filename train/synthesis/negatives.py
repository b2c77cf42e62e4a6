"""Drawings that are not a digit: symbols, scribbles, two digits, taps, and digits of which part is drawn."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from train.data.strokes import Drawing, Stroke, points_of, size_of

Strokes = list[Stroke]

OUTLINES_FILE = Path(__file__).with_name("outlines.json")

PAGE_PENS = (6, 28)  # pixels on a canvas of 280, the thinnest and the thickest pen of the page

# Letters that commonly have the shape of a digit, so that no model can reject them.
LOOK_ALIKES = frozenset("OoIlZzSsBbqgDi")

# Polylines in a unit box, y down.
SYMBOLS: list[list[list[tuple[float, float]]]] = list(json.loads(OUTLINES_FILE.read_bytes())["symbols"].values())


def symbol(random: np.random.Generator) -> Strokes:
    """Return a symbol in about a unit box, its corners moved and its lines bent at random."""
    chosen = SYMBOLS[int(random.integers(len(SYMBOLS)))]
    return [_wobble(np.asarray(line) + random.normal(0, 0.04, (len(line), 2)), random) for line in chosen]


def scribble(random: np.random.Generator) -> Strokes:
    """Return one to three random walks with momentum, in steps of about 1."""
    strokes = []
    for _ in range(int(random.integers(1, 4))):
        turns = random.normal(0, random.uniform(0.3, 1.5), int(random.integers(25, 160)))
        heading = np.cumsum(turns * 0.5) + random.uniform(0, 2 * np.pi)
        steps = np.stack([np.cos(heading), np.sin(heading)], axis=1) * random.uniform(0.5, 1.5, (len(turns), 1))
        strokes.append((np.cumsum(steps, axis=0) + random.normal(0, 8, 2)).astype(np.float32))
    return strokes


def tap(random: np.random.Generator) -> Strokes:
    """Return a stray touch: up to three points at most about a pen apart; the unit is the width of the pen."""
    points = random.normal(0, random.uniform(0, 0.35), (int(random.integers(1, 4)), 2)).astype(np.float32)
    return [points]


def taps(count: int, random: np.random.Generator) -> list[tuple[Strokes, dict[str, Any]]]:
    """Return the strokes of stray touches, each with the `length` and `pen`, pixels, to draw it with on the page."""
    drawn = [tap(random) for _ in range(count)]
    pens = random.uniform(*PAGE_PENS, count)
    return [(strokes, {"length": size_of(strokes) * pen, "pen": pen}) for strokes, pen in zip(drawn, pens, strict=True)]


def two_digits(left: Drawing, right: Drawing, random: np.random.Generator) -> Strokes:
    """Return two drawings side by side, each of unit size."""
    a, b = _unit_height(left.strokes), _unit_height(right.strokes)
    gap = random.uniform(0.08, 0.4)
    shift = points_of(a)[:, 0].max() + gap - points_of(b)[:, 0].min()
    offset = np.array([shift, random.normal(0, 0.06)], np.float32)
    return [*a, *(stroke + offset for stroke in b)]


def partial(strokes: Sequence[Stroke], share: float) -> Strokes:
    """Return what is drawn when `share`, 0 to 1, of the length of all strokes is drawn."""
    lengths = [np.linalg.norm(np.diff(stroke, axis=0), axis=1) for stroke in strokes]
    left = share * float(sum(length.sum() for length in lengths))
    drawn: Strokes = []
    for stroke, length in zip(strokes, lengths, strict=True):
        count = int(np.searchsorted(np.cumsum(length), left)) + 1
        drawn.append(stroke[: count + 1])
        left -= float(length.sum())
        if left <= 0:
            break
    return drawn


def _unit_height(strokes: Sequence[Stroke]) -> Strokes:
    points = points_of(strokes)
    return [(stroke - points.min(axis=0)) / max(size_of(strokes), 1e-6) for stroke in strokes]


def _wobble(corners: np.ndarray[tuple[int, ...], np.dtype[np.float64]], random: np.random.Generator) -> Stroke:
    if len(corners) == 1:
        return corners.astype(np.float32)
    at = np.linspace(0, len(corners) - 1, 12 * len(corners))
    path = np.stack([np.interp(at, np.arange(len(corners)), corners[:, axis]) for axis in (0, 1)], axis=1)
    bend = random.normal(0, 0.02, 2) * np.sin(at[:, None] * random.uniform(0.5, 2))
    return (path + bend).astype(np.float32)
