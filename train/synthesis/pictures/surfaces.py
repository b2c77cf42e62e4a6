"""What is written on and what lies around it: paper, boards and desks, as the share of light that they reflect."""

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]  # (height, width)
Surface = NDArray[np.float32]  # (height, width, 3): red, green and blue, 0 to 1
Shape = tuple[int, int]  # height and width in pixels
Color = tuple[float, float, float]

GRAIN_TILE = 512  # pixels: larger surfaces repeat the finest grain, as noise is slow to draw


def paper(shape: Shape, random: np.random.Generator) -> Surface:
    """Return white to gray or yellowish paper with its fibers."""
    brightness = random.uniform(0.7, 0.95)
    tint = np.array([0, random.uniform(-0.015, 0.01), random.uniform(-0.09, 0.03)])
    texture = random.uniform(0.003, 0.015) * grain(shape, random) + random.uniform(0.002, 0.01) * clouds(
        shape, random.uniform(0.01, 0.05), random
    )
    return colored(shape, brightness + tint) + texture[..., None]


def colored_paper(shape: Shape, random: np.random.Generator) -> Surface:
    """Return paper of a pale or strong color."""
    color = random.uniform(0.45, 0.95, 3)
    return colored(shape, color) + np.float32(random.uniform(0.003, 0.015)) * grain(shape, random)[..., None]


def sheet(shape: Shape, random: np.random.Generator) -> Surface:
    """Return paper as a scanner shows it: nearly white and even."""
    return colored(shape, random.uniform(0.88, 1.0) + random.uniform(-0.01, 0.01, 3))


def whiteboard(shape: Shape, random: np.random.Generator) -> Surface:
    """Return a whiteboard with traces of the eraser."""
    tint = random.uniform(-0.04, 0.03, 3)
    smears = clouds(shape, random.uniform(0.05, 0.2), random) * random.uniform(0.0, 0.015)
    return colored(shape, random.uniform(0.75, 0.93) + tint) + smears[..., None]


def blackboard(shape: Shape, random: np.random.Generator) -> Surface:
    """Return a black, green or gray board with traces of chalk."""
    base = random.uniform(0.1, 0.26)
    green = random.uniform(0, 0.1) if random.random() < 0.6 else 0.0
    smears = np.abs(clouds(shape, random.uniform(0.05, 0.25), random)) * random.uniform(0.01, 0.04)
    dust = random.uniform(0.005, 0.02) * grain(shape, random)
    return colored(shape, base + np.array([0, green, green / 2])) + (smears + dust)[..., None]


def dark_desk(shape: Shape, random: np.random.Generator) -> Surface:
    """Return a dark desk of stone, cloth or varnished wood."""
    color = random.uniform(0.05, 0.25) * np.array([1, random.uniform(0.8, 1.05), random.uniform(0.7, 1.2)])
    return _structured(shape, color, random.uniform(0.1, 0.5), random)


def bright_desk(shape: Shape, random: np.random.Generator) -> Surface:
    """Return a desk of unvarnished or painted wood, brighter than a dark desk and darker than the paper."""
    color = random.uniform(0.3, 0.6) * np.array([1, random.uniform(0.7, 0.95), random.uniform(0.4, 0.9)])
    return _structured(shape, color, random.uniform(0.03, 0.15), random)


def colored(shape: Shape, color: NDArray[np.float64]) -> Surface:
    """Return a surface of one color."""
    return np.broadcast_to(color.astype(np.float32), (*shape, 3)).copy()


def grain(shape: Shape, random: np.random.Generator) -> Plane:
    """Return the finest structure of a surface: noise of deviation about 1, correlated over neighboring pixels."""
    tile = random.standard_normal((min(shape[0], GRAIN_TILE), min(shape[1], GRAIN_TILE)), np.float32)
    blurred: Plane = np.asarray(cv2.GaussianBlur(tile, (0, 0), random.uniform(0.5, 1.0)), np.float32)
    repeats = [-(-side // GRAIN_TILE) for side in shape]
    return np.tile(blurred / blurred.std(), repeats)[: shape[0], : shape[1]]


def clouds(shape: Shape, size: float, random: np.random.Generator, *, stretch: float = 1.0) -> Plane:
    """Return smooth noise of deviation about 1.

    Args:
        shape: Height and width, pixels.
        size: Of a cloud, as a share of the larger side.
        random: Source of randomness.
        stretch: How many times wider than high a cloud is.
    """
    cell = max(size * max(shape), 2.0)
    rows, columns = (max(2, round(shape[0] / cell) + 2), max(2, round(shape[1] / (cell * stretch)) + 2))
    coarse = random.standard_normal((rows, columns), np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _structured(shape: Shape, color: NDArray[np.float64], strength: float, random: np.random.Generator) -> Surface:
    """Return a desk whose structure is as strong as a share of its brightness; that of wood runs along it."""
    wooden = random.random() < 0.6
    structure = clouds(shape, 0.01, random, stretch=random.uniform(10, 30) if wooden else 1.0)
    structure += clouds(shape, 0.06, random, stretch=random.uniform(3, 10) if wooden else 1.0)
    if random.random() < 0.5:
        structure = np.asarray(cv2.resize(structure.T, shape[::-1]), np.float32)
    structure += 0.7 * grain(shape, random)
    return colored(shape, color) * np.maximum(0.1, 1 + np.float32(strength) * structure / 2)[..., None]
