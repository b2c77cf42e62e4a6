"""The drawn training pictures: distorted drawings, drawn with many pens, and drawings that are not a digit."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass

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
Task = tuple[str, tuple[int, int, int], int]  # a kind, the seed of its pictures, and how many

UNDISTORTED = frozenset({"scribbles", "taps"})  # random enough as they are made


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
    letters = [letter for letter in letters if letter.label not in negatives.LOOK_ALIKES]
    counts = {kind: count for kind, count in asdict(composition).items() if letters or kind != "letters"}
    tasks: list[Task] = [
        (kind, (seed, number, start), min(CHUNK, count - start))
        for number, (kind, count) in enumerate(counts.items())
        for start in range(0, count, CHUNK)
    ]
    with ProcessPoolExecutor(os.cpu_count(), initializer=_set_makers, initargs=(digits, letters)) as executor:
        chunks = list(tqdm(executor.map(_render, tasks), "rendering", len(tasks), unit="×500"))
    pictures, labels = zip(*chunks, strict=True)
    return LabeledImages(np.concatenate(pictures), np.concatenate(labels))


class _WriterSampler:
    """Picks drawings by writer rather than by entry: a writer counts as the square root of the number of drawings."""

    def __init__(self, drawings: Sequence[Drawing]) -> None:
        self.drawings = drawings
        entries = Counter(drawing.writer for drawing in drawings)
        self.cumulative = np.cumsum([entries[drawing.writer] ** -0.5 for drawing in drawings])

    def pick(self, random: np.random.Generator) -> Drawing:
        index = np.searchsorted(self.cumulative, random.random() * self.cumulative[-1], side="right")
        return self.drawings[int(index)]


# Of a worker process, set once: the drawings are too many to send with each task.
_makers: dict[str, Maker] = {}


def _set_makers(digits: Sequence[Drawing], letters: Sequence[Drawing]) -> None:
    """Set how a picture of each kind of `Composition` is made."""
    digit, letter = _WriterSampler(digits), _WriterSampler(letters)
    restylable = _WriterSampler([x for x in digits if x.label in styles.RESTYLABLE])
    # Half a 1 of one stroke is a 1.
    halvable = _WriterSampler([x for x in digits if x.label != "1" or len(x.strokes) > 1])

    def whole(random: np.random.Generator) -> Labeled:
        drawing = digit.pick(random)
        return drawing.strokes, int(drawing.label)

    def restyled(random: np.random.Generator) -> Labeled:
        drawing = restylable.pick(random)
        return styles.restyle(drawing.label, drawing.strokes, random), int(drawing.label)

    def outline(random: np.random.Generator) -> Labeled:
        label = str(random.choice(list(styles.OUTLINES)))
        return styles.outline(label, random), int(label)

    def half(random: np.random.Generator) -> Labeled:
        strokes = halvable.pick(random).strokes
        return negatives.partial(strokes, random.uniform(*PARTIAL_SHARES)), PARTIAL

    _makers.update(
        digits=whole,
        restyled=restyled,
        outlines=outline,
        letters=lambda random: (letter.pick(random).strokes, NEGATIVE),
        symbols=lambda random: (negatives.symbol(random), NEGATIVE),
        scribbles=lambda random: (negatives.scribble(random), NEGATIVE),
        pairs=lambda random: (negatives.two_digits(digit.pick(random), digit.pick(random), random), NEGATIVE),
        taps=lambda random: (negatives.tap(random), NEGATIVE),
        partials=half,
    )


def _render(task: Task) -> tuple[Pixels, Labels]:
    kind, seed, count = task
    random = np.random.default_rng(seed)
    pictures, labels = [], []
    for _ in range(count):
        strokes, label = _makers[kind](random)
        distorted = strokes if kind in UNDISTORTED else distort(strokes, random)
        pictures.append(_picture(distorted, random, is_tap=kind == "taps"))
        labels.append(label)
    return np.stack(pictures), np.array(labels)


def _picture(strokes: Sequence[Stroke], random: np.random.Generator, *, is_tap: bool) -> Pixels:
    if is_tap:  # the unit of its points is the width of the pen
        pen = float(random.uniform(*TAP_PENS))
        return picture_of(strokes, length=size_of(strokes) * pen, pen=pen)
    length = float(np.exp(random.uniform(np.log(MIN_LENGTH), np.log(MAX_LENGTH))))
    share = float(np.clip(PEN_MEDIAN * np.exp(random.normal(0, PEN_SPREAD)), PEN_MIN, PEN_MAX))
    return picture_of(strokes, length=length, pen=length * share / (1 - share))
