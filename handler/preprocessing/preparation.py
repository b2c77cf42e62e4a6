"""Opened image → its ink, scaled: all of it where that is a drawing on a plain background, else what may be a digit."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

import cv2
import numpy as np

from handler.errors import ApiError, BlankImage
from handler.preprocessing.alternatives import Alternatives
from handler.preprocessing.decoding import Opened, decode, is_lossy, upright_size
from handler.preprocessing.formats.png import PlainPng
from handler.preprocessing.ink import find_ink
from handler.preprocessing.limits import MAX_SEARCHED_PIXELS
from handler.preprocessing.normalization import Scaled, center, scale
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.background import find_local_ink
from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.candidates import (
    MAX_CANDIDATES,
    Candidates,
    find_candidates,
    find_in_drawing,
)
from handler.preprocessing.segmentation.component_search import Candidate
from handler.preprocessing.segmentation.components import FAINT
from handler.preprocessing.segmentation.plain import plain_ink
from handler.preprocessing.segmentation.segments import Segments
from handler.preprocessing.segmentation.structures import without_structures
from handler.preprocessing.segmentation.touching_lines import has_touching_lines
from handler.preprocessing.segmentation.two_tone import either_ink

Input = TypeVar("Input")
Output = TypeVar("Output")

# Logits of "this is a digit": how much better than a digit that fills the picture others must be.
BESIDE_FILLING = 5.0
MIN_HALVED = 160  # pixels, the shorter side; strokes in smaller pictures are too thin


class Prepared(NamedTuple):
    """An image whose ink is found and scaled, but not yet centered; otherwise as `Alternatives`."""

    scaled: list[Scaled]
    boxes: tuple[Box, ...]
    penalties: tuple[float, ...]
    several: bool
    searched: bool

    def centered(self, pictures: Pixels | None = None) -> Alternatives:
        """Return the alternatives; `pictures` are those of `scaled` if they are centered already."""
        return Alternatives(center(self.scaled) if pictures is None else pictures, *self[1:])


def prepare(opened: Opened) -> Prepared:
    """Prepare an image for the network.

    Args:
        opened: An image from `open_image`.

    Returns:
        The scaled ink: all of it where it seems to be one drawing on a plain background, else what may be the digit.

    Raises:
        ApiError: As `decode` and `find_ink` raise it.
    """
    pixels, lossy = decode(opened), is_lossy(opened)
    try:
        ink = find_ink(pixels, lossy=lossy)
    except BlankImage:  # by one background for all of it
        return _search(opened, pixels, lossy=lossy)
    if not ink.has_plain_surroundings():
        return _search(opened, pixels, lossy=lossy)
    drawing = scale(ink.levels)
    is_lined = has_touching_lines(ink.levels, drawing.box)
    if ink.is_one_drawing():
        if is_lined:
            return _scaled(find_in_drawing(ink.levels, drawing.box), opened, pixels)._replace(searched=False)
        return _whole(drawing, opened, pixels, several=False)
    found = find_candidates(_reduced(ink.levels), is_plain=True)
    if found.is_whole and not is_lined:
        return _whole(drawing, opened, pixels, several=found.several)
    return _scaled(found, opened, _reduced(pixels))


def prepare_drawings(images: Mapping[int, PlainPng]) -> dict[int, Prepared]:
    """Prepare those images that are one drawing on a plain background, as `prepare` does, by their places.

    Each step is taken for all images before the next one: its code is then in the processor's caches, and eight
    drawings take a fifth less time.
    """
    pixels = _successes(decode, images)
    inks = _successes(find_ink, pixels)
    plain = {place: ink for place, ink in inks.items() if ink.has_plain_surroundings()}
    scaled = {place: scale(ink.levels) for place, ink in plain.items()}
    unlined = [place for place, drawing in scaled.items() if not has_touching_lines(plain[place].levels, drawing.box)]
    single = [place for place in unlined if plain[place].is_one_drawing()]
    return {place: _whole(scaled[place], images[place], pixels[place], several=False) for place in single}


def prepare_segments(opened: Opened) -> Segments:
    """Return the ink of an image without lines, frames and other structures.

    Args:
        opened: An image from `open_image`.

    Raises:
        ApiError: As `decode` and `find_ink` raise it.
    """
    ink, _ = _find_faint_ink(_reduced(decode(opened)), lossy=is_lossy(opened))
    rest = without_structures((ink > FAINT * int(ink.max())).view(np.uint8))
    return Segments(np.where(rest.removed > 0, np.uint8(0), ink), *upright_size(opened))


def _successes(step: Callable[[Input], Output], arguments: Mapping[int, Input]) -> dict[int, Output]:
    """Return what a step returns for each argument that is no mistake of a client, by its place."""
    results = {}
    for place, argument in arguments.items():
        try:
            results[place] = step(argument)
        except ApiError:
            continue
    return results


def _whole(drawing: Scaled, opened: Opened, pixels: Pixels, *, several: bool) -> Prepared:
    return Prepared([drawing], (_upright(drawing.box, opened, pixels),), (0.0,), several, searched=False)


def _search(opened: Opened, pixels: Pixels, *, lossy: bool) -> Prepared:
    """Return what may be the digit on a background that is not plain up to the border."""
    pixels = _reduced(pixels)
    filling = [Candidate(ink, 0, 0, penalty) for ink, penalty in either_ink(pixels)]
    if not filling:
        ink, is_plain = _find_faint_ink(pixels, lossy=lossy)
        return _scaled(find_candidates(ink, is_plain=is_plain), opened, ink)
    try:
        ink, is_plain = _find_ink(pixels, lossy=lossy)
        found = find_candidates(ink, is_plain=is_plain)
    except BlankImage:
        found = Candidates([], several=False, is_whole=False)
    others = [one._replace(penalty=one.penalty + BESIDE_FILLING) for one in found.candidates]
    return _scaled(found._replace(candidates=[*filling, *others]), opened, pixels)


def _scaled(found: Candidates, opened: Opened, pixels: Pixels) -> Prepared:
    """Return candidates in the ink of pixels, the likeliest first."""
    candidates = sorted(found.candidates, key=lambda candidate: candidate.penalty)[:MAX_CANDIDATES]
    scaled = [scale(candidate.ink) for candidate in candidates]
    boxes = tuple(
        _upright(one.box.moved(candidate.left, candidate.top), opened, pixels)
        for one, candidate in zip(scaled, candidates, strict=True)
    )
    penalties = tuple(candidate.penalty for candidate in candidates)
    return Prepared(scaled, boxes, penalties, found.several, searched=True)


def _find_ink(pixels: Pixels, *, lossy: bool) -> tuple[Pixels, bool]:
    """Return the ink, and whether its background is plain."""
    ink = plain_ink(pixels, lossy=lossy)
    return (find_local_ink(pixels), False) if ink is None else (ink, True)


def _find_faint_ink(pixels: Pixels, *, lossy: bool) -> tuple[Pixels, bool]:
    """Return what `_find_ink` does, or ink of half the size if there is none: half the noise hides less of it."""
    try:
        return _find_ink(pixels, lossy=lossy)
    except BlankImage:
        if min(pixels.shape[-2:]) < MIN_HALVED:
            raise
        return find_local_ink(_halved(pixels), dark=True), False  # what is light are reflections


def _reduced(pixels: Pixels) -> Pixels:
    """Return at most `MAX_SEARCHED_PIXELS`."""
    height, width = pixels.shape[-2:]
    return pixels if height * width <= MAX_SEARCHED_PIXELS else _halved(pixels)


def _halved(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[-2:]
    size = -(-width // 2), -(-height // 2)
    planes = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in pixels.reshape(-1, height, width)]
    return np.asarray(planes[0] if pixels.ndim == 2 else np.stack(planes), np.uint8)


def _upright(box: Box, opened: Opened, pixels: Pixels) -> Box:
    """Return a box of decoded pixels in pixels of the whole upright image."""
    if (opened.height, opened.width) == pixels.shape[-2:]:
        return box
    ratio = float(max(opened.width, opened.height) / max(pixels.shape[-2:]))
    left, top = int(box.left * ratio), int(box.top * ratio)
    right, bottom = round(box.right * ratio), round(box.bottom * ratio)
    return Box(left, top, max(1, right - left), max(1, bottom - top)).within(*upright_size(opened))
