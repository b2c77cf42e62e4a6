"""The pool of rendered training pictures: drawings, distorted and drawn with many pens, and what is no digit."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial as bind

import numpy as np
from tqdm import tqdm

from handler.preprocessing import Pixels
from train.data.labeled_images import NEGATIVE, PARTIAL
from train.data.labeled_images import LabeledImages as Images
from train.data.strokes import Drawing, Stroke
from train.synthesis import negatives
from train.synthesis import styles as shapes
from train.synthesis.distortion import distort
from train.synthesis.rendering import picture_of

# A canvas drawing's larger side in pixels; below, a 280-pixel canvas holds a digit of a seventh of its side.
MIN_LENGTH, MAX_LENGTH = 36, 220
# The pen's width as a share of the ink's box: MNIST's is 0.12; a 28-pixel pen on small writing reaches the maximum.
PEN_MEDIAN, PEN_SPREAD, PEN_MIN, PEN_MAX = 0.12, 0.65, 0.02, 0.38

PARTIAL_SHARES = (0.25, 0.7)
CHUNK = 500  # pictures a task


@dataclass(frozen=True)
class Mix:
    """How many pictures of each kind the pool holds."""

    digits: int = 110_000
    restyled: int = 8_000
    outlines: int = 8_000
    letters: int = 30_000
    symbols: int = 6_000
    scribbles: int = 4_000
    pairs: int = 6_000
    taps: int = 12_000
    partials: int = 40_000


def render_pool(digits: Sequence[Drawing], letters: Sequence[Drawing], mix: Mix, seed: int) -> Images:
    """Render the pool on all cores; the same arguments give the same pool whatever their number.

    Args:
        digits: Pen-drawn digits of the training writers.
        letters: Pen-drawn letters of the training sites; look-alikes of digits are left out.
        mix: How many pictures of each kind.
        seed: Source of all randomness.

    Returns:
        Pictures, and labels 0 to 9, `NEGATIVE` or `PARTIAL`.
    """
    kinds = list(_kinds(digits, [x for x in letters if x.label not in negatives.LOOK_ALIKES], mix))
    tasks = [
        (number, start, min(CHUNK, count - start))
        for number, (_, count) in enumerate(kinds)
        for start in range(0, count, CHUNK)
    ]
    makers = [maker for maker, _ in kinds]
    with ProcessPoolExecutor(os.cpu_count(), initializer=_set_makers, initargs=(makers,)) as executor:
        chunks = list(tqdm(executor.map(bind(_render, seed), tasks), "rendering", len(tasks), unit="×500"))
    return Images(
        np.concatenate([pictures for pictures, _ in chunks]), np.concatenate([labels for _, labels in chunks])
    )


Maker = Callable[[np.random.Generator], tuple[Sequence[Stroke], int]]
_makers: list[Maker] = []  # of this worker process


def _set_makers(makers: list[Maker]) -> None:
    _makers[:] = makers


def _kinds(digits: Sequence[Drawing], letters: Sequence[Drawing], mix: Mix) -> Iterator[tuple[Maker, int]]:
    yield _Sampler(digits, _digit), mix.digits
    yield _Sampler([x for x in digits if x.label in "079"], _restyled), mix.restyled
    yield _outline, mix.outlines
    if letters:
        yield _Sampler(letters, _letter), mix.letters
    yield _symbol, mix.symbols
    yield _scribble, mix.scribbles
    yield _Pairs(digits), mix.pairs
    yield _tap, mix.taps
    # Half a 1 is a 1.
    yield _Sampler([x for x in digits if x.label != "1" or len(x.strokes) > 1], _partial), mix.partials


class _Sampler:
    """Draws by writer rather than by entry: a writer of many drawings counts as the square root of them."""

    def __init__(
        self, drawings: Sequence[Drawing], make: Callable[[Drawing, np.random.Generator], tuple[Sequence[Stroke], int]]
    ) -> None:
        self.drawings, self.make = drawings, make
        entries = Counter(drawing.writer for drawing in drawings)
        self.cumulative = np.cumsum([entries[drawing.writer] ** -0.5 for drawing in drawings])

    def pick(self, random: np.random.Generator) -> Drawing:
        index = np.searchsorted(self.cumulative, random.random() * self.cumulative[-1], side="right")
        return self.drawings[int(index)]

    def __call__(self, random: np.random.Generator) -> tuple[Sequence[Stroke], int]:
        return self.make(self.pick(random), random)


class _Pairs(_Sampler):
    def __init__(self, drawings: Sequence[Drawing]) -> None:
        super().__init__(drawings, _digit)

    def __call__(self, random: np.random.Generator) -> tuple[Sequence[Stroke], int]:
        pair = negatives.two_digits(self.pick(random), self.pick(random), random)
        return distort(pair, random), NEGATIVE


def _digit(drawing: Drawing, random: np.random.Generator) -> tuple[Sequence[Stroke], int]:
    return distort(drawing.strokes, random), int(drawing.label)


def _restyled(drawing: Drawing, random: np.random.Generator) -> tuple[Sequence[Stroke], int]:
    strokes = shapes.restyle(drawing.label, drawing.strokes, random) or drawing.strokes
    return distort(strokes, random), int(drawing.label)


def _outline(random: np.random.Generator) -> tuple[Sequence[Stroke], int]:
    label = str(random.choice(list(shapes.OUTLINES)))
    return distort(shapes.outline(label, random), random), int(label)


def _letter(drawing: Drawing, random: np.random.Generator) -> tuple[Sequence[Stroke], int]:
    return distort(drawing.strokes, random), NEGATIVE


def _symbol(random: np.random.Generator) -> tuple[Sequence[Stroke], int]:
    return distort(negatives.symbol(random), random), NEGATIVE


def _scribble(random: np.random.Generator) -> tuple[Sequence[Stroke], int]:
    return negatives.scribble(random), NEGATIVE


def _tap(random: np.random.Generator) -> tuple[Sequence[Stroke], int]:
    return negatives.tap(random), NEGATIVE


def _partial(drawing: Drawing, random: np.random.Generator) -> tuple[Sequence[Stroke], int]:
    return distort(negatives.partial(drawing.strokes, random.uniform(*PARTIAL_SHARES)), random), PARTIAL


def _render(seed: int, task: tuple[int, int, int]) -> tuple[Pixels, np.ndarray[tuple[int], np.dtype[np.int64]]]:
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
    if is_tap:  # its points are measured in pen widths
        pen = float(random.uniform(4, 30))
        return picture_of(strokes, length=float(np.ptp(np.concatenate(strokes), axis=0).max()) * pen, pen=pen)
    length = float(np.exp(random.uniform(np.log(MIN_LENGTH), np.log(MAX_LENGTH))))
    share = float(np.clip(PEN_MEDIAN * np.exp(random.normal(0, PEN_SPREAD)), PEN_MIN, PEN_MAX))
    return picture_of(strokes, length=length, pen=length * share / (1 - share))
