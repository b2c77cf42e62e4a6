"""The drawn training pictures: distorted drawings, drawn with many pens, and drawings that are not a digit."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from tqdm import tqdm

from handler.preprocessing import Pixels
from train.data.labeled_images import NEGATIVE, PARTIAL, LabeledImages, Labels
from train.data.strokes import Drawing, Stroke, size_of
from train.synthesis import negatives, styles
from train.synthesis.distortion import distort
from train.synthesis.rendering import picture_of

# The larger side of a drawing, pixels on a canvas of 280.
MIN_LENGTH, MAX_LENGTH = 36, 220
# The pen's width as a share of the ink's box: MNIST's is 0.12; a 28-pixel pen on small writing reaches the maximum.
PEN_MEDIAN, PEN_SPREAD, PEN_MIN, PEN_MAX = 0.12, 0.65, 0.02, 0.38
TAP_PENS = (4, 30)  # pixels

PARTIAL_SHARES = (0.25, 0.7)
CHUNK = 500  # pictures in one task of a process


@dataclass(frozen=True)
class Composition:
    """How many pictures of each kind there are."""

    digits: int = 110_000
    restyled: int = 8_000
    outlines: int = 8_000
    letters: int = 30_000
    symbols: int = 6_000
    scribbles: int = 4_000
    pairs: int = 6_000
    taps: int = 12_000
    partials: int = 40_000


Labeled = tuple[Sequence[Stroke], int]  # strokes and their label
Maker = Callable[[np.random.Generator], Labeled]


def render_training_set(
    digits: Sequence[Drawing], letters: Sequence[Drawing], composition: Composition, seed: int
) -> LabeledImages:
    """Render the drawn training pictures on all cores; their number does not change the result.

    Args:
        digits: Pen-drawn digits of the training writers.
        letters: Pen-drawn letters of the training sites; look-alikes of digits are left out.
        composition: How many pictures of each kind.
        seed: Source of all randomness.

    Returns:
        Pictures, and labels 0 to 9, `NEGATIVE` or `PARTIAL`.
    """
    kinds = list(_kinds(digits, [x for x in letters if x.label not in negatives.LOOK_ALIKES], composition))
    tasks = [
        (number, start, min(CHUNK, count - start))
        for number, (_, count) in enumerate(kinds)
        for start in range(0, count, CHUNK)
    ]
    makers = [maker for maker, _ in kinds]
    with ProcessPoolExecutor(os.cpu_count(), initializer=_set_makers, initargs=(makers,)) as executor:
        chunks = list(tqdm(executor.map(partial(_render, seed), tasks), "rendering", len(tasks), unit="×500"))
    pictures, labels = zip(*chunks, strict=True)
    return LabeledImages(np.concatenate(pictures), np.concatenate(labels))


_makers: list[Maker] = []  # of a worker process: sent once, instead of with every task


def _set_makers(makers: list[Maker]) -> None:
    _makers[:] = makers


def _kinds(
    digits: Sequence[Drawing], letters: Sequence[Drawing], composition: Composition
) -> Iterator[tuple[Maker, int]]:
    of_writer = _WriterSampler(digits)
    yield partial(_digit, of_writer), composition.digits
    yield partial(_restyled, _WriterSampler([x for x in digits if x.label in "079"])), composition.restyled
    yield _outline, composition.outlines
    if letters:
        yield partial(_letter, _WriterSampler(letters)), composition.letters
    yield _symbol, composition.symbols
    yield _scribble, composition.scribbles
    yield partial(_pair, of_writer), composition.pairs
    yield _tap, composition.taps
    # Half a 1 of one stroke is a 1.
    halves = _WriterSampler([x for x in digits if x.label != "1" or len(x.strokes) > 1])
    yield partial(_partial, halves), composition.partials


class _WriterSampler:
    """Picks drawings by writer rather than by entry: a writer counts as the square root of the number of drawings."""

    def __init__(self, drawings: Sequence[Drawing]) -> None:
        self.drawings = drawings
        entries = Counter(drawing.writer for drawing in drawings)
        self.cumulative = np.cumsum([entries[drawing.writer] ** -0.5 for drawing in drawings])

    def pick(self, random: np.random.Generator) -> Drawing:
        index = np.searchsorted(self.cumulative, random.random() * self.cumulative[-1], side="right")
        return self.drawings[int(index)]


def _digit(digits: _WriterSampler, random: np.random.Generator) -> Labeled:
    drawing = digits.pick(random)
    return distort(drawing.strokes, random), int(drawing.label)


def _restyled(digits: _WriterSampler, random: np.random.Generator) -> Labeled:
    drawing = digits.pick(random)
    strokes = styles.restyle(drawing.label, drawing.strokes, random) or drawing.strokes
    return distort(strokes, random), int(drawing.label)


def _outline(random: np.random.Generator) -> Labeled:
    label = str(random.choice(list(styles.OUTLINES)))
    return distort(styles.outline(label, random), random), int(label)


def _letter(letters: _WriterSampler, random: np.random.Generator) -> Labeled:
    return distort(letters.pick(random).strokes, random), NEGATIVE


def _symbol(random: np.random.Generator) -> Labeled:
    return distort(negatives.symbol(random), random), NEGATIVE


def _scribble(random: np.random.Generator) -> Labeled:
    return negatives.scribble(random), NEGATIVE


def _pair(digits: _WriterSampler, random: np.random.Generator) -> Labeled:
    return distort(negatives.two_digits(digits.pick(random), digits.pick(random), random), random), NEGATIVE


def _tap(random: np.random.Generator) -> Labeled:
    return negatives.tap(random), NEGATIVE


def _partial(digits: _WriterSampler, random: np.random.Generator) -> Labeled:
    strokes = digits.pick(random).strokes
    return distort(negatives.partial(strokes, random.uniform(*PARTIAL_SHARES)), random), PARTIAL


def _render(seed: int, task: tuple[int, int, int]) -> tuple[Pixels, Labels]:
    kind, start, count = task
    random = np.random.default_rng((seed, kind, start))
    maker = _makers[kind]
    pictures, labels = [], []
    for _ in range(count):
        strokes, label = maker(random)
        pictures.append(_picture(strokes, random, is_tap=maker is _tap))
        labels.append(label)
    return np.stack(pictures), np.array(labels)


def _picture(strokes: Sequence[Stroke], random: np.random.Generator, *, is_tap: bool) -> Pixels:
    if is_tap:  # the unit of its points is the width of the pen
        pen = float(random.uniform(*TAP_PENS))
        return picture_of(strokes, length=size_of(strokes) * pen, pen=pen)
    length = float(np.exp(random.uniform(np.log(MIN_LENGTH), np.log(MAX_LENGTH))))
    share = float(np.clip(PEN_MEDIAN * np.exp(random.normal(0, PEN_SPREAD)), PEN_MIN, PEN_MAX))
    return picture_of(strokes, length=length, pen=length * share / (1 - share))
