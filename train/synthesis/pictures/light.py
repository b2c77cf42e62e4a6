"""Light on a surface: how it falls off, shadows with soft and hard edges, and reflections."""

import numpy as np

from train.synthesis.pictures.surfaces import Plane, Shape, Surface

SHADOW_DEPTHS = (0.3, 0.6)  # of the light


def falloff(shape: Shape, random: np.random.Generator, *, most: float = 0.3) -> Plane:
    """Return the light of a lamp at one side and of a lens, 1 where it is brightest; it falls by up to about `most`."""
    x, y = _coordinates(shape)
    angle = random.uniform(0, 2 * np.pi)
    slope = random.uniform(0, most) * (1 + np.cos(angle) * x + np.sin(angle) * y) / 2
    vignette = random.uniform(0, most / 2) * (x * x + y * y) / 2
    return np.asarray((1 - slope) * (1 - vignette), np.float32)


def shadow(shape: Shape, random: np.random.Generator) -> Plane:
    """Return the light that a shadow across the picture leaves; its edge is soft or hard, straight or round."""
    x, y = _coordinates(shape)
    angle = random.uniform(0, 2 * np.pi)
    along = np.cos(angle) * x + np.sin(angle) * y
    if random.random() < 0.4:  # of a hand or a head
        radius = random.uniform(0.6, 2.5)
        center = radius + random.uniform(-0.5, 0.5)
        along = radius - np.hypot(x - center * np.cos(angle), y - center * np.sin(angle))
    else:
        along = along - random.uniform(-0.6, 0.6)
    edge = float(np.exp(random.uniform(np.log(0.01), np.log(0.5))))
    lit = 1 - random.uniform(*SHADOW_DEPTHS) / (1 + np.exp(np.clip(-4 * along / edge, -30, 30)))
    return np.asarray(lit, np.float32)


def reflect(surface: Surface, random: np.random.Generator) -> None:
    """Add one or two lamps' reflections to a lit surface, in place; ink in their middle may be invisible."""
    x, y = _coordinates((surface.shape[0], surface.shape[1]))
    for _ in range(int(random.integers(1, 3))):
        across, down = random.uniform(-1.1, 1.1, 2)
        width, height = random.uniform(0.15, 0.5, 2)
        distance = ((x - across) / width) ** 2 + ((y - down) / height) ** 2
        surface += (random.uniform(0.1, 0.4) * np.exp(-distance))[..., None]


def _coordinates(shape: Shape) -> tuple[Plane, Plane]:
    """Return x and y, −1 to 1, to be broadcast over a picture."""
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None]
    return x, np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
