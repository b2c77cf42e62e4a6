"""Plots of an evaluation: confusion matrix, reliability diagram, accuracy by pen and size, all errors."""

import base64
import io
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")  # no screen is needed

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from train.data.labeled_images import Labels
from train.evaluation.metrics import reliability
from train.evaluation.predictions import Predictions
from train.evaluation.report import Report

INK, ACCENT = "#1f2937", "#2563eb"
MAX_ERRORS = 120  # on the contact sheet


def plot_report(folder: Path, report: Report, labels: Labels, predictions: Predictions) -> None:
    """Write all plots of a report to a folder; `labels`, (n,) int64, are the digits that the predictions are for."""
    _confusion(folder / "confusion.png", labels, predictions)
    _reliability(folder / "reliability.png", labels, predictions)
    _errors(folder / "errors.png", labels, predictions)
    if "variation" in report:
        _variation(folder / "variation.png", report["variation"])


def _save(path: Path) -> None:
    plt.tight_layout()
    plt.savefig(path, dpi=110, metadata={"Software": ""})
    plt.close()


def _confusion(path: Path, labels: Labels, predictions: Predictions) -> None:
    counts = np.histogram2d(labels, predictions.digits, bins=range(11))[0].astype(int)
    errors = counts - np.diag(np.diag(counts))
    plt.figure(figsize=(5.4, 5))
    plt.imshow(errors, cmap="Blues")
    for row, column in np.ndindex(10, 10):
        if counts[row, column]:
            dark = row != column and errors[row, column] > errors.max() / 2
            plt.text(
                column, row, str(counts[row, column]), ha="center", va="center", color="white" if dark else INK, size=8
            )
    plt.xticks(range(10))
    plt.yticks(range(10))
    plt.xlabel("read as")
    plt.ylabel("drawn")
    plt.title("Drawn digits of unseen writers (shade: errors)", size=10)
    _save(path)


def _reliability(path: Path, labels: Labels, predictions: Predictions) -> None:
    rows = reliability(predictions.confidences, predictions.digits == labels)
    plt.figure(figsize=(5, 5))
    plt.plot([0, 1], [0, 1], "--", color="gray", lw=1, label="perfectly calibrated")
    means, accuracies, _ = zip(*rows, strict=True)
    plt.plot(means, accuracies, "o-", color=ACCENT, label="measured")
    for mean, accuracy, count in rows:
        plt.annotate(str(count), (mean, accuracy), textcoords="offset points", xytext=(6, -10), size=7, color=INK)
    plt.xlabel("confidence")
    plt.ylabel("share read right")
    plt.legend(loc="upper left")
    plt.title("Reliability on unseen writers' drawings (number: drawings in the bin)", size=9)
    _save(path)


def _variation(path: Path, variation: dict[str, Any]) -> None:
    _, axes = plt.subplots(1, 2, figsize=(8, 3.2), sharey=True)
    for axis, name, title in (
        (axes[0], "by_pen", "pen width, px of a 280 px canvas"),
        (axes[1], "by_size", "digit's size, share of the canvas"),
    ):
        x = [float(key) for key in variation[name]]
        values = list(variation[name].values())
        axis.fill_between(x, [v["low"] for v in values], [v["high"] for v in values], color=ACCENT, alpha=0.15)
        axis.plot(x, [v["percent"] for v in values], "o-", color=ACCENT)
        axis.set_xlabel(title)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("read right, %")
    _save(path)


def _errors(path: Path, labels: Labels, predictions: Predictions) -> None:
    wrong = np.flatnonzero(predictions.digits != labels)[:MAX_ERRORS]
    columns = 12
    rows = max(1, -(-len(wrong) // columns))
    _, axes = plt.subplots(rows, columns, figsize=(columns, rows * 1.25), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, index in zip(axes.flat, wrong, strict=False):
        if predictions.inputs[index]:
            picture = Image.open(io.BytesIO(base64.b64decode(predictions.inputs[index].partition(",")[2])))
            axis.imshow(np.asarray(picture), cmap="gray_r")
        axis.set_title(f"{labels[index]} → {predictions.digits[index]}  {predictions.confidences[index]:.2f}", size=7)
    _save(path)
