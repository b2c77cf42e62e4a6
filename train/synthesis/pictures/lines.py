"""Printed lines on paper: ruled and squared, and those of a form's box or a table's cell."""

from collections.abc import Sequence

import numpy as np

from train.synthesis.pictures.surfaces import Color, Plane, Shape, Surface

LINE_COLORS: tuple[Color, ...] = ((0.55, 0.65, 0.85), (0.6, 0.6, 0.62), (0.55, 0.75, 0.7), (0.85, 0.6, 0.6))
MARGIN_COLOR: Color = (0.85, 0.45, 0.45)


def rule(surface: Surface, spacing: float, random: np.random.Generator, *, squared: bool) -> None:
    """Print ruled or squared lines on paper, in place, a little turned and bent.

    Args:
        surface: The paper.
        spacing: Pixels between two lines.
        random: Source of randomness.
        squared: Whether there are lines across too.
    """
    shape = surface.shape[0], surface.shape[1]
    width = max(0.7, float(np.exp(random.uniform(np.log(0.012), np.log(0.05)))) * spacing)
    color = LINE_COLORS[int(random.integers(len(LINE_COLORS)))]
    strength = random.uniform(0.25, 0.9)
    angle, bend = random.normal(0, 0.025), random.normal(0, 0.012)
    down = position(shape, angle, bend)
    _print(surface, _comb(down - random.uniform(0, spacing), spacing, width), color, strength)
    if squared:
        across = position(shape, angle + np.pi / 2 + random.normal(0, 0.01), random.normal(0, 0.012))
        _print(surface, _comb(across - random.uniform(0, spacing), spacing, width), color, strength)
    elif random.random() < 0.3:  # the margin's line
        across = position(shape, angle + np.pi / 2, 0.0)
        place = -random.choice([0.06, 0.12, 0.88, 0.94]) * shape[1]
        _print(surface, _line(across - place, width), MARGIN_COLOR, strength)


def print_lines(
    surface: Surface, places: Sequence[tuple[str, float, float]], color: Color, random: np.random.Generator
) -> None:
    """Print straight lines along the sides of a picture, in place.

    Args:
        surface: The paper.
        places: For each line, its side (`left`, `top`, `right` or `bottom`), its distance from that side in pixels,
            which may be negative, and its width in pixels.
        color: Of the lines.
        random: Source of randomness: lines are turned by up to about a degree.
    """
    shape = surface.shape[0], surface.shape[1]
    for side, distance, width in places:
        angle = random.normal(0, 0.008) + (np.pi / 2 if side in ("left", "right") else 0)
        at = position(shape, angle, 0.0)
        place = {
            "top": distance,
            "bottom": shape[0] - distance,
            "left": -distance,
            "right": distance - shape[1],
        }[side]
        _print(surface, _line(at - place, width), color, 1.0)


def position(shape: Shape, angle: float, bend: float) -> Plane:
    """Return how far down each pixel is, in pixels, when down is turned by `angle` in radians.

    `bend` is the sag of a line in the middle of the picture, as a share of its width.
    """
    x = np.arange(shape[1], dtype=np.float32)[None]
    y = np.arange(shape[0], dtype=np.float32)[:, None]
    turned = np.cos(angle) * y - np.sin(angle) * x
    if bend:
        turned = turned + np.float32(4 * bend) * x * (1 - x / shape[1])
    return np.asarray(turned, np.float32)


def _comb(at: Plane, spacing: float, width: float) -> Plane:
    return _line((at + spacing / 2) % spacing - spacing / 2, width)


def _line(distance: Plane, width: float) -> Plane:
    """Return how much of each pixel a line covers, 0 to 1, by the distance from its middle in pixels."""
    return np.clip(width / 2 + 0.5 - np.abs(distance), 0, min(1.0, width))


def _print(surface: Surface, cover: Plane, color: Color, strength: float) -> None:
    surface *= 1 - (strength * cover)[..., None] * (1 - np.array(color, np.float32))
