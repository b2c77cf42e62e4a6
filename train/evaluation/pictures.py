"""How well pictures are read that people take: photographs, scans, lines and frames, kind by kind."""

import itertools
import os
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from train.data.labeled_images import Labels
from train.data.strokes import Drawing
from train.evaluation.metrics import share
from train.evaluation.predictions import Predictions, Predictor, predict
from train.evaluation.report import SURE, Report, image_metrics
from train.synthesis.pictures import BLANK_KINDS, KINDS, SLOW_KINDS, blank_picture, picture
from train.synthesis.rendering import canvas_png, labels_of

PER_KIND = 300  # pictures
SLOW_SHARE = 10  # one in so many is made of a slow kind
BATCH = 4  # photographs in one request: a request may have 8 MiB, and each takes a while to decode

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Measured:
    """The pictures of one kind and the answers to them.

    Attributes:
        images: n encoded images.
        labels: (n,) int64, the digits; -1 where nothing is drawn.
        predictions: The answers.
        report: The metrics.
    """

    images: list[bytes]
    labels: Labels
    predictions: Predictions
    report: Report

    @property
    def errors(self) -> NDArray[np.int64]:
        """The indices of the pictures that are not read right, or that are read though nothing is drawn."""
        drawn = self.labels >= 0
        wrong = np.where(drawn, ~read_right(self.labels, self.predictions), self.predictions.verdicts == "digit")
        return np.flatnonzero(wrong)


def evaluate_pictures(
    predictor: Predictor,
    drawings: Sequence[Drawing],
    count: int,
    kinds: Sequence[str] = (*KINDS, *BLANK_KINDS),
    seed: int = 0,
) -> dict[str, Measured]:
    """Make pictures of each kind from drawings and measure how they are read.

    Every kind shows the same drawings, so that kinds can be compared. The same seed makes the same pictures.

    Args:
        predictor: The recognizer.
        drawings: Digits to choose from at random.
        count: Pictures of each kind; slow kinds have a tenth of it.
        kinds: Which kinds, of `KINDS` and `BLANK_KINDS`.
        seed: Source of all randomness.

    Raises:
        ValueError: There is no such kind.
    """
    if unknown := set(kinds) - {*KINDS, *BLANK_KINDS}:
        raise ValueError(f"There is no kind of pictures called {', '.join(sorted(unknown))}.")
    chosen = _choose(drawings, count, seed)
    on_canvas = predict(predictor, (canvas_png(x.strokes) for x in chosen), len(chosen), "on a canvas")
    readable = read_right(labels_of(chosen), on_canvas)
    measured = {}
    for kind in kinds:
        size = max(1, count // SLOW_SHARE) if kind in SLOW_KINDS else count
        measured[kind] = _measure(predictor, kind, chosen[:size], readable[:size], seed)
    return measured


def measure_files(predictor: Predictor, files: Sequence[tuple[Path, int]]) -> Measured:
    """Measure how image files are read.

    Args:
        predictor: The recognizer.
        files: Each with the digit that it shows, or a label below 0.

    Returns:
        The metrics of `image_metrics` and `digit_metrics` for the digits; under `no_digit` those of `blank_metrics` for
        the rest, if there are any.
    """
    images, labels = [path.read_bytes() for path, _ in files], np.array([label for _, label in files])
    predictions = predict(predictor, images, len(images), "images", batch_size=BATCH)
    shown, rest = np.flatnonzero(labels >= 0), np.flatnonzero(labels < 0)
    report: Report = {}
    if len(shown):
        read = labels[shown], predictions[shown]
        report |= {**image_metrics(*read), **digit_metrics(*read)}
    if len(rest):
        report["no_digit"] = blank_metrics(predictions[rest])
    return Measured(images, labels, predictions, report)


def report_of(measured: dict[str, Measured]) -> Report:
    """Return the metrics of each kind: those of a digit under `kinds`, those of nothing under `blanks`."""
    reports = {kind: result.report for kind, result in measured.items()}
    return {
        "kinds": {kind: report for kind, report in reports.items() if "right" in report},
        "blanks": {kind: report for kind, report in reports.items() if "right" not in report},
    }


def read_right(labels: Labels, predictions: Predictions) -> Bools:
    """Return which digits are read: (n,) bool, the digit is right and the verdict is not `not_a_digit`."""
    right: Bools = (predictions.digits == labels) & (predictions.verdicts != "not_a_digit")
    return right


def digit_metrics(labels: Labels, predictions: Predictions, readable: Bools | None = None) -> Report:
    """Return the metrics of pictures of a digit.

    Args:
        labels: (n,) int64, 0 to 9.
        predictions: The answers.
        readable: (n,) bool, which drawings are read when they are on a canvas; left out if it is not known.

    Returns:
        Shares of all pictures: `right`, and `right_if_readable` of those that are read on a canvas;
        `wrong_and_sure`: another digit with the verdict `digit` and a confidence over 0.9; `rejected`: the verdict
        `not_a_digit`; `blank`: nothing was found; `failed`: other errors.
    """
    right, verdicts = read_right(labels, predictions), predictions.verdicts
    wrong_and_sure = (predictions.digits != labels) & (verdicts == "digit") & (predictions.confidences > SURE)
    answered = np.isin(verdicts, ["digit", "unsure", "not_a_digit"])
    report: Report = {
        "right": share(right),
        "wrong_and_sure": share(wrong_and_sure),
        "rejected": share(verdicts == "not_a_digit"),
        "blank": share(verdicts == "BlankImage"),
        "failed": share(~answered & (verdicts != "BlankImage")),
    }
    return report if readable is None else {**report, "right_if_readable": share(right[readable])}


def blank_metrics(predictions: Predictions) -> Report:
    """Return how many pictures without a digit are called one, and how many have the verdict `unsure`."""
    return {
        "called_a_digit": share(predictions.verdicts == "digit"),
        "unsure": share(predictions.verdicts == "unsure"),
    }


def _choose(drawings: Sequence[Drawing], count: int, seed: int) -> list[Drawing]:
    """Return `count` drawings in random order; some twice if there are fewer."""
    order = np.random.default_rng(seed).permutation(len(drawings))
    return [drawings[index] for index in itertools.islice(itertools.cycle(order), count)]


def _measure(predictor: Predictor, kind: str, drawings: Sequence[Drawing], readable: Bools, seed: int) -> Measured:
    with ThreadPoolExecutor(os.cpu_count()) as executor:  # OpenCV and NumPy leave other threads the interpreter
        made = executor.map(_make, itertools.repeat((kind, seed)), itertools.count(), drawings)
        images = list(tqdm(made, f"{kind}, made", len(drawings), leave=False))
    # Only now: photographs that are read while others are made may not be read in time.
    predictions = predict(predictor, images, len(images), kind, batch_size=BATCH)
    if kind in BLANK_KINDS:
        return Measured(images, np.full(len(images), -1), predictions, blank_metrics(predictions))
    labels = labels_of(drawings)
    return Measured(images, labels, predictions, digit_metrics(labels, predictions, readable))


def _make(kind_and_seed: tuple[str, int], number: int, drawing: Drawing) -> bytes:
    """Make the picture of a drawing; its number of its kind is part of its seed."""
    kind, seed = kind_and_seed
    random = np.random.default_rng((seed, zlib.crc32(kind.encode()), number))
    return picture(kind, drawing, random) if kind in KINDS else blank_picture(kind, random)
