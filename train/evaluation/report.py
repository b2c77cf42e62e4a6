"""How well a recogniser reads drawings: what is measured, and on which canvases."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.preprocessing import encode_png
from train.data.labeled_images import LabeledImages as Images
from train.data.strokes import Drawing
from train.evaluation.metrics import auroc, calibration_error, share, share_by
from train.evaluation.predictions import Judge, Judged, judge_all
from train.synthesis import negatives
from train.synthesis.rendering import canvas_png

PENS = (6, 10, 15, 20, 28)  # pixels on a canvas of 280
SIZES = (0.15, 0.25, 0.5, 0.75, 0.95)  # of the canvas's side
CANVAS = 280
HALF = 0.5  # of a half-drawn digit's ink
SURE = 0.9
VARIED = 1000  # drawings that each pen and size is tried with

Report = dict[str, Any]


def evaluate(judge: Judge, digits: Sequence[Drawing], letters: Sequence[Drawing], mnist: Images | None) -> Report:
    """Measure a recogniser.

    Args:
        judge: The recogniser.
        digits: Pen-drawn digits, by tablet writers (pendigits) and from UNIPEN sites.
        letters: Pen-drawn letters; look-alikes of digits are counted apart.
        mnist: MNIST pictures, or None.

    Returns:
        Figures by name, in percent.
    """
    report: Report = {}
    if mnist is not None:
        pictures = judge_all(judge, map(encode_png, mnist.pictures), len(mnist.labels), "MNIST")
        report["mnist"] = {"accuracy": share(pictures.digits == mnist.labels)}
    tablet = [drawing for drawing in digits if drawing.site.startswith("pendigits")]
    unipen = [drawing for drawing in digits if not drawing.site.startswith("pendigits")]
    scores: list[NDArray[np.float64]] = []
    for name, drawings in (("tablet", tablet), ("unipen", unipen)):
        if drawings:
            judged = judge_drawings(judge, drawings, name)
            report[name] = reading(drawings, judged)
            scores.append(judged.ood_scores)
    if letters and scores:
        report["letters"] = _letters(judge, letters, np.concatenate(scores))
    varied = (tablet or unipen)[:: max(1, len(tablet or unipen) // VARIED)]
    if varied:
        report |= {"variation": _variation(judge, varied), "half_drawn": _half_drawn(judge, varied)}
    report["taps"] = _taps(judge)
    return report


def labels_of(drawings: Sequence[Drawing]) -> NDArray[np.int64]:
    """Return the digits that drawings show, (n,)."""
    return np.array([int(drawing.label) for drawing in drawings])


def judge_drawings(judge: Judge, drawings: Sequence[Drawing], name: str, **canvas: Any) -> Judged:
    """Draw each drawing on a canvas, at a place and in a polarity of its own, and judge it.

    Args:
        judge: The recogniser.
        drawings: What to draw.
        name: What they are, for the progress bar.
        canvas: `length` and `pen`, as `canvas_png` takes them.

    Returns:
        The answers.
    """
    random = np.random.default_rng(0)
    places = random.uniform(0, 1, (len(drawings), 2))
    images = (
        canvas_png(drawing.strokes, place=(x, y), dark_on_light=index % 2 == 0, **canvas)
        for index, (drawing, (x, y)) in enumerate(zip(drawings, places, strict=True))
    )
    return judge_all(judge, images, len(drawings), name)


def judge_folder(judge: Judge, folder: Path) -> tuple[NDArray[np.int64], Judged]:
    """Judge image files that lie in subfolders named for the digit that they show.

    Args:
        judge: The recogniser.
        folder: Holds folders `0` to `9`.

    Returns:
        (n,) what the images show, and the answers.

    Raises:
        FileNotFoundError: There is no image in such a folder.
    """
    files = sorted(path for path in folder.glob("[0-9]/*") if path.is_file())
    if not files:
        raise FileNotFoundError(f"{folder} holds no images in subfolders named 0 to 9.")
    judged = judge_all(judge, (path.read_bytes() for path in files), len(files), folder.name)
    return np.array([int(path.parent.name) for path in files]), judged


def image_figures(labels: NDArray[np.int64], judged: Judged) -> Report:
    """Return the figures of images of digits: accuracy, by digit too, and calibration."""
    hits = judged.digits == labels
    return {
        "accuracy": share(hits),
        "calibration_error": calibration_error(judged.confidences, hits),
        "by_digit": share_by(labels, hits),
    }


def reading(drawings: Sequence[Drawing], judged: Judged) -> Report:
    """Return the figures of drawn digits: accuracy by digit and writer, calibration, and how many are kept."""
    labels = labels_of(drawings)
    hits = judged.digits == labels
    by_writer = share_by([drawing.writer for drawing in drawings], hits)
    many = [value["percent"] for value in by_writer.values() if value["n"] >= 30]
    figures = image_figures(labels, judged)
    return {
        **figures,
        "worst_writer": min(many, default=None),
        "worst_digit": min(value["percent"] for value in figures["by_digit"].values()),
        "kept": share(judged.verdicts != "not_a_digit"),
        "unsure": share(judged.verdicts == "unsure"),
        "by_writer": by_writer,
    }


def _letters(judge: Judge, letters: Sequence[Drawing], digit_scores: NDArray[np.float64]) -> Report:
    judged = judge_drawings(judge, letters, "letters")
    alike = np.array([letter.label in negatives.LOOK_ALIKES for letter in letters])
    return {
        "auroc": auroc(judged.ood_scores[~alike], digit_scores),
        "auroc_with_look_alikes": auroc(judged.ood_scores, digit_scores),
        "rejected": share((judged.verdicts == "not_a_digit")[~alike]),
        "over_90_percent_sure": share((judged.confidences > SURE)[~alike]),
    }


def _variation(judge: Judge, drawings: Sequence[Drawing]) -> Report:
    labels = labels_of(drawings)
    by_pen = {str(pen): share(judge_drawings(judge, drawings, f"pen {pen}", pen=pen).digits == labels) for pen in PENS}
    by_size = {
        str(size): share(judge_drawings(judge, drawings, f"size {size}", length=size * CANVAS).digits == labels)
        for size in SIZES
    }
    values = [value["percent"] for value in (*by_pen.values(), *by_size.values())]
    return {"by_pen": by_pen, "by_size": by_size, "loss": round(max(values) - min(values), 2)}


def _half_drawn(judge: Judge, drawings: Sequence[Drawing]) -> Report:
    halves = [
        Drawing(drawing.label, tuple(negatives.partial(drawing.strokes, HALF)), drawing.writer, drawing.site)
        for drawing in drawings
    ]
    judged = judge_drawings(judge, halves, "half-drawn")
    wrong = judged.digits != labels_of(halves)
    return {
        "wrong_and_over_90_percent_sure": share(wrong & (judged.confidences > SURE)),
        "of_these_called_a_digit": share(wrong & (judged.confidences > SURE) & (judged.verdicts == "digit")),
    }


def _taps(judge: Judge) -> Report:
    random = np.random.default_rng(0)
    taps = [Drawing("tap", tuple(negatives.tap(random)), "none", "none") for _ in range(200)]
    images = (
        canvas_png(tap.strokes, length=float(np.ptp(np.concatenate(tap.strokes), axis=0).max()) * pen, pen=pen)
        for tap, pen in zip(taps, random.uniform(6, 28, len(taps)), strict=True)
    )
    return {"called_a_digit": share(judge_all(judge, images, len(taps), "taps").verdicts == "digit")}
