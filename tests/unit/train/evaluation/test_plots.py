from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import drawings, served_model
from train.evaluation.plots import plot_report
from train.evaluation.predictions import local_predictor, predict


@pytest.mark.parametrize("labels", [[7, 1, 3], [7, 1, 2]], ids=["with an error", "with a rejected image"])
def test_plots_are_drawn_of_right_wrong_and_refused_answers(tmp_path: Path, labels: list[int]) -> None:
    third = drawings.seven() if labels[2] == 3 else drawings.blank()
    images = [drawings.seven(), drawings.one(), third]
    predictions = predict(local_predictor(served_model.recognizer()), images, 3, "test")
    plot_report(tmp_path, {}, np.array(labels), predictions)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["confusion.png", "errors.png", "reliability.png"]


def test_contact_sheet_grows_with_the_errors_and_can_be_empty(tmp_path: Path) -> None:
    heights = {}
    for count, label in ((3, 7), (3, 8), (30, 8)):
        images = [drawings.seven()] * count
        predictions = predict(local_predictor(served_model.recognizer()), images, count, "test")
        plot_report(tmp_path, {}, np.full(count, label), predictions)
        with Image.open(tmp_path / "errors.png") as sheet:
            heights[count, label] = sheet.height
    assert heights[3, 7] == heights[3, 8] < heights[30, 8]


def test_two_plots_of_the_same_report_are_the_same_bytes(tmp_path: Path) -> None:
    predictions = predict(local_predictor(served_model.recognizer()), [drawings.seven(), drawings.one()], 2, "test")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        plot_report(tmp_path / name, {}, np.array([7, 2]), predictions)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
