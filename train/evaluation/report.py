"""How well a recognizer reads drawings: what is measured, and on which canvases."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.preprocessing import encode_png
from train.data.labeled_images import LabeledImages, Labels
from train.data.strokes import Drawing
from train.evaluation.metrics import auroc, calibration_error, share, share_by
from train.evaluation.predictions import Predictions, Predictor, predict
from train.synthesis import negatives
from train.synthesis.rendering import canvas_png, labels_of

PENS = (6, 10, 15, 20, 28)  # pixels on a canvas of 280
SIZES = (0.15, 0.25, 0.5, 0.75, 0.95)  # of the side of the canvas
CANVAS = 280  # pixels
HALF = 0.5  # of the ink of a half-drawn digit
SURE = 0.9  # confidence
VARIED = 1000  # about how many drawings are drawn with each pen and size
TAPS = 200

Report = dict[str, Any]


def evaluate(
    predictor: Predictor, digits: Sequence[Drawing], letters: Sequence[Drawing], mnist: LabeledImages | None
) -> Report:
    """Measure a recognizer.

    Args:
        predictor: The recognizer.
        digits: Pen-drawn digits, by tablet writers (pendigits) and from UNIPEN sites.
        letters: Pen-drawn letters; look-alikes of digits are counted separately.
        mnist: MNIST pictures, or None.

    Returns:
        The metrics of each part of the data, shares in percent.
    """
    report: Report = {}
    if mnist is not None:
        report["mnist"] = mnist_metrics(predictor, mnist)
    tablet, unipen = by_source(digits)
    scores: list[NDArray[np.float64]] = []
    for name, drawings in (("tablet", tablet), ("unipen", unipen)):
        if drawings:
            predictions = predict_drawings(predictor, drawings, name)
            report[name] = drawing_metrics(drawings, predictions)
            scores.append(predictions.ood_scores)
    if letters and scores:
        report["letters"] = letter_metrics(predictor, letters, np.concatenate(scores))
    varied = (tablet or unipen)[:: max(1, len(tablet or unipen) // VARIED)]
    if varied:
        report |= {"variation": _variation(predictor, varied), "half_drawn": _half_drawn(predictor, varied)}
    report["taps"] = tap_metrics(predictor)
    return report


def by_source(digits: Sequence[Drawing]) -> tuple[list[Drawing], list[Drawing]]:
    """Return the drawings from pendigits, written on a tablet, and those from UNIPEN."""
    tablet = [drawing for drawing in digits if drawing.site.startswith("pendigits")]
    return tablet, [drawing for drawing in digits if not drawing.site.startswith("pendigits")]


def predict_drawings(predictor: Predictor, drawings: Sequence[Drawing], name: str, **canvas: Any) -> Predictions:
    """Predict drawings, each at a random place on a canvas, dark on light and light on dark in turn.

    The places are the same in every run. `name` is for the progress bar; `canvas` is `length` and `pen`, pixels, as
    `canvas_png` takes them.
    """
    random = np.random.default_rng(0)
    places = random.uniform(0, 1, (len(drawings), 2))
    images = (
        canvas_png(drawing.strokes, place=(x, y), dark_on_light=index % 2 == 0, **canvas)
        for index, (drawing, (x, y)) in enumerate(zip(drawings, places, strict=True))
    )
    return predict(predictor, images, len(drawings), name)


def mnist_metrics(predictor: Predictor, mnist: LabeledImages) -> Report:
    """Return the accuracy on MNIST pictures."""
    predictions = predict(predictor, map(encode_png, mnist.pictures), len(mnist.labels), "MNIST")
    return {"accuracy": share(predictions.digits == mnist.labels)}


def image_metrics(labels: Labels, predictions: Predictions) -> Report:
    """Return the metrics of images of digits: accuracy, also by digit, and calibration error."""
    hits = predictions.digits == labels
    return {
        "accuracy": share(hits),
        "calibration_error": calibration_error(predictions.confidences, hits),
        "by_digit": share_by(labels, hits),
    }


def drawing_metrics(drawings: Sequence[Drawing], predictions: Predictions) -> Report:
    """Return the metrics of drawn digits: those of `image_metrics`, accuracy by writer, and shares of verdicts."""
    metrics = image_metrics(labels_of(drawings), predictions)
    by_writer = share_by([drawing.writer for drawing in drawings], predictions.digits == labels_of(drawings))
    many = [value["percent"] for value in by_writer.values() if value["n"] >= 30]
    return {
        **metrics,
        "worst_writer": min(many, default=None),
        "worst_digit": min(value["percent"] for value in metrics["by_digit"].values()),
        "kept": share(predictions.verdicts != "not_a_digit"),
        "unsure": share(predictions.verdicts == "unsure"),
        "by_writer": by_writer,
    }


def letter_metrics(predictor: Predictor, letters: Sequence[Drawing], digit_scores: NDArray[np.float64]) -> Report:
    """Return how well letters are told from digits, whose (n,) float64 `ood_score` is `digit_scores`."""
    predictions = predict_drawings(predictor, letters, "letters")
    alike = np.array([letter.label in negatives.LOOK_ALIKES for letter in letters])
    return {
        "auroc": auroc(predictions.ood_scores[~alike], digit_scores),
        "auroc_with_look_alikes": auroc(predictions.ood_scores, digit_scores),
        "rejected": share((predictions.verdicts == "not_a_digit")[~alike]),
        "called_a_digit": share((predictions.verdicts == "digit")[~alike]),
        "over_90_percent_sure": share((predictions.confidences > SURE)[~alike]),
    }


def tap_metrics(predictor: Predictor) -> Report:
    """Return how many stray taps get the verdict `digit`."""
    images = (canvas_png(strokes, **canvas) for strokes, canvas in negatives.taps(TAPS, np.random.default_rng(0)))
    return {"called_a_digit": share(predict(predictor, images, TAPS, "taps").verdicts == "digit")}


def _variation(predictor: Predictor, drawings: Sequence[Drawing]) -> Report:
    labels = labels_of(drawings)

    def accuracy(name: str, **canvas: float) -> Any:
        return share(predict_drawings(predictor, drawings, name, **canvas).digits == labels)

    by_pen = {str(pen): accuracy(f"pen {pen}", pen=pen) for pen in PENS}
    by_size = {str(size): accuracy(f"size {size}", length=size * CANVAS) for size in SIZES}
    values = [value["percent"] for value in (*by_pen.values(), *by_size.values())]
    return {"by_pen": by_pen, "by_size": by_size, "loss": round(max(values) - min(values), 2)}


def _half_drawn(predictor: Predictor, drawings: Sequence[Drawing]) -> Report:
    halves = [replace(drawing, strokes=tuple(negatives.partial(drawing.strokes, HALF))) for drawing in drawings]
    predictions = predict_drawings(predictor, halves, "half-drawn")
    wrong = (predictions.digits != labels_of(halves)) & (predictions.confidences > SURE)
    return {
        "wrong_and_over_90_percent_sure": share(wrong),
        "of_these_called_a_digit": share(wrong & (predictions.verdicts == "digit")),
    }
