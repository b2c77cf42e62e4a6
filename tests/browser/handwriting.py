"""Real digits as pen strokes, to be drawn on the page: by writers that training never saw."""

import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from train.data.strokes import Drawing, load_drawings, points_of

FILES = ("pendigits_train.json.gz", "unipen_digits_dev.json.gz")

Point = tuple[float, float]
Stroke = list[Point]


@dataclass(frozen=True)
class Digit:
    """A digit as somebody wrote it, in a box whose longer side is 1 and whose centre is (0, 0)."""

    label: str
    writer: str
    strokes: list[Stroke]

    def placed(self, centre: Point = (0.5, 0.5), size: float = 0.6) -> list[Stroke]:
        """Return the strokes in shares of the sheet's side."""
        return [[(centre[0] + x * size, centre[1] + y * size) for x, y in stroke] for stroke in self.strokes]


def load_unseen(folder: Path) -> list[Digit]:
    """Return the digits of every writer that neither training nor calibration has seen."""
    drawings = [drawing for name in FILES for drawing in load_drawings(folder / name)]
    return [boxed(drawing) for drawing in drawings if drawing.split == "test"]


def boxed(drawing: Drawing) -> Digit:
    """Scale a drawing by its own box: every tablet has its own unit."""
    points = points_of(drawing.strokes)
    top_left, bottom_right = points.min(axis=0), points.max(axis=0)
    middle, side = (top_left + bottom_right) / 2, max((bottom_right - top_left).max(), 1)
    strokes = [[(float(x), float(y)) for x, y in (stroke - middle) / side] for stroke in drawing.strokes]
    return Digit(drawing.label, drawing.writer, strokes)


def sample(digits: list[Digit], count: int, seed: int) -> list[Digit]:
    """Draw as many of each label, and within a label from its writers in turn: a busy writer counts no more."""
    chance = random.Random(seed)
    chosen: list[Digit] = []
    for label in "0123456789":
        of_writer = defaultdict(list)
        for digit in digits:
            if digit.label == label:
                of_writer[digit.writer].append(digit)
        for entries in of_writer.values():
            chance.shuffle(entries)
        writers = sorted(of_writer)
        chance.shuffle(writers)
        in_turn = [of_writer[writer].pop() for _ in range(count) for writer in writers if of_writer[writer]]
        chosen += in_turn[: count // 10]
    chance.shuffle(chosen)
    return chosen
