"""Real digits as pen strokes, by writers that training did not see, to draw on the page."""

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
    """A handwritten digit in a box whose longer side is 1 and whose center is (0, 0)."""

    label: str
    writer: str
    strokes: list[Stroke]

    def placed(self, center: Point = (0.5, 0.5), size: float = 0.6) -> list[Stroke]:
        """Return the strokes in fractions of the canvas side."""
        return [[(center[0] + x * size, center[1] + y * size) for x, y in stroke] for stroke in self.strokes]


def load_unseen(folder: Path) -> list[Digit]:
    """Return the digits of every writer that neither training nor calibration has seen."""
    drawings = [drawing for name in FILES for drawing in load_drawings(folder / name)]
    return [boxed(drawing) for drawing in drawings if drawing.split == "test"]


def boxed(drawing: Drawing) -> Digit:
    """Scale a drawing to its bounding box: every tablet has its own unit."""
    points = points_of(drawing.strokes)
    top_left, bottom_right = points.min(axis=0), points.max(axis=0)
    middle, side = (top_left + bottom_right) / 2, max((bottom_right - top_left).max(), 1)
    strokes = [[(float(x), float(y)) for x, y in (stroke - middle) / side] for stroke in drawing.strokes]
    return Digit(drawing.label, drawing.writer, strokes)


def sample(digits: list[Digit], count: int, seed: int) -> list[Digit]:
    """Return equally many digits of each label, and within a label of its writers in turn."""
    generator = random.Random(seed)
    chosen: list[Digit] = []
    for label in "0123456789":
        by_writer = defaultdict(list)
        for digit in digits:
            if digit.label == label:
                by_writer[digit.writer].append(digit)
        for entries in by_writer.values():
            generator.shuffle(entries)
        writers = sorted(by_writer)
        generator.shuffle(writers)
        in_turn = [by_writer[writer].pop() for _ in range(count) for writer in writers if by_writer[writer]]
        chosen += in_turn[: count // 10]
    generator.shuffle(chosen)
    return chosen
