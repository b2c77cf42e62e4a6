import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests import served_model
from train.data.folder import load_pen_digits
from train.evaluation.no_digits import KINDS, TOUCHES, _canvas, evaluate_no_digits
from train.evaluation.predictions import local_predictor
from train.synthesis.negatives import PAGE_PENS


def test_most_drawings_of_each_kind_are_not_called_a_digit(data_dir: Path) -> None:
    digits = load_pen_digits(data_dir)["validation"]
    report = evaluate_no_digits(local_predictor(served_model.recognizer()), digits, count=40)
    assert set(report) == set(KINDS)
    for kind, shares in report.items():
        assert shares["called_a_digit"]["n"] == 40, kind
        assert shares["called_a_digit"]["percent"] < 50, kind
    json.dumps(report, allow_nan=False)


def side_of_ink(canvas: bytes) -> int:
    ink = np.asarray(Image.open(io.BytesIO(canvas))) < 128
    return max(int(np.ptp(np.flatnonzero(ink.any(axis=axis)))) for axis in (0, 1))


def test_strokes_in_widths_of_the_pen_are_drawn_so() -> None:
    taps = [np.array([[x, 0]], np.float32) for x in (0, 3)]
    random = np.random.default_rng(0)
    for _ in range(5):
        ink = np.asarray(Image.open(io.BytesIO(_canvas(taps, random, in_pens=True)))) < 128
        width, height = ink.any(axis=0).sum(), ink.any(axis=1).sum()
        assert width == pytest.approx(2 * height, rel=0.1)  # the columns of two taps
        columns = np.flatnonzero(ink.any(axis=0))
        assert np.ptp(columns) + 1 == pytest.approx(4 * height, rel=0.15)  # three pens between the centers, and one


def test_kinds_are_drawn_differently_and_the_same_every_time(data_dir: Path) -> None:
    digits = load_pen_digits(data_dir)["validation"]
    canvases: list[bytes] = []

    def collect(images: Any) -> list[dict[str, Any]]:
        canvases.extend(images)
        return [{"digit": 1, "verdict": ("digit", "not_a_digit")[place % 2]} for place, _ in enumerate(images)]

    for seed in (0, 0, 1):
        for shares in evaluate_no_digits(collect, digits, count=2, seed=seed).values():
            assert (shares["called_a_digit"]["percent"], shares["unsure"]["percent"]) == (50, 0)
    drawn = 2 * len(KINDS)
    assert canvases[:drawn] == canvases[drawn : 2 * drawn]
    assert len(set(canvases)) == 2 * drawn
    taps = 2 * list(KINDS).index(TOUCHES)
    sides = [side_of_ink(canvas) for start in (taps, 2 * drawn + taps) for canvas in canvases[start : start + 2]]
    assert max(sides) - min(sides) > np.ptp(PAGE_PENS) + 10  # other kinds have one size, and a pen
