import json
from pathlib import Path
from typing import Any

from tests import served_model
from train.data.folder import load_pen_digits
from train.evaluation.no_digits import KINDS, evaluate_no_digits
from train.evaluation.predictions import local_predictor


def test_most_drawings_of_each_kind_are_not_called_a_digit(data_dir: Path) -> None:
    digits = load_pen_digits(data_dir)["validation"]
    report = evaluate_no_digits(local_predictor(served_model.recognizer()), digits, count=40)
    assert set(report) == set(KINDS)
    for kind, shares in report.items():
        assert shares["called_a_digit"]["n"] == 40, kind
        assert shares["called_a_digit"]["percent"] < 50, kind
    json.dumps(report, allow_nan=False)


def test_kinds_are_drawn_differently_and_the_same_every_time(data_dir: Path) -> None:
    digits = load_pen_digits(data_dir)["validation"]
    canvases: list[bytes] = []

    def collect(images: Any) -> list[dict[str, Any]]:
        canvases.extend(images)
        return [{"digit": 1} for _ in images]

    for seed in (0, 0, 1):
        evaluate_no_digits(collect, digits, count=2, seed=seed)
    drawn = 2 * len(KINDS)
    assert canvases[:drawn] == canvases[drawn : 2 * drawn]
    assert len(set(canvases)) == 2 * drawn
