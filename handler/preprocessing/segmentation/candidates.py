"""Ink → candidates: which of it may be the one digit of the image. Shape proposes them, the network chooses."""

from typing import NamedTuple

import cv2
import numpy as np

from handler.errors import BlankImage
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.component_search import WITH_UNDERLINE, Candidate, ComponentSearch
from handler.preprocessing.segmentation.components import FAINT, Component, components_of
from handler.preprocessing.segmentation.grouping import group, lies_along_edge, without_lines_beside
from handler.preprocessing.segmentation.shapes import is_patch
from handler.preprocessing.segmentation.structures import Rest, without_structures

MAX_CANDIDATES = 8
MIN_SIDE = 40  # pixels; in smaller images lines and strokes look alike

# How many logits of "this is a digit" a candidate must be better than others; more in `component_search`.
WITH_RING = 8.0  # a circle and what is in it
WITH_STRUCTURES = 5.0  # lines and frames
STRONGER_THAN_LINES = -1.0
WITH_SPECKS = 1.0

# Strengths of ink: printed lines are fainter than writing, a frame is not.
STRONGER = 1.3  # times the strongest tenth of the pixels of lines
PRINTED = 0.7  # of the strongest ink; stronger lines are not fainter than writing


class Candidates(NamedTuple):
    """What may be the one digit of an image.

    Attributes:
        candidates: At least one, at most `MAX_CANDIDATES`.
        several: Whether there may be several digits side by side.
        is_whole: Whether the first has all ink, or all but specks near it.
    """

    candidates: list[Candidate]
    several: bool
    is_whole: bool


def find_candidates(ink: Pixels, *, is_plain: bool) -> Candidates:
    """Find which ink may be the digit.

    Args:
        ink: (height, width) uint8; 0 is background, and not all pixels are.
        is_plain: Whether the background is plain. On others, patches and what lies along an edge may be shadows.

    Returns:
        The candidates. Where nothing is there but one digit, all ink as it is comes first, without a penalty.

    Raises:
        BlankImage: There is nothing but such shadows.
    """
    mask = (ink > FAINT * int(ink.max())).view(np.uint8)
    rest = without_structures(mask)
    labels, components = components_of(rest.mask)
    search = ComponentSearch(ink, mask, labels)
    if not components:
        return Candidates([search.everything(0.0)], several=False, is_whole=True)
    drawn = [one for one in components if not lies_along_edge(one, rest.inside) and not is_patch(ink, labels, one)]
    if not drawn and not is_plain:
        raise BlankImage
    drawn = drawn or components
    chosen = group(drawn if is_plain else without_lines_beside(drawn, rest.inside), rest.inside)
    if min(ink.shape) < MIN_SIDE:
        return Candidates([search.everything(0.0)], chosen.several, is_whole=True)
    inner = search.inside_ring(components, chosen, rest.inside)
    if inner is not None:
        return Candidates([*search.of_group(inner), search.everything(WITH_RING)], inner.several, is_whole=False)
    candidates = [*search.of_group(chosen), *search.with_cut_strokes(chosen, rest), *_stronger_than_lines(ink, rest)]
    has_all = chosen.has_all_but_specks and not chosen.is_apart_from(components)
    is_whole = has_all and not rest.has_structures and candidates[0].penalty < WITH_UNDERLINE
    if not rest.has_structures and len(chosen.members) == len(components):
        candidates[0] = search.everything(candidates[0].penalty)
    else:
        with_specks = candidates[0].penalty + WITH_SPECKS
        candidates.append(search.everything(WITH_STRUCTURES if rest.has_structures else with_specks))
    return Candidates(candidates[:MAX_CANDIDATES], chosen.several, is_whole)


def find_in_drawing(ink: Pixels, box: Box) -> Candidates:
    """Find the digit in connected ink that has touching lines: all of it, or what is left without underline or box.

    Args:
        ink: (height, width) uint8; 0 is background.
        box: The rectangle around the ink.

    Returns:
        The candidates, all ink first.
    """
    part = ink[box.slices]
    mask = (part > 0).view(np.uint8)
    drawing = Component(1, Box(0, 0, box.width, box.height), cv2.countNonZero(mask))
    search = ComponentSearch(part, mask, mask.astype(np.int32))
    penalty, parts = search.inside(drawing)
    others = [one._replace(left=one.left + box.left, top=one.top + box.top) for one in parts]
    return Candidates([Candidate(ink, 0, 0, penalty), *others], several=False, is_whole=False)


def _stronger_than_lines(ink: Pixels, rest: Rest) -> list[Candidate]:
    """Return what may be the digit of ink that is stronger than the lines that were removed, if they are faint."""
    if not rest.has_structures:
        return []
    strength = STRONGER * float(np.percentile(ink[rest.removed > 0], 90))
    if strength > PRINTED * int(ink.max()):
        return []
    mask = (ink > strength).view(np.uint8)
    labels, components = components_of(mask)
    components = [one for one in components if not lies_along_edge(one, rest.inside)]
    found = ComponentSearch(ink, mask, labels).of_group(group(components, rest.inside)) if components else []
    return [one._replace(penalty=one.penalty + STRONGER_THAN_LINES) for one in found]
