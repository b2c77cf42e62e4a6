"""Pixels → ink, where the background is not plain: its light varies, has edges, and lies beside other things."""

import functools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.errors import BlankImage
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.filling import NARROW, closed, filled_backgrounds
from handler.preprocessing.segmentation.noise import local_noise
from handler.preprocessing.segmentation.paper import find_paper
from handler.preprocessing.segmentation.polarity import as_dark_on_light

MIN_LIGHT = 96  # gray levels; on a darker background the differences do not grow in relation to it
MIN_CONTRAST = 16  # of 255, ink against its background; a picture with no more is blank
STRONG = 10.0  # times the local noise: where ink begins to be found
WEAK = 4.5  # times the local noise: as far as ink that was found reaches
FAINT = 1 / 4  # of the typical contrast of the ink; the ringing of JPEG and WebP around strokes stays below it
# Ink has edges, unlike the reflection of a lamp: over so many pixels, its contrast rises by this share of it.
EDGE = 5
SHARPNESS = 0.3
RISE_OF_NOISE = 4.5  # times the local noise: between neighboring pixels, without any edge

# Ink is darker than what is on every side of it; what is left of the edge of a shadow has the shadow on one side.
NEAR = 11  # pixels, the window in which the sides are compared
LIGHTER = 0.4  # of the contrast near it, by which a side is lighter than the darkest pixel; one that is not is open
MAX_OPEN = 0.3  # of the outline of ink
MOSTLY_STRONG = 0.12  # of the pixels of a region: if more are strong it is ink, which lines of the paper may join
MIN_STRONG = 0.02  # of the pixels of the strongest region; of the edges of light, fewer are strong

SPECK = 1 / 36  # of the longer side; a picture with nothing larger is blank
AT_EDGE = 1 / 64  # of the longer side; what is only so near an edge of the picture or paper is not ink

SHARP = 64  # pixels, the shorter side; of a smaller picture the noise is not smoothed, as its strokes are thin
TYPICAL = 90  # percentile of the contrast of what is strong

_SQUARE = np.ones((3, 3), np.uint8)
_NEAR_STRONG = np.ones((7, 7), np.uint8)


def find_local_ink(pixels: Pixels, *, dark: bool = False) -> Pixels:
    """Separate ink from a background whose light varies.

    Args:
        pixels: (height, width) or (channels, height, width) uint8, 0 to 255.
        dark: Whether only dark ink is looked for.

    Returns:
        (height, width) uint8: 0 is background, larger values are stronger ink, relative to the light on it.

    Raises:
        BlankImage: Nothing stands out from the background.
    """
    planes = list(pixels) if pixels.ndim == 3 else [pixels]
    if min(pixels.shape[-2:]) >= SHARP:
        planes = [cv2.GaussianBlur(plane, (3, 3), 0) for plane in planes]
    paper = find_paper(planes)
    if paper is None or not paper.any():  # of a very thin picture nothing may be left
        return _find(planes, None, dark=dark)
    left, top, width, height = cv2.boundingRect(paper)
    box = slice(top, top + height), slice(left, left + width)
    ink = np.zeros_like(planes[0])
    ink[box] = _find([plane[box] for plane in planes], paper[box] == 0, dark=dark)
    return ink


def _find(planes: list[Pixels], outside: NDArray[np.bool_] | None, *, dark: bool) -> Pixels:
    """Find the ink on paper that fills the planes but for what is outside of it."""
    if outside is not None:
        planes = [np.where(outside, np.uint8(np.median(plane[~outside])), plane) for plane in planes]
    planes = planes if dark else as_dark_on_light(planes)
    if outside is not None:
        planes = [np.where(outside, np.uint8(0), plane) for plane in planes]
    contrast, light = _contrast(planes)
    if outside is not None:
        contrast[outside] = np.median(contrast[~outside])
    # Noise is about the same number of gray levels in a shadow as beside it.
    fall = np.asarray(cv2.multiply(contrast, light, scale=1 / 255), np.uint8)
    level, noise = (field * (255 / light.astype(np.float32)) for field in local_noise(fall))
    above = contrast - level
    rise = cv2.morphologyEx(contrast, cv2.MORPH_GRADIENT, np.ones((EDGE, EDGE), np.uint8))
    strong = above > np.maximum(STRONG * noise, MIN_CONTRAST)
    strong &= ~_at_edge(contrast.shape, outside)
    strong &= rise > SHARPNESS * _peak_near(contrast) + RISE_OF_NOISE * noise
    if not strong.any():
        raise BlankImage
    typical = float(np.percentile(above[strong], TYPICAL))
    faint = FAINT * typical
    strong &= above > faint
    kept = _connected(above > np.maximum(WEAK * noise, faint), strong, _open_sides(planes, fall))
    around = cv2.dilate(kept.view(np.uint8), _SQUARE)
    ink = np.clip(above * (255 / typical), 0, 255) * around
    return np.asarray(ink, np.uint8)


def _contrast(planes: Sequence[Pixels]) -> tuple[Pixels, Pixels]:
    """Return how much darker than its background each pixel is, in any plane, 0 as light, 255 black; and its light."""
    contrasts, lights = [], []
    for plane, filled in zip(planes, filled_backgrounds(planes), strict=True):
        background = np.maximum(closed(plane, NARROW), cv2.resize(filled, plane.shape[::-1]))
        fall = cv2.subtract(background, plane)
        lights.append(np.maximum(background, np.uint8(MIN_LIGHT)))
        contrasts.append(cv2.divide(fall, lights[-1], scale=255))
    contrast, light = (functools.reduce(np.maximum, fields) for fields in (contrasts, lights))
    return np.asarray(contrast, np.uint8), np.asarray(light, np.uint8)


def _peak_near(contrast: Pixels) -> Pixels:
    side = int(min(contrast.shape) * NARROW) | 1
    return np.asarray(cv2.dilate(contrast, np.ones((side, side), np.uint8)), np.uint8)


def _at_edge(shape: tuple[int, ...], outside: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Return what is so near the edge of the picture or of the paper that it may be that edge."""
    margin = int(max(shape) * AT_EDGE)
    edge = np.ones(shape, np.uint8)
    edge[margin : shape[0] - margin, margin : shape[1] - margin] = 0
    if outside is not None:
        edge = np.maximum(edge, cv2.dilate(outside.view(np.uint8), np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)))
    return edge > 0


def _open_sides(planes: Sequence[Pixels], fall: Pixels) -> Pixels:
    """Return 1 where no plane is much lighter than the darkest pixel near it, in relation to the contrast there."""
    near = np.ones((NEAR, NEAR), np.uint8)
    rises = [cv2.subtract(plane, cv2.erode(plane, near)) for plane in planes]
    rise = functools.reduce(np.maximum, rises)
    return np.asarray(rise < LIGHTER * cv2.dilate(np.maximum(rise, fall), near)).view(np.uint8)


def _connected(weak: NDArray[np.bool_], strong: NDArray[np.bool_], open_sides: Pixels) -> NDArray[np.bool_]:
    """Return the connected regions of what is weak that hold something strong and are closed in by what is lighter.

    Raises:
        BlankImage: None of them is more than a speck, or more than hardly strong.
    """
    mask = weak.view(np.uint8)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    regions = np.asarray(labels, np.int32)
    apart = open_sides & (1 - np.asarray(cv2.dilate(mask, _SQUARE), np.uint8))
    is_open = cv2.dilate(apart, np.ones((5, 5), np.uint8)) > 0
    outline = mask > cv2.erode(mask, _SQUARE)
    near_strong = outline & (cv2.dilate(strong.view(np.uint8), _NEAR_STRONG) > 0)
    strong_share = _share(strong, weak, regions)
    # Faint lines may join strong ink; their outlines say nothing of it.
    open_share = np.where(
        strong_share > MOSTLY_STRONG,
        _share(is_open & near_strong, near_strong, regions),
        _share(is_open & outline, outline, regions),
    )
    kept = (strong_share > 0) & (open_share <= MAX_OPEN)
    sides = boxes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    if sides[kept].max(initial=0) <= SPECK * max(weak.shape) or strong_share[kept].max() < MIN_STRONG:
        raise BlankImage
    return np.asarray(kept[regions])


def _share(part: NDArray[np.bool_], whole: NDArray[np.bool_], regions: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how much of the whole, of which it is a part, each region has in the part; 0 where it has nothing."""
    count = int(regions.max()) + 1
    of_part, of_whole = (np.bincount(regions[where], minlength=count) for where in (part, whole))
    return np.asarray(of_part / np.maximum(of_whole, 1), np.float64)
