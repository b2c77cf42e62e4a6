import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import served_model
from train.data.folder import load_pen_digits, load_pen_letters
from train.data.strokes import Drawing
from train.evaluation.predictions import Predictions, local_predictor
from train.evaluation.report import drawing_metrics, evaluate, predict_drawings


def test_report_has_every_part_and_is_json(data_dir: Path) -> None:
    digits = load_pen_digits(data_dir)["test"][::40]
    letters = load_pen_letters(data_dir)["test"][::10]
    report = evaluate(local_predictor(served_model.recognizer()), digits, letters, None)
    assert set(report) == {"tablet", "unipen", "letters", "variation", "half_drawn", "taps"}
    assert list(report["variation"]["by_pen"]) == ["6", "10", "15", "20", "28"]
    assert list(report["variation"]["by_size"]) == ["0.15", "0.25", "0.5", "0.75", "0.95"]
    assert report["tablet"]["accuracy"]["percent"] > 90
    json.dumps(report, allow_nan=False)


def test_drawing_metrics_count_by_digit_and_by_writer() -> None:
    stroke = (np.zeros((1, 2), np.float32),)
    drawings = [Drawing("1", stroke, "many", "s")] * 30 + [Drawing("2", stroke, "few", "s")] * 2
    digits = np.array([1] * 27 + [7] * 3 + [2, 3])
    probabilities = np.zeros((32, 10))
    probabilities[np.arange(32), digits] = 0.8
    verdicts = np.array(["digit"] * 28 + ["unsure", "not_a_digit", "digit", "digit"])
    report = drawing_metrics(drawings, Predictions(digits, probabilities, np.zeros(32), verdicts, [""] * 32))
    assert (report["accuracy"]["percent"], report["accuracy"]["n"]) == (87.5, 32)
    assert report["worst_writer"] == 90.0  # of those with 30 drawings
    assert report["worst_digit"] == 50.0
    assert report["by_digit"]["1"]["percent"] == 90.0
    assert report["by_writer"]["few"]["n"] == 2
    assert report["calibration_error"] == 7.5
    assert report["kept"]["percent"] == pytest.approx(100 * 31 / 32, abs=0.01)
    assert report["unsure"]["percent"] == pytest.approx(100 / 32, abs=0.01)


def test_drawings_vary_in_place_and_polarity_and_are_the_same_every_time() -> None:
    canvases: list[bytes] = []

    def collect(images: Any) -> list[dict[str, Any]]:
        canvases.extend(images)
        return [{"digit": 1} for _ in images]

    line = Drawing("1", (np.array([[0, 0], [0, 9]], np.float32),), "w", "s")
    predict_drawings(collect, [line] * 4, "once")
    predict_drawings(collect, [line] * 4, "again")
    assert canvases[:4] == canvases[4:]
    assert len(set(canvases[:4])) == 4
