"""Random changes to the strokes of a drawing that leave its character the same."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from train.data.strokes import Stroke, points_of, size_of

MAX_ROTATION = np.radians(18)
MAX_SLANT = 0.3  # horizontal shift per unit of height
MAX_STRETCH = 0.25  # natural logarithm of width over height
MAX_WAVE = 0.04  # of the size of the drawing: displacement of low frequency, as hands vary
MAX_JITTER = 0.006  # of the size of the drawing: noise of points, as of a digitizer
SPARSE = 0.25  # share of drawings that lose points, as from a slow browser

Matrix = NDArray[np.float64]


def distort(strokes: Sequence[Stroke], random: np.random.Generator) -> list[Stroke]:
    """Rotate, slant, stretch, bend, jitter and thin out a drawing, in any unit, at random.

    Returns:
        The changed strokes, in units of the larger side of the original's box, around its center.
    """
    points = points_of(strokes)
    size = max(size_of(strokes), 1e-6)
    center = (points.max(axis=0) + points.min(axis=0)) / 2
    matrix = _affine(random)
    phases = random.uniform(0, 2 * np.pi, (2, 2))
    frequencies = random.uniform(0.5, 1.2, (2, 2)) * 2 * np.pi
    amplitude = random.uniform(0, MAX_WAVE)
    jitter = random.uniform(0, MAX_JITTER)
    step = int(random.integers(2, 5)) if random.random() < SPARSE else 1
    result = []
    for stroke in strokes:
        path = (_sparse(stroke, step) - center) / size @ matrix.T
        wave = amplitude * np.sin(path @ frequencies + phases[0]) @ np.array([[0.7, 0.7], [0.7, -0.7]])
        result.append((path + wave + jitter * random.standard_normal(path.shape)).astype(np.float32))
    return result


def _affine(random: np.random.Generator) -> Matrix:
    angle = np.clip(random.normal(0, MAX_ROTATION / 2), -MAX_ROTATION, MAX_ROTATION)
    slant = np.clip(random.normal(0, MAX_SLANT / 2), -MAX_SLANT, MAX_SLANT)
    stretch = np.exp(random.uniform(-MAX_STRETCH, MAX_STRETCH) / 2)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix: Matrix = rotation @ np.array([[1, slant], [0, 1]]) @ np.diag([stretch, 1 / stretch])
    return matrix


def _sparse(stroke: Stroke, step: int) -> Stroke:
    if step == 1 or len(stroke) < 4 * step:
        return stroke
    return np.concatenate([stroke[:-1:step], stroke[-1:]])
