"""The drawn training pictures: digits of real and invented writers, with many pens, and what is not a digit."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np
from tqdm import tqdm

from handler.calibration import CLASSES
from handler.preprocessing import Pixels
from train.data.labeled_images import NEGATIVE, PART, LabeledImages, Labels, either, part_of
from train.data.strokes import Drawing, Stroke, size_of
from train.synthesis import negatives, searched, spoiled, styles
from train.synthesis.digit_templates import ONE_OR_SEVEN
from train.synthesis.distortion import distort
from train.synthesis.rendering import picture_of
from train.synthesis.writers import Writer

# The larger side of a drawing, pixels on a canvas of 280.
MIN_LENGTH, MAX_LENGTH = 36, 220
# The pen's width as a share of the ink's box: MNIST's is 0.12; a 28-pixel pen on small writing reaches the maximum.
PEN_MEDIAN, PEN_SPREAD, PEN_MIN, PEN_MAX = 0.12, 0.65, 0.02, 0.38
# A fatter pen hides what makes these other than a digit.
FINE, FINE_MAX = frozenset({"signs", "spoiled"}), 0.2
TAPS = frozenset({"taps", "touches"})
TAP_PENS = (4, 30)  # pixels

PARTIAL_SHARES = (0.25, 0.7)
STRAIGHT = 0.8  # how far apart the ends of an arc are, of its length
CUT_OFF = 0.2  # share of partial digits that are cut off rather than half-drawn
WRITERS = 5_000  # invented ones
CHUNK = 500  # pictures in one task of a process


@dataclass(frozen=True)
class Composition:
    """How many pictures of each kind there are."""

    digits: int = 96_000
    morphed: int = 14_000
    restyled: int = 22_000
    invented: int = 30_000
    ambiguous: int = 2_000
    letters: int = 30_000
    latin: int = 14_000
    signs: int = 16_000
    scribbles: int = 5_000
    pairs: int = 5_000
    spoiled: int = 16_000
    taps: int = 10_000
    touches: int = 6_000
    partials: int = 45_000
    searched: int = 2_000


Labeled = tuple[Sequence[Stroke], int]  # strokes and their label
Maker = Callable[[np.random.Generator], Labeled]
Finished = tuple[Pixels, int]  # a picture and its label
Task = tuple[str, tuple[int, int, int], int]  # a kind, the seed of its pictures, and how many

UNDISTORTED = frozenset({"scribbles", *TAPS})  # random enough as they are made


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
        Pictures, and their labels, as `LabeledImages` has them.
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
_samplers: list["_WriterSampler"] = []


def _set_makers(digits: Sequence[Drawing], letters: Sequence[Drawing]) -> None:
    """Set how a picture of each kind of `Composition` is made."""
    digit, letter = _WriterSampler(digits), _WriterSampler(letters)
    restylable = _WriterSampler([x for x in digits if x.label in styles.RESTYLABLE])
    # Half a 1 of one stroke is a 1.
    halvable = _WriterSampler([x for x in digits if x.label != "1" or len(x.strokes) > 1])
    of_digit = [_WriterSampler([x for x in digits if x.label == str(value)]) for value in range(CLASSES)]
    of_letter = {
        label: _WriterSampler([x for x in letters if x.label == label]) for label in {x.label for x in letters}
    }

    def whole(random: np.random.Generator) -> Labeled:
        drawing = digit.pick(random)
        return drawing.strokes, int(drawing.label)

    def morphed(random: np.random.Generator) -> Labeled:
        drawing = digit.pick(random)
        label = int(drawing.label)
        other = of_digit[label].pick(random).strokes if random.random() < 0.5 else _writer(random).digit(label, random)
        return styles.morph(drawing.strokes, other, random), label

    def restyled(random: np.random.Generator) -> Labeled:
        drawing = restylable.pick(random)
        return styles.restyle(drawing.label, drawing.strokes, random), int(drawing.label)

    def invented(random: np.random.Generator) -> Labeled:
        label = int(random.integers(CLASSES))
        return _writer(random).digit(label, random), label

    def ambiguous(random: np.random.Generator) -> Labeled:
        return _writer(random).character(ONE_OR_SEVEN, random), either(1, 7)

    def partial(random: np.random.Generator) -> Labeled:
        share = random.uniform(*PARTIAL_SHARES)
        drawing = halvable.pick(random)
        label, strokes = int(drawing.label), list(drawing.strokes)
        if random.random() < CUT_OFF:
            return spoiled.cut_off(strokes, share, random), part_of(label)
        if random.random() < 0.25:
            label = int(random.choice([0, 2, 3, 4, 5, 6, 7, 8, 9]))
            strokes = _writer(random).digit(label, random)
        drawn = negatives.partial(strokes, share)
        return drawn, PART if _is_arc(drawn) else part_of(label)

    def real_letter(random: np.random.Generator) -> Labeled:
        drawing = letter.pick(random)
        other = of_letter[drawing.label].pick(random).strokes
        return (styles.morph(drawing.strokes, other, random) if random.random() < 0.5 else drawing.strokes), NEGATIVE

    _samplers[:] = [digit]
    _makers.update(
        digits=whole,
        morphed=morphed,
        restyled=restyled,
        invented=invented,
        ambiguous=ambiguous,
        letters=real_letter,
        latin=lambda random: (negatives.latin_letter(random), NEGATIVE),
        signs=lambda random: (negatives.sign(random), NEGATIVE),
        scribbles=lambda random: (negatives.scribble(random), NEGATIVE),
        pairs=lambda random: (negatives.two_digits(digit.pick(random), digit.pick(random), random), NEGATIVE),
        spoiled=lambda random: (spoiled.spoiled(digit.pick(random), digit.pick(random), random), NEGATIVE),
        taps=lambda random: (negatives.tap(random), NEGATIVE),
        touches=lambda random: (negatives.touches(random), NEGATIVE),
        partials=partial,
    )


def _is_arc(strokes: Sequence[Stroke]) -> bool:
    """Return whether strokes are one that hardly turns: a 1, or the beginning of many digits."""
    if len(strokes) > 1:
        return False
    length = np.linalg.norm(np.diff(strokes[0], axis=0), axis=1).sum()
    return bool(np.linalg.norm(strokes[0][-1] - strokes[0][0]) >= STRAIGHT * length)


def _writer(random: np.random.Generator) -> Writer:
    return Writer(int(random.integers(WRITERS)))


def _render(task: Task) -> tuple[Pixels, Labels]:
    kind, seed, count = task
    random = np.random.default_rng(seed)
    make = _search if kind == "searched" else _draw
    made = [make(kind, random) for _ in range(count)]
    return np.stack([picture for picture, _ in made]), np.array([label for _, label in made])


def _search(_: str, random: np.random.Generator) -> Finished:
    """Return what is found in a picture; several are made until there is something."""
    while (found := searched.find(_samplers[0].pick(random), random)) is None:
        pass
    return found


def _draw(kind: str, random: np.random.Generator) -> Finished:
    strokes, label = _makers[kind](random)
    distorted = strokes if kind in UNDISTORTED else distort(strokes, random)
    return _picture(distorted, kind, random), label


def _picture(strokes: Sequence[Stroke], kind: str, random: np.random.Generator) -> Pixels:
    if kind in TAPS:  # the unit of its points is the width of the pen
        pen = float(random.uniform(*TAP_PENS))
        return picture_of(strokes, length=size_of(strokes) * pen, pen=pen)
    length = float(np.exp(random.uniform(np.log(MIN_LENGTH), np.log(MAX_LENGTH))))
    share = float(
        np.clip(PEN_MEDIAN * np.exp(random.normal(0, PEN_SPREAD)), PEN_MIN, FINE_MAX if kind in FINE else PEN_MAX)
    )
    return picture_of(strokes, length=length, pen=length * share / (1 - share))
