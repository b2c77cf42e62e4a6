"""Scans and cells: a sheet from a scanner, a form's box, and a photographed cell of a grid."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from handler.preprocessing import Pixels
from train.data.strokes import Stroke
from train.synthesis.pictures import camera, light, lines, pens, scenes, surfaces
from train.synthesis.pictures.pens import Pen
from train.synthesis.pictures.surfaces import Color, Shape, Surface
from train.synthesis.writers import Writer

Digit = Sequence[Stroke]

SIDES = ("left", "top", "right", "bottom")


def scan(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a scan of a sheet."""
    return _encoded(_scanned(_sheet(digit, random), random), random)


def scan_with_dark_edge(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a scan that shows the scanner's dark lid along one side or two that meet."""
    surface = _sheet(digit, random)
    shape = surface.shape[0], surface.shape[1]
    first = int(random.integers(4))
    sides = {SIDES[first], SIDES[(first + 1) % 4]} if random.random() < 0.5 else {SIDES[first]}
    color = np.float32(random.uniform(0.02, 0.35))
    skew = random.normal(0, 0.012)
    for side in sides:
        width = random.uniform(0.02, 0.11) * min(shape)
        inward = _distance(shape, side, skew)
        cover = np.clip(width - inward + 0.5, 0, 1)[..., None]
        surface[:] = surface * (1 - cover) + cover * color
    return _encoded(_scanned(surface, random), random)


def form_box(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a cell cut from a scanned form with the lines of its box; the digit may touch them."""
    shape = int(random.integers(48, 180)), int(random.integers(44, 160))
    surface = surfaces.sheet(shape, random)
    width = max(1.0, random.uniform(0.01, 0.035) * min(shape))
    shade = random.uniform(0.05, 0.65)
    color: Color = (shade, shade, shade)
    if random.random() < 0.2:
        color = (0.55, 0.7, 0.85) if random.random() < 0.5 else (0.85, 0.5, 0.45)
    away = {side: random.uniform(0, 0.1) * min(shape) for side in SIDES}
    lines.print_lines(surface, [(side, away[side], width) for side in SIDES], color, random)
    inside = away["left"], away["top"], shape[1] - away["right"], shape[0] - away["bottom"]
    at = scenes.place(digit, shape, random, sizes=(0.5, 0.93), inside=inside)
    pens.write(surface, at.paths(digit), _scanned_pen(at.length, random), random)
    return _encoded(_scanned(surface, random), random)


def grid_cell(digit: Digit, random: np.random.Generator) -> bytes:
    """Return a photographed cell of a printed grid with its thin or thick lines and parts of the digits beside it."""
    side = int(random.integers(90, 190))
    shape = side + int(random.integers(-8, 9)), side
    surface = surfaces.paper(shape, random)
    shade = random.uniform(0.1, 0.35)
    away, places = {}, []
    for name in SIDES:
        away[name] = random.uniform(-0.03, 0.13) * side
        thick = random.random() < 0.4
        width = random.uniform(0.03, 0.06) * side if thick else random.uniform(0.006, 0.018) * side
        places.append((name, away[name], max(0.8, width)))
    lines.print_lines(surface, places, (shade, shade, shade), random)
    low, high = [max(away[x], 0) + 0.03 * side for x in SIDES[:2]], [max(away[x], 0) + 0.03 * side for x in SIDES[2:]]
    inside = low[0], low[1], shape[1] - high[0], shape[0] - high[1]
    at = scenes.place(digit, shape, random, sizes=(0.5, 0.92), inside=inside)
    pen = replace(pens.ballpoint_or_felt_tip(at.length, random), graininess=random.uniform(0.0, 0.1))
    pens.write(surface, at.paths(digit), pen, random)
    for name in SIDES:
        if random.random() < 0.25 and away[name] > 0.05 * side:
            _write_neighbor(surface, name, away[name], at.length, pen, random)
    lit = surface * light.falloff(shape, random, most=0.2)[..., None]
    picture = camera.expose(lit, random, blur=1.0, noise=4.0)
    return camera.png(picture) if random.random() < 0.3 else camera.jpeg(picture, random)


def _write_neighbor(
    surface: Surface, side: str, away: float, length: float, pen: Pen, random: np.random.Generator
) -> None:
    """Write the digit of the cell beyond a side; the little of it that the picture shows is outside the line."""
    writer = Writer(int(random.integers(1 << 30)))
    neighbor = pens.unit(writer.digit(int(random.integers(10)), random))
    points = np.concatenate(neighbor)
    height, width = surface.shape[:2]
    seen = random.uniform(0.3, 0.9) * (away - pen.width)  # of the neighbor, pixels
    x, y = (random.uniform(0.35, 0.65, 2) * (width, height)).tolist()
    if side == "left":
        x = seen - points[:, 0].max() * length
    elif side == "right":
        x = width - seen - points[:, 0].min() * length
    elif side == "top":
        y = seen - points[:, 1].max() * length
    else:
        y = height - seen - points[:, 1].min() * length
    pens.write(surface, scenes.Place(length, x, y).paths(neighbor), pen, random)


def _sheet(digit: Digit, random: np.random.Generator) -> Surface:
    shape = scenes.photograph_shape(random, 150, 800)
    surface = surfaces.sheet(shape, random)
    at = scenes.place(digit, shape, random, inside=_within(0.12, shape))
    pens.write(surface, at.paths(digit), _scanned_pen(at.length, random), random)
    return surface


def _within(margin: float, shape: Shape) -> tuple[float, float, float, float]:
    """Return the part of a picture within a margin, a share of its smaller side."""
    width = margin * min(shape)
    return width, width, shape[1] - width, shape[0] - width


def _scanned_pen(length: float, random: np.random.Generator) -> Pen:
    pen = pens.ballpoint_or_felt_tip(length, random)
    return replace(pen, width=max(pen.width, 1.5))


def _scanned(surface: Surface, random: np.random.Generator) -> Pixels:
    """Return what a scanner makes of a sheet: in color, gray, or black and white."""
    picture = camera.expose(surface, random, blur=0.7, noise=2.0)
    choice = random.random()
    if choice < 0.4:
        return picture
    gray: Pixels = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    return gray if choice < 0.85 else np.where(gray > random.uniform(140, 190), 255, 0).astype(np.uint8)


def _encoded(picture: Pixels, random: np.random.Generator) -> bytes:
    return camera.png(picture) if random.random() < 0.4 else camera.jpeg(picture, random)


def _distance(shape: Shape, side: str, skew: float) -> surfaces.Plane:
    """Return the pixels between each pixel and a side of the picture, turned by `skew` radians."""
    if side in ("top", "bottom"):
        down = lines.position(shape, skew, 0.0)
        return down if side == "top" else shape[0] - down
    across = -lines.position(shape, np.pi / 2 + skew, 0.0)
    return across if side == "left" else shape[1] - across
