"""Photographs of a handwritten digit: on paper, on boards, with a desk in the frame.

Every function takes the strokes of a digit around the origin, in units of the larger side of its box, and returns an
encoded image.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from handler.preprocessing import Pixels
from train.data.strokes import Stroke
from train.synthesis.pictures import camera, desks, light, lines, pens, scenes, surfaces
from train.synthesis.pictures.pens import Pen
from train.synthesis.pictures.surfaces import Shape, Surface

Digit = Sequence[Stroke]
Choice = Callable[[float, np.random.Generator], Pen]  # of a pen, for a digit of a length in pixels

LARGE = (3000, 4000)  # pixels: 12 megapixels
REDUCTION = 4  # a large photograph is made smaller and enlarged, as its finest structure is blur
EVEN = 0.08  # how far even light falls off
MIN_CONTRAST = 0.15  # of the light, between colored paper and ink


def even_light(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph of paper in even light."""
    return camera.jpeg(_photograph(digit, random, most=EVEN), random)


def turned_by_exif(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph that only its EXIF orientation turns upright, one of 2 to 8."""
    return camera.jpeg(_photograph(digit, random, most=EVEN), random, orientation=int(random.integers(2, 9)))


def shadow(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph of paper with a shadow of 30 to 60 % across it."""
    return camera.jpeg(_photograph(digit, random, shadowed=True), random)


def pencil(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph, often large, of a digit written with a pencil."""
    shape = scenes.photograph_shape(random, 400, 1350)
    shape = min(shape[0], 1800), min(shape[1], 1800)
    return camera.jpeg(_photograph(digit, random, shape=shape, choose=pens.pencil, sizes=(0.1, 0.5)), random)


def colored_ink(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph of colored ink, on white paper or on colored paper of nearly the same brightness."""
    shape = scenes.photograph_shape(random)
    if random.random() < 0.7:
        return camera.jpeg(_photograph(digit, random, shape=shape, choose=pens.colored_pen), random)
    at = scenes.place(digit, shape, random)
    surface, pen = surfaces.colored_paper(shape, random), pens.colored_pen(at.length, random)
    while pens.contrast(surface, pen) < MIN_CONTRAST:
        surface, pen = surfaces.colored_paper(shape, random), pens.colored_pen(at.length, random)
    pens.write(surface, at.paths(digit), pen, random)
    return camera.jpeg(camera.expose(surface * light.falloff(shape, random, most=0.2)[..., None], random), random)


def ruled_paper(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph of ruled paper."""
    return camera.jpeg(_photograph(digit, random, spacings=(0.7, 2.2), squared=False), random)


def squared_paper(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph of squared paper."""
    return camera.jpeg(_photograph(digit, random, spacings=(0.28, 1.1), squared=True), random)


def dark_desk(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph of paper on a dark desk, which one to four sides show."""
    return _on_desk(digit, random, surfaces.dark_desk)


def bright_desk(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph of paper on a bright desk, which one to four sides show."""
    return _on_desk(digit, random, surfaces.bright_desk)


def whiteboard(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph of a whiteboard that reflects a lamp."""
    shape = scenes.photograph_shape(random)
    surface = surfaces.whiteboard(shape, random)
    at = scenes.place(digit, shape, random)
    pens.write(surface, at.paths(digit), pens.marker(at.length, random), random)
    surface *= light.falloff(shape, random)[..., None]
    light.reflect(surface, random)
    return camera.jpeg(camera.expose(surface, random), random)


def chalk(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph of chalk on a board."""
    shape = scenes.photograph_shape(random)
    surface = surfaces.blackboard(shape, random)
    at = scenes.place(digit, shape, random, sizes=(0.2, 0.7))
    pens.write(surface, at.paths(digit), pens.chalk(at.length, random), random)
    return camera.jpeg(camera.expose(surface * light.falloff(shape, random)[..., None], random), random)


def large(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photograph of 12 megapixels in even or uneven light, upright or across."""
    size = LARGE if random.random() < 0.5 else LARGE[::-1]
    shape = size[0] // REDUCTION, size[1] // REDUCTION
    picture = _photograph(digit, random, shape=shape, shadowed=random.random() < 0.3, sizes=(0.08, 0.6))
    enlarged = cv2.resize(picture, size[::-1], interpolation=cv2.INTER_CUBIC)
    noise = np.rint(random.uniform(0.5, 2) * surfaces.grain(size, random)).astype(np.int16)
    return camera.jpeg(np.clip(enlarged + noise[..., None], 0, 255).astype(np.uint8), random)


def _photograph(
    digit: Digit,
    random: np.random.Generator,
    *,
    shape: Shape | None = None,
    choose: Choice = pens.ballpoint_or_felt_tip,
    sizes: tuple[float, float] = (0.13, 0.7),
    most: float = 0.3,
    shadowed: bool = False,
    spacings: tuple[float, float] | None = None,
    squared: bool = False,
) -> Pixels:
    """Return a photograph of paper, (height, width, 3) uint8; `spacings` is of lines, in lengths of the digit."""
    shape = shape or scenes.photograph_shape(random)
    surface = surfaces.paper(shape, random)
    at = scenes.place(digit, shape, random, sizes=sizes)
    if spacings:
        lines.rule(surface, at.length * scenes.logarithmic(*spacings, random), random, squared=squared)
    pens.write(surface, at.paths(digit), choose(at.length, random), random)
    lit = surface * light.falloff(shape, random, most=most)[..., None]
    if shadowed:
        lit *= light.shadow(shape, random)[..., None]
    return camera.expose(lit, random)


def _on_desk(digit: Digit, random: np.random.Generator, desk: Callable[[Shape, np.random.Generator], Surface]) -> bytes:
    shape = scenes.photograph_shape(random)
    surface, inside = desks.paper_on(desk(shape, random), random)
    at = scenes.place(digit, shape, random, sizes=(0.15, 0.7), inside=inside)
    pens.write(surface, at.paths(digit), pens.ballpoint_or_felt_tip(at.length, random), random)
    lit = surface * light.falloff(shape, random)[..., None]
    return camera.jpeg(camera.expose(lit, random), random)
