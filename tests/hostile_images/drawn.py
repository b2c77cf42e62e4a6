"""Drawings in which the search for digits finds the most to do; each function returns (side, side) uint8 pixels."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from handler.preprocessing import Pixels

MARGIN = 8


def paper(side: int) -> Pixels:
    """Return white paper."""
    return np.full((side, side), 255, np.uint8)


def ruled(side: int) -> Pixels:
    """Return lines from edge to edge: each may be many digits that touch."""
    pixels = paper(side)
    pixels[5::6] = 0
    return pixels


def slanted(side: int) -> Pixels:
    """Return a grid that is a little askew: one component, with more lines than are removed."""
    pixels = paper(side)
    for start in range(-side, side, 9):
        cv2.line(pixels, (0, start), (side, start + side // 20), 0)
        cv2.line(pixels, (start, 0), (start + side // 20, side), 0)
    return pixels


def shaded(side: int) -> Pixels:
    """Return the same grid on paper that is darker at one side."""
    return (slanted(side) * np.linspace(0.4, 0.8, side)).astype(np.uint8) + np.uint8(10)


def dotted(side: int) -> Pixels:
    """Return as many dots as there is place for."""
    pixels = paper(side)
    pixels[MARGIN:-MARGIN:2, MARGIN:-MARGIN:2] = 0
    return pixels


def nested(side: int) -> Pixels:
    """Return boxes in boxes."""
    pixels = paper(side)
    for margin in range(4, side // 2, 6):
        cv2.rectangle(pixels, (margin, margin), (side - margin, side - margin), 0, 2)
    return pixels


def spiral(side: int) -> Pixels:
    """Return one line as long as there is place for."""
    pixels = paper(side)
    turns = np.linspace(0, side / 12, 40 * side)
    angles = 2 * np.pi * turns
    points = side / 2 + 6 * turns[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    cv2.polylines(pixels, [points.astype(np.int32)], False, 0, 2)
    return pixels


def noisy(side: int) -> Pixels:
    """Return specks at random, up to the edges."""
    return np.where(np.random.default_rng(1).random((side, side)) < 0.3, 0, 255).astype(np.uint8)


DRAWN: Mapping[str, Callable[[int], Pixels]] = {
    drawn.__name__: drawn for drawn in (ruled, slanted, shaded, dotted, nested, spiral, noisy)
}
