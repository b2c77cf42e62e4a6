"""Ink for the tests of segmentation: strokes, frames, boxes, circles and lines on a canvas of 280 by 280."""

import cv2
import numpy as np

from handler.preprocessing.pixels import Pixels

SEVEN = [(100, 70), (180, 70), (130, 210)]
FIVE = [[(120, 80), (116, 130), (160, 140), (165, 180), (118, 200)], [(134, 62), (178, 58)]]


def ink(*lines: list[tuple[int, int]], pen: int = 12) -> Pixels:
    """Draw polylines, white on black."""
    canvas = np.zeros((280, 280), np.uint8)
    for line in lines:
        cv2.polylines(canvas, [np.array(line, np.int32)], False, 255, pen, cv2.LINE_AA)
    return canvas


def circle(radius: int, pen: int = 8, height: int | None = None) -> Pixels:
    canvas = np.zeros((280, 280), np.uint8)
    cv2.ellipse(canvas, (140, 140), (radius, height or radius), 0, 0, 360, 255, pen, cv2.LINE_AA)
    return canvas


def frame(width: int) -> Pixels:
    canvas = np.full((280, 280), 255, np.uint8)
    canvas[width:-width, width:-width] = 0
    return canvas
