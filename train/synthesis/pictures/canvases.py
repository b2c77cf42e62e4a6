"""Pictures of a drawn canvas: with a frame, with a box, a circle or a line drawn by hand, and cut off by its sides."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handler.preprocessing import Pixels
from train.data.strokes import Stroke
from train.synthesis.pictures import camera, light, marks, pens, scenes, surfaces
from train.synthesis.pictures.pens import Pen
from train.synthesis.pictures.surfaces import Surface

Digit = Sequence[Stroke]

PHOTOGRAPHED = 0.35  # share of boxes, circles and underlines that are on paper rather than on a canvas
WHITE, BLACK = 1.0, 0.0
FRAME_WIDTHS = (1, 2, 3)  # pixels
PEN_SHARES = (0.05, 0.16)  # of a digit's length
FAT_PEN_SHARES = (0.13, 0.32)
MAX_TRIES = 8
MIN_BACKGROUND = 0.25  # of a picture that is cut to the ink


def screenshot_frame(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a canvas with its frame of 1 to 3 pixels at the edge, as a screenshot shows it."""
    surface, ink = _canvas(random)
    shape = surface.shape[0], surface.shape[1]
    at = scenes.place(digit, shape, random, sizes=(0.2, 0.75))
    pens.write(surface, at.paths(digit), Pen(at.length * random.uniform(*PEN_SHARES), ink, opaque=True), random)
    width = FRAME_WIDTHS[int(random.integers(3))]
    choice = random.random()
    color = np.array(ink) if choice < 0.5 else random.uniform(0.2, 0.8, 3 if choice > 0.8 else 1)
    away = 0 if random.random() < 0.8 else int(random.integers(1, 4))
    frame = np.ones(shape, bool)
    frame[away + width : shape[0] - away - width, away + width : shape[1] - away - width] = False
    frame[:away] = frame[shape[0] - away :] = frame[:, :away] = frame[:, shape[1] - away :] = False
    surface[frame] = color
    return _encoded(_pixels(surface), random)


def box_around(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a digit with a box drawn around it."""
    return _marked(digit, marks.box_around(digit, random), random.uniform(*PEN_SHARES), random)


def circled(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a digit with a circle drawn around it, at a distance or close."""
    pen = random.uniform(*PEN_SHARES)
    tight = random.random() < 0.5
    clearance = pen * random.uniform(1.3, 2.2) if tight else 2 * pen + random.uniform(0.1, 0.4)
    return _marked(digit, marks.circle_around(digit, clearance, random), pen, random)


def underlined(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a digit with a line under it; some lines touch it."""
    pen = random.uniform(*PEN_SHARES)
    touches = random.random() < 0.15
    distance = pen * random.uniform(0.2, 0.9) if touches else pen * 1.3 + random.uniform(0.0, 0.25)
    return _marked(digit, marks.line_under(digit, distance, random), pen, random)


def ink_on_border(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a picture that is cut into the ink of a fat pen; half of them so that ink is on most of the border.

    Where the digit would be hard to read for a person, as little of it is background, it is cut off less.
    """
    surface, ink = _canvas(random)
    background = surface[0, 0].astype(np.float64)
    length = scenes.logarithmic(40, 240, random)
    tries = MAX_TRIES if random.random() < 0.5 else 1
    best, most = None, -1.0
    for attempt in range(tries + MAX_TRIES):
        pen = random.uniform(*FAT_PEN_SHARES) * (1.3 if tries > 1 else 1.0)
        cuts = random.uniform(0.0, 0.4, 4) * pen * (1 if attempt < tries else -1)  # at last, not cut at all
        shape, at = _cut(digit, pen, length, cuts)
        cover = pens.trace(shape, at.paths(digit), Pen(pen * length), random)
        border = np.concatenate([cover[0], cover[-1], cover[:, 0], cover[:, -1]]).mean()
        if border > most and cover.mean() <= 1 - MIN_BACKGROUND:
            best, most = (shape, at, pen), float(border)
        if attempt + 1 >= tries and best is not None:
            break
    shape, at, pen = best or (shape, at, pen)
    surface = surfaces.colored(shape, background)
    pens.write(surface, at.paths(digit), Pen(pen * length, ink, opaque=True), random)
    return _encoded(_pixels(surface), random)


def _cut(digit: Digit, pen: float, length: float, cuts: NDArray[np.float64]) -> tuple[surfaces.Shape, scenes.Place]:
    """Return the shape of a picture that is cut to the ink, less `cuts` (left, top, right, bottom), and the place."""
    points = np.concatenate(list(digit))
    low = points.min(axis=0) - pen / 2 + cuts[:2]
    high = points.max(axis=0) + pen / 2 - cuts[2:]
    width, height = np.maximum(8, np.rint((high - low) * length)).astype(int).tolist()
    return (height, width), scenes.Place(length, float(-low[0]) * length, float(-low[1]) * length)


def _marked(digit: Digit, mark: Stroke, share: float, random: np.random.Generator) -> bytes:
    """Return a digit with a mark on a canvas or on photographed paper, mostly drawn with the same pen."""
    other = share * random.uniform(0.4, 1.2) if random.random() < 0.3 else share
    drawing = [*digit, mark]
    photographed = random.random() < PHOTOGRAPHED
    shape = scenes.photograph_shape(random, 240, 700)
    if photographed:
        surface = surfaces.paper(shape, random)
        at = scenes.place(drawing, shape, random, sizes=(0.25, 0.85))
        pen = pens.ballpoint_or_felt_tip(at.length, random)
        pen = replace(pen, width=max(1.3, min(share, 0.11) * at.length))
        ruled = replace(pen, width=max(1.3, min(other, 0.11) * at.length))
    else:
        surface, ink = _canvas(random)
        shape = surface.shape[0], surface.shape[1]
        at = scenes.place(drawing, shape, random, sizes=(0.4, 0.85))
        pen, ruled = Pen(share * at.length, ink, opaque=True), Pen(other * at.length, ink, opaque=True)
    pens.write(surface, at.paths(digit), pen, random)
    pens.write(surface, at.paths([mark]), ruled, random)
    if not photographed:
        return _encoded(_pixels(surface), random)
    lit = surface * light.falloff(shape, random, most=0.2)[..., None]
    return camera.jpeg(camera.expose(lit, random), random)


def _canvas(random: np.random.Generator) -> tuple[Surface, tuple[float, float, float]]:
    """Return a canvas and its ink: mostly black on white, sometimes white on black or in colors."""
    side = int(random.integers(140, 480))
    shape = (side, side) if random.random() < 0.7 else (side, round(side * random.uniform(0.7, 1.5)))
    choice = random.random()
    if choice < 0.7:
        return surfaces.colored(shape, np.full(3, WHITE)), (BLACK,) * 3
    if choice < 0.85:
        return surfaces.colored(shape, np.full(3, BLACK)), (WHITE,) * 3
    red, green, blue = random.uniform(0, 0.45, 3).tolist()
    return surfaces.colored(shape, random.uniform(0.75, 1, 3)), (red, green, blue)


def _pixels(surface: Surface) -> Pixels:
    return np.clip(np.rint(surface * 255), 0, 255).astype(np.uint8)


def _encoded(picture: Pixels, random: np.random.Generator) -> bytes:
    return camera.png(picture) if random.random() < 0.8 else camera.jpeg(picture, random)
