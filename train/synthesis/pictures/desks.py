"""Paper that lies on a desk, a little turned, so that a picture's sides show the desk."""

import cv2
import numpy as np
from numpy.typing import NDArray

from train.synthesis.pictures.surfaces import Plane, Shape, Surface, paper

MAX_TURN = 0.14  # radians
VISIBLE = (0.05, 0.3)  # of the picture: how far a visible side of the paper is from the picture's side
HIDDEN = 0.5  # of the picture: how far the paper extends beyond the other sides
SUBPIXEL_BITS = 4

Part = tuple[float, float, float, float]  # left, top, right and bottom in pixels


def paper_on(desk: Surface, random: np.random.Generator) -> tuple[Surface, Part]:
    """Lay paper on a desk.

    Args:
        desk: What the picture shows where there is no paper.
        random: Source of randomness.

    Returns:
        The surface, and a part of it that is paper in every corner.
    """
    shape = desk.shape[0], desk.shape[1]
    corners = _corners(shape, random)
    cover = np.zeros(shape, np.uint8)
    fixed = np.rint(corners * (1 << SUBPIXEL_BITS)).astype(np.int32)
    cv2.fillPoly(cover, [fixed], 255, cv2.LINE_AA, SUBPIXEL_BITS)
    surface = desk * _contact_shadow(cover, random)[..., None]
    share = (cover.astype(np.float32) / 255)[..., None]
    surface += share * (paper(shape, random) - surface)
    return surface, _inner(corners, shape)


def _corners(shape: Shape, random: np.random.Generator) -> NDArray[np.float64]:
    """Return the (4, 2) corners of the paper, clockwise from the top left, in pixels."""
    size = np.array(shape[::-1], float)
    shown = np.zeros(4, bool)  # left, top, right, bottom
    shown[random.permutation(4)[: int(random.integers(1, 5))]] = True
    away = np.where(shown, random.uniform(*VISIBLE, 4), -HIDDEN)
    low, high = away[:2] * size, (1 - away[2:]) * size
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    corners += random.normal(0, 0.012, (4, 2)) * size  # seen from the side
    angle = random.uniform(-MAX_TURN, MAX_TURN)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned: NDArray[np.float64] = (corners - size / 2) @ turn + size / 2
    return turned


def _contact_shadow(cover: NDArray[np.uint8], random: np.random.Generator) -> Plane:
    """Return the light that the paper leaves to the desk at its sides."""
    width = 0.006 * max(cover.shape)
    offset = np.array([[1, 0, random.normal(0, width)], [0, 1, random.normal(0, width)]])
    moved = cv2.warpAffine(cover, offset, cover.shape[::-1])
    blurred = cv2.GaussianBlur(moved, (0, 0), width).astype(np.float32) / 255
    return np.asarray(1 - random.uniform(0, 0.6) * blurred, np.float32)


def _inner(corners: NDArray[np.float64], shape: Shape) -> Part:
    left = max(corners[0, 0], corners[3, 0], 0)
    top = max(corners[0, 1], corners[1, 1], 0)
    right = min(corners[1, 0], corners[2, 0], shape[1])
    bottom = min(corners[2, 1], corners[3, 1], shape[0])
    return float(left), float(top), float(right), float(bottom)
