"""Pictures on which nothing is written."""

import numpy as np

from train.synthesis.pictures import camera, desks, light, scenes, surfaces


def paper(random: np.random.Generator) -> bytes:
    """Return a photograph of paper in even or uneven light."""
    shape = scenes.photograph_shape(random)
    lit = surfaces.paper(shape, random) * light.falloff(shape, random)[..., None]
    return camera.jpeg(camera.expose(lit, random), random)


def paper_in_shadow(random: np.random.Generator) -> bytes:
    """Return a photograph of paper with a shadow across it."""
    shape = scenes.photograph_shape(random)
    lit = surfaces.paper(shape, random) * (light.falloff(shape, random) * light.shadow(shape, random))[..., None]
    return camera.jpeg(camera.expose(lit, random), random)


def noise(random: np.random.Generator) -> bytes:
    """Return noise around one gray level, as a camera in the dark or a bad encoder makes it."""
    shape = scenes.photograph_shape(random, 100, 400)
    gray = surfaces.colored(shape, np.full(3, random.uniform(0.1, 1.0)))
    if random.random() < 0.5:
        return camera.jpeg(camera.expose(gray, random, noise=10.0), random)
    level = 255 * gray[..., :1] + random.uniform(1, 8) * random.standard_normal((*shape, 1))  # not smoothed by a lens
    return camera.jpeg(np.clip(np.rint(level), 0, 255).astype(np.uint8).repeat(3, axis=2), random)


def scanned_sheet(random: np.random.Generator) -> bytes:
    """Return a scan of an empty sheet."""
    surface = surfaces.sheet(scenes.photograph_shape(random, 150, 800), random)
    picture = camera.expose(surface, random, blur=0.7, noise=2.0)
    return camera.png(picture) if random.random() < 0.4 else camera.jpeg(picture, random)


def whiteboard(random: np.random.Generator) -> bytes:
    """Return a photograph of an empty whiteboard that reflects a lamp."""
    shape = scenes.photograph_shape(random)
    surface = surfaces.whiteboard(shape, random) * light.falloff(shape, random)[..., None]
    light.reflect(surface, random)
    return camera.jpeg(camera.expose(surface, random), random)


def desk_and_paper(random: np.random.Generator) -> bytes:
    """Return a photograph of empty paper on a desk."""
    shape = scenes.photograph_shape(random)
    desk = surfaces.dark_desk if random.random() < 0.7 else surfaces.bright_desk
    surface, _ = desks.paper_on(desk(shape, random), random)
    lit = surface * light.falloff(shape, random)[..., None]
    return camera.jpeg(camera.expose(lit, random), random)
