from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import drawings
from train.data.strokes import Drawing
from train.evaluation.pictures import (
    blank_metrics,
    digit_metrics,
    evaluate_pictures,
    measure_files,
    read_right,
    report_of,
)
from train.evaluation.predictions import Predictions

LINE = (np.array([[0, 0], [0, 9]], np.float32),)
DRAWINGS = [Drawing(str(label), LINE, "writer", "site") for label in range(10)]


def predictions(*answers: tuple[int, float, str]) -> Predictions:
    """Return answers by digit, confidence and verdict."""
    digits, confidences, verdicts = zip(*answers, strict=True)
    probabilities = np.zeros((len(answers), 10))
    probabilities[:, 0] = confidences
    return Predictions(np.array(digits), probabilities, np.zeros(len(answers)), np.array(verdicts), [""] * len(answers))


ANSWERS = predictions(
    (3, 0.99, "digit"),  # right
    (3, 0.6, "unsure"),  # right
    (3, 0.99, "not_a_digit"),
    (8, 0.95, "digit"),  # wrong and sure
    (8, 0.89, "digit"),
    (8, 0.95, "unsure"),
    (-1, 0.0, "BlankImage"),
    (-1, 0.0, "InvalidImage"),
)
LABELS = np.full(8, 3)


def test_digit_is_read_if_it_is_right_and_not_rejected() -> None:
    assert read_right(LABELS, ANSWERS).tolist() == [True, True, False, False, False, False, False, False]


def test_metrics_of_digits_count_every_answer_once() -> None:
    readable = np.array([True, False, True, True, True, False, False, False])
    report = {name: value["percent"] for name, value in digit_metrics(LABELS, ANSWERS, readable).items()}
    assert report == {
        "right": 25.0,
        "wrong_and_sure": 12.5,
        "rejected": 12.5,
        "blank": 12.5,
        "failed": 12.5,
        "right_if_readable": 25.0,
    }


def test_metrics_without_canvases_do_not_mention_them() -> None:
    assert "right_if_readable" not in digit_metrics(LABELS, ANSWERS)


def test_metrics_of_blanks_count_what_is_called_a_digit() -> None:
    report = blank_metrics(ANSWERS)
    assert (report["called_a_digit"]["percent"], report["unsure"]["percent"]) == (37.5, 25.0)


def answer_eight(images: Sequence[bytes]) -> list[dict[str, Any]]:
    """Answer as a recognizer would that sees an 8 in everything."""
    probabilities = [0.0] * 8 + [1.0, 0.0]
    return [{"digit": 8, "probabilities": probabilities, "verdict": "digit", "ood_score": 0.0} for _ in images]


def test_every_kind_is_measured_with_the_same_drawings_and_pictures_every_time() -> None:
    kinds = ["form-box", "screenshot-frame", "blank-noise"]
    first, again = (evaluate_pictures(answer_eight, DRAWINGS, 10, kinds) for _ in range(2))
    assert list(first) == kinds
    assert all(first[kind].images == again[kind].images for kind in kinds)
    assert first["form-box"].labels.tolist() == first["screenshot-frame"].labels.tolist()
    assert sorted(first["form-box"].labels.tolist()) == list(range(10))
    assert len(first["form-box"].errors) == 9
    assert first["blank-noise"].errors.tolist() == list(range(10))
    report = report_of(first)
    assert report["kinds"]["form-box"]["right"]["percent"] == 10.0
    assert report["kinds"]["form-box"]["wrong_and_sure"]["percent"] == 90.0
    assert report["kinds"]["form-box"]["right_if_readable"] == report["kinds"]["screenshot-frame"]["right_if_readable"]
    assert report["blanks"]["blank-noise"]["called_a_digit"]["percent"] == 100.0


def test_slow_kinds_have_a_tenth_of_the_pictures() -> None:
    assert len(evaluate_pictures(answer_eight, DRAWINGS, 10, ["large-photograph"])["large-photograph"].images) == 1


def test_more_pictures_than_drawings_show_some_twice() -> None:
    measured = evaluate_pictures(answer_eight, DRAWINGS, 25, ["ink-on-border"])["ink-on-border"]
    assert len(set(measured.images)) == 25


def test_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="called oil-painting"):
        evaluate_pictures(answer_eight, DRAWINGS, 1, ["oil-painting"])


def test_files_are_measured_with_and_without_a_digit(tmp_path: Path) -> None:
    files = [(tmp_path / name, label) for name, label in (("a.png", 8), ("b.png", 7), ("c.png", -1))]
    for path, _ in files:
        path.write_bytes(drawings.seven())
    measured = measure_files(answer_eight, files)
    assert measured.report["right"]["percent"] == 50.0
    assert measured.report["accuracy"]["n"] == 2
    assert measured.report["no_digit"]["called_a_digit"]["percent"] == 100.0
    assert measured.errors.tolist() == [1, 2]
