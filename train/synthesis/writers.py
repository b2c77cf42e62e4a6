"""Invented writers: a draw of styles and of a hand, which stays the same over a writer's digits."""

from dataclasses import dataclass

import numpy as np

from train.data.strokes import Stroke
from train.synthesis.digit_templates import DIGITS
from train.synthesis.templates import Points, Template, choose, curve, smooth

HABIT = 0.15  # share of a parameter's range by which a writer's digits differ

Range = tuple[float, float]


@dataclass(frozen=True)
class Hand:
    """How a group of people moves the pen; each writer has a value of each range.

    Attributes:
        share: Of the writers, up to a common factor.
        slant: Horizontal shift per unit of height; over 0 leans to the right.
        roundness: As `curve` takes it.
        speed: Shares of the height over which corners become round.
        wobble: Deviation of control points, in heights.
        tremor: Deviation of a trembling pen, in heights.
        width: Factor on the width.
    """

    share: float
    slant: Range = (-0.05, 0.4)
    roundness: Range = (0.7, 1.1)
    speed: Range = (0.0, 0.03)
    wobble: Range = (0.005, 0.025)
    tremor: Range = (0.0, 0.004)
    width: Range = (0.65, 1.4)


HANDS = (
    Hand(share=5),
    Hand(share=1, slant=(-0.4, 0.02)),  # left-handed
    Hand(share=1, slant=(-0.2, 0.25), roundness=(0.4, 1.3), wobble=(0.025, 0.055), width=(0.6, 1.7)),  # a child
    Hand(share=1, speed=(0.0, 0.01), tremor=(0.006, 0.016), wobble=(0.01, 0.03)),  # an elderly person
    Hand(share=1.5, slant=(0.0, 0.55), speed=(0.03, 0.075), wobble=(0.015, 0.035), width=(0.7, 1.4)),  # in a hurry
    Hand(share=0.7, slant=(-0.05, 0.15), roundness=(0.0, 0.5), wobble=(0.0, 0.02)),  # angular
)


class Writer:
    """An invented writer; the same seed is the same writer."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        random = np.random.default_rng(seed)
        shares = np.array([hand.share for hand in HANDS])
        hand = HANDS[int(random.choice(len(HANDS), p=shares / shares.sum()))]
        self._slant, self._roundness, self._speed, self._wobble, self._tremor, self._width = (
            float(random.uniform(*limits))
            for limits in (hand.slant, hand.roundness, hand.speed, hand.wobble, hand.tremor, hand.width)
        )

    def style(self, digit: int) -> tuple[Template, dict[str, float]]:
        """Return how the writer writes a digit, 0 to 9: always the same template and values of its parameters."""
        random = np.random.default_rng((self._seed, digit))
        template = choose(DIGITS[digit], random)
        return template, template.parameters(random)

    def digit(self, digit: int, random: np.random.Generator) -> list[Stroke]:
        """Write a digit, 0 to 9, in the writer's style; no two are quite the same."""
        template, values = self.style(digit)
        return self._write(template, template.varied(values, HABIT, random), random)

    def character(self, template: Template, random: np.random.Generator) -> list[Stroke]:
        """Write any character with the writer's hand, about one unit tall."""
        return self._write(template, template.parameters(random), random)

    def _write(self, template: Template, values: dict[str, float], random: np.random.Generator) -> list[Stroke]:
        angle = random.uniform(0, 2 * np.pi) if template.turns else 0.0
        rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        shape = np.array([[self._width, -self._slant], [0, 1]]) @ rotation
        strokes = []
        for points in template.strokes(**values):
            moved = _wobbled(np.asarray(points, np.float64), self._wobble, random) @ shape.T
            path = smooth(curve(moved, self._roundness), self._speed)
            strokes.append(_trembling(path, self._tremor, random))
        return strokes


def _wobbled(points: Points, deviation: float, random: np.random.Generator) -> Points:
    """Move control points at random; the two of a corner together."""
    moves = random.normal(0, deviation, points.shape)
    corner = (np.diff(points, axis=0) == 0).all(axis=1)
    moves[1:][corner] = moves[:-1][corner]
    return points + moves


def _trembling(path: Stroke, deviation: float, random: np.random.Generator) -> Stroke:
    if deviation < 1e-3 or len(path) < 3:
        return path
    noise = random.normal(0, 1, path.shape)
    noise[1:] = noise[1:] + noise[:-1]  # a tremor has a few points of period
    return (path + deviation * noise).astype(np.float32)
