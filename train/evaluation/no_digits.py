"""How many drawings that are no digit are taken for one: signs, letters, scribbles, taps, and spoiled digits.

The rules that make them make negatives of the training set, too; the digits in them are by other writers.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from train.data.strokes import Drawing, size_of
from train.evaluation.metrics import share
from train.evaluation.predictions import Predictor, predict
from train.synthesis import negatives, spoiled
from train.synthesis.negatives import Strokes
from train.synthesis.rendering import canvas_png

PER_KIND = 300  # drawings

TOUCHES = "two to four taps and dashes"

KINDS: dict[str, Callable[[Sequence[Drawing], np.random.Generator], Strokes]] = {
    "signs, doodles, other scripts": lambda _, random: negatives.sign(random),
    "Latin letters by rule": lambda _, random: negatives.latin_letter(random),
    "scribbles": lambda _, random: negatives.scribble(random),
    TOUCHES: lambda _, random: negatives.touches(random),
    "digits struck out": lambda digits, random: spoiled.strike_out(_any(digits, random), random),
    "digits over each other": lambda digits, random: spoiled.overwrite(*_two(digits, random), random),
    "two digits side by side": lambda digits, random: negatives.two_digits(*_two(digits, random), random),
}


def evaluate_no_digits(
    predictor: Predictor, digits: Sequence[Drawing], count: int = PER_KIND, seed: int = 0
) -> dict[str, Any]:
    """Draw what is no digit and measure what it is taken for.

    Args:
        predictor: The recognizer.
        digits: Pen-drawn digits, at least one, of which some kinds are made.
        count: Drawings of each kind.
        seed: Source of all randomness.

    Returns:
        For each kind how many have the verdict `digit`, and how many `unsure`.
    """
    report = {}
    for number, (kind, make) in enumerate(KINDS.items()):
        random = np.random.default_rng((seed, number))
        images = (_canvas(make(digits, random), random, in_pens=kind == TOUCHES) for _ in range(count))
        verdicts = predict(predictor, images, count, kind).verdicts
        report[kind] = {"called_a_digit": share(verdicts == "digit"), "unsure": share(verdicts == "unsure")}
    return report


def _canvas(strokes: Strokes, random: np.random.Generator, *, in_pens: bool) -> bytes:
    """Draw at a random place; `in_pens` says that the unit of the strokes is the width of the pen."""
    pen = float(random.uniform(*negatives.PAGE_PENS))
    place = (random.uniform(), random.uniform())
    if in_pens:
        return canvas_png(strokes, length=size_of(strokes) * pen, pen=pen, place=place)
    return canvas_png(strokes, pen=pen, place=place)


def _two(digits: Sequence[Drawing], random: np.random.Generator) -> tuple[Drawing, Drawing]:
    return _any(digits, random), _any(digits, random)


def _any(digits: Sequence[Drawing], random: np.random.Generator) -> Drawing:
    return digits[int(random.integers(len(digits)))]
