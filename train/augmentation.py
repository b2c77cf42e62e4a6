"""Random changes to batches of pictures, as tensor operations. Drawings are distorted as strokes before."""

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional

ROTATION = math.radians(15)
SHEAR = 0.25
SCALE = 0.12  # natural logarithm, each axis separately
TRANSLATION = 1.5  # pixels
ELASTIC = 0.7  # pixels, standard deviation of a smooth displacement field
ELASTIC_POINTS = 5  # per side; about a third of a digit moves together
THICKNESS = 0.4  # share of pictures whose strokes become thicker or thinner

HALF = 14.0  # pixels; coordinates of an affine grid run from -1 to 1


def augment(pictures: Tensor, *, strength: float | Tensor = 1.0, random: Generator | None = None) -> Tensor:
    """Rotate, shear, scale, shift, bend and thicken or thin each picture at random.

    Args:
        pictures: (n, 28, 28) float32, 0 to 255.
        strength: Factor on every range, one number or (n,).
        random: Source of the changes; None uses torch's default generator.

    Returns:
        (n, 28, 28) float32, 0 to 255.
    """
    count = len(pictures)
    images = pictures.unsqueeze(1)
    grid = functional.affine_grid(_matrices(count, strength, random), list(images.shape), align_corners=False)
    grid = grid + _displacements(count, strength, random)
    images = functional.grid_sample(images, grid, align_corners=False)
    return _rethicken(images, strength, random).squeeze(1)


def _matrices(count: int, strength: float | Tensor, random: Generator | None) -> Tensor:
    def uniform(limit: float) -> Tensor:
        return (torch.rand(count, generator=random) * 2 - 1) * limit * strength

    angle, shear = uniform(ROTATION), uniform(SHEAR)
    width, height = torch.exp(uniform(SCALE)), torch.exp(uniform(SCALE))
    cosine, sine = torch.cos(angle), torch.sin(angle)
    rows = [
        torch.stack([width * cosine, width * (shear * cosine - sine), uniform(TRANSLATION / HALF)], dim=1),
        torch.stack([height * sine, height * (shear * sine + cosine), uniform(TRANSLATION / HALF)], dim=1),
    ]
    return torch.stack(rows, dim=1)  # (n, 2, 3)


def _displacements(count: int, strength: float | Tensor, random: Generator | None) -> Tensor:
    """Return a smooth random field for each picture, (n, 28, 28, 2), in the units of an affine grid."""
    points = torch.randn(count, 2, ELASTIC_POINTS, ELASTIC_POINTS, generator=random)
    field = functional.interpolate(points, size=int(2 * HALF), mode="bilinear", align_corners=True)
    scale = torch.as_tensor(strength * ELASTIC / HALF).reshape(-1, 1, 1, 1)
    return (field * scale).permute(0, 2, 3, 1)


def _rethicken(images: Tensor, strength: float | Tensor, random: Generator | None) -> Tensor:
    """Blend pictures with their 3×3 maximum or minimum: on average half a pixel more or less of pen width."""
    count = len(images)
    amount, chosen, direction = torch.rand(3, count, generator=random)
    amount = amount * strength * (chosen < THICKNESS)
    thicker = direction < 0.6  # thinning breaks strokes at this resolution, so it is rarer and weaker
    widest = functional.max_pool2d(images, 3, 1, 1)
    thinnest = -functional.max_pool2d(-images, 3, 1, 1)
    extreme = torch.where(thicker.view(-1, 1, 1, 1), widest, thinnest)
    share = (amount * torch.where(thicker, 1.0, 0.6)).view(-1, 1, 1, 1)
    rethickened: Tensor = images + share * (extreme - images)
    return rethickened
