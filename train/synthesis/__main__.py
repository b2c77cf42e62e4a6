"""`python -m train.synthesis`: contact sheets of what is invented, to look at.

`writers.png` has a row of ten digits for each writer, real ones at the left and invented ones at the right; `signs.png`
has each sign in three hands.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from handler.preprocessing import Pixels
from train.data.folder import DEFAULT_FOLDER, load_pen_digits
from train.data.strokes import Drawing, Stroke
from train.synthesis.doodle_templates import DOODLES
from train.synthesis.letter_templates import LETTERS
from train.synthesis.rendering import draw
from train.synthesis.sign_templates import SIGNS
from train.synthesis.writers import Writer

TILE = 56  # pixels
LENGTH, PEN = 42.0, 3.0  # of a drawing, pixels
SIGNS_IN_A_ROW = 6


def main() -> None:
    """Write the contact sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--output", type=Path, default=Path(), help="folder for writers.png")
    parser.add_argument("--writers", type=int, default=20, help="how many of each kind")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    real = real_rows(load_pen_digits(arguments.data)["train"], arguments.writers, random)
    invented = [_invented_row(int(seed), random) for seed in random.integers(1 << 30, size=arguments.writers)]
    _save(arguments.output / "writers.png", [[*a, None, *b] for a, b in zip(real, invented, strict=True)])
    _save(arguments.output / "signs.png", list(_sign_rows(random)))


def real_rows(
    drawings: Sequence[Drawing], count: int, random: np.random.Generator
) -> list[list[Sequence[Stroke] | None]]:
    """Return the ten digits, where there are any, of each of `count` random writers."""
    writers = sorted({drawing.writer for drawing in drawings})
    chosen = random.choice(writers, count, replace=count > len(writers))
    rows: list[list[Sequence[Stroke] | None]] = []
    for writer in chosen:
        own = [[x for x in drawings if x.writer == writer and x.label == str(digit)] for digit in range(10)]
        rows.append([some[int(random.integers(len(some)))].strokes if some else None for some in own])
    return rows


def _invented_row(seed: int, random: np.random.Generator) -> list[Sequence[Stroke] | None]:
    writer = Writer(seed)
    return [writer.digit(digit, random) for digit in range(10)]


def _sign_rows(random: np.random.Generator) -> Iterator[list[Sequence[Stroke] | None]]:
    templates = [*SIGNS.values(), *DOODLES.values(), *LETTERS.values()]
    for start in range(0, len(templates), SIGNS_IN_A_ROW):
        row: list[Sequence[Stroke] | None] = []
        for template in templates[start : start + SIGNS_IN_A_ROW]:
            hands = [Writer(int(seed)) for seed in random.integers(1 << 30, size=3)]
            row += [*(hand.character(template, random) for hand in hands), None]
        yield row + [None] * (4 * SIGNS_IN_A_ROW - len(row))


def _save(path: Path, rows: Sequence[Sequence[Sequence[Stroke] | None]]) -> None:
    sheet = np.concatenate([np.concatenate([_tile(strokes) for strokes in row], axis=1) for row in rows])
    Image.fromarray(255 - sheet).save(path)


def _tile(strokes: Sequence[Stroke] | None) -> Pixels:
    tile = np.zeros((TILE, TILE), np.uint8)
    if strokes is not None:
        drawn = draw(strokes, length=LENGTH, pen=PEN)
        height, width = drawn.shape
        top, left = (TILE - height) // 2, (TILE - width) // 2
        tile[top : top + height, left : left + width] = drawn
    return tile


if __name__ == "__main__":
    main()
