"""Ink → its connected components, the largest of them: noise has a hundred thousand."""

from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box

MAX_COMPONENTS = 256  # the largest by area; the others are dropped
FAINT = 1 / 8  # of the strongest ink; fainter pixels join no components

Labels = NDArray[np.int32]


class Component(NamedTuple):
    """Ink that is connected, diagonals included.

    Attributes:
        label: Its pixels' number in the labels.
        box: Where it is, in pixels of the ink.
        area: Pixels.
    """

    label: int
    box: Box
    area: int


def find_components(ink: Pixels) -> tuple[Labels, list[Component]]:
    """Find the components of ink, (height, width) uint8, 0 = background, as `components_of` does."""
    return components_of((ink > FAINT * int(ink.max())).view(np.uint8))


def components_of(mask: Pixels) -> tuple[Labels, list[Component]]:
    """Find the components of ink.

    Args:
        mask: (height, width) uint8, 0 is background.

    Returns:
        (height, width) int32 labels, 0 where there is no ink; and the components, at most `MAX_COMPONENTS`, the largest
        first. Labels of components that are not among them remain.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind="stable")[:MAX_COMPONENTS] + 1
    components = [
        Component(label, Box(left, top, width, height), area)
        for label, (left, top, width, height, area) in zip(order.tolist(), stats[order].tolist(), strict=True)
    ]
    return np.asarray(labels, np.int32), components


def pixels_of(labels: Labels, components: Iterable[Component]) -> Pixels:
    """Return where components are, (height, width) uint8, 1 or 0, by the labels that they were found with."""
    belongs = np.zeros(int(labels.max()) + 1, np.uint8)
    belongs[[component.label for component in components]] = 1
    return belongs[labels]
