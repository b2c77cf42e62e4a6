"""Drawings that are not a digit: signs, scribbles, two digits, taps, and digits of which part is drawn."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from train.data.strokes import Drawing, Stroke, points_of, size_of
from train.synthesis.doodle_templates import DOODLES
from train.synthesis.latin_templates import LATIN
from train.synthesis.letter_templates import LETTERS
from train.synthesis.sign_templates import SIGNS
from train.synthesis.templates import Template, choose, smooth
from train.synthesis.writers import Writer

Strokes = list[Stroke]

PAGE_PENS = (6, 28)  # pixels on a canvas of 280, the thinnest and the thickest pen of the page
TAPS_APART = (1.8, 25)  # widths of the pen: closer ones touch
TOUCHES = (2, 3, 4)  # how many, and how common each is
TOUCH_SHARES = (0.7, 0.2, 0.1)
DASHES = 0.25  # share of touches that are dragged

# Letters that commonly have the shape of a digit, so that no model can reject them.
LOOK_ALIKES = frozenset("OoIlZzSsBbqgDi")

GROUPS = tuple(tuple(group.values()) for group in (SIGNS, DOODLES, LETTERS))
GROUP_SHARES = (0.35, 0.45, 0.2)  # real letters are negatives, too


def sign(random: np.random.Generator) -> Strokes:
    """Return a sign, a doodle or a letter that is not Latin, in about a unit box, in the hand of an invented writer."""
    return _character(GROUPS[int(random.choice(len(GROUPS), p=GROUP_SHARES))], random)


def latin_letter(random: np.random.Generator) -> Strokes:
    """Return a Latin letter, about one unit tall, in the hand of an invented writer."""
    return _character(tuple(LATIN.values()), random)


def scribble(random: np.random.Generator) -> Strokes:
    """Return a scribble: one to three random walks with momentum, in steps of about 1, or hatching to and fro."""
    if random.random() < 0.3:
        return [_hatching(random)]
    strokes = []
    for _ in range(int(random.integers(1, 4))):
        turns = random.normal(0, random.uniform(0.3, 1.5), int(random.integers(25, 160)))
        heading = np.cumsum(turns * 0.5) + random.uniform(0, 2 * np.pi)
        steps = np.stack([np.cos(heading), np.sin(heading)], axis=1) * random.uniform(0.5, 1.5, (len(turns), 1))
        strokes.append((np.cumsum(steps, axis=0) + random.normal(0, 8, 2)).astype(np.float32))
    return strokes


def tap(random: np.random.Generator) -> Strokes:
    """Return a stray touch: up to three points at most about a pen apart; the unit is the width of the pen."""
    points = random.normal(0, random.uniform(0, 0.35), (int(random.integers(1, 4)), 2)).astype(np.float32)
    return [points]


def touches(random: np.random.Generator) -> Strokes:
    """Return two to four separate taps, some of them dragged to short dashes; the unit is the width of the pen."""
    count = int(random.choice(TOUCHES, p=TOUCH_SHARES))
    step = np.exp(random.uniform(*np.log(TAPS_APART)))
    direction = random.uniform(0, 2 * np.pi)
    strokes, place = [], np.zeros(2)
    for _ in range(count):
        touch = tap(random)[0]
        if random.random() < DASHES:
            touch = np.stack([touch[0], touch[0] + random.normal(0, 0.25 * step, 2)])
        strokes.append((place + touch).astype(np.float32))
        angle = direction + random.normal(0, 0.7)
        place = place + (step + size_of(strokes[-1:])) * np.array([np.cos(angle), np.sin(angle)])
    return strokes


def taps(count: int, random: np.random.Generator) -> list[tuple[Strokes, dict[str, Any]]]:
    """Return the strokes of stray touches, each with the `length` and `pen`, pixels, to draw it with on the page."""
    drawn = [tap(random) for _ in range(count)]
    pens = random.uniform(*PAGE_PENS, count)
    return [(strokes, {"length": size_of(strokes) * pen, "pen": pen}) for strokes, pen in zip(drawn, pens, strict=True)]


def two_digits(left: Drawing, right: Drawing, random: np.random.Generator) -> Strokes:
    """Return two drawings side by side, each of unit size."""
    a, b = unit_size(left.strokes), unit_size(right.strokes)
    gap = random.uniform(0.08, 0.4)
    shift = points_of(a)[:, 0].max() + gap - points_of(b)[:, 0].min()
    offset = np.array([shift, random.normal(0, 0.06)], np.float32)
    return [*a, *(stroke + offset for stroke in b)]


def partial(strokes: Sequence[Stroke], share: float) -> Strokes:
    """Return what is drawn when `share`, 0 to 1, of the length of all strokes is drawn."""
    lengths = [np.linalg.norm(np.diff(stroke, axis=0), axis=1) for stroke in strokes]
    left = share * float(sum(length.sum() for length in lengths))
    drawn: Strokes = []
    for stroke, length in zip(strokes, lengths, strict=True):
        count = int(np.searchsorted(np.cumsum(length), left)) + 1
        drawn.append(stroke[: count + 1])
        left -= float(length.sum())
        if left <= 0:
            break
    return drawn


def unit_size(strokes: Sequence[Stroke]) -> Strokes:
    """Return strokes with the top left corner of their box at the origin and its larger side of 1."""
    points = points_of(strokes)
    return [(stroke - points.min(axis=0)) / max(size_of(strokes), 1e-6) for stroke in strokes]


def _character(templates: Sequence[Template], random: np.random.Generator) -> Strokes:
    return Writer(int(random.integers(1 << 30))).character(choose(templates, random), random)


def _hatching(random: np.random.Generator) -> Stroke:
    """Return a line to and fro in any direction, in about a unit box."""
    count = int(random.integers(5, 14))
    along = np.linspace(0, random.uniform(0.4, 1.2), count) + random.normal(0, 0.03, count)
    across = np.where(np.arange(count) % 2 == 0, 0.0, 1.0) + random.normal(0, 0.12, count)
    angle = random.uniform(0, 2 * np.pi)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return smooth((np.stack([along, across], axis=1) @ rotation).astype(np.float32), random.uniform(0, 0.08))
