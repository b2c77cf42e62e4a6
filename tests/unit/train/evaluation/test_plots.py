from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import drawings, served_model
from train.evaluation.plots import draw_report
from train.evaluation.predictions import core_judge, judge_all


@pytest.mark.parametrize("labels", [[7, 1, 3], [7, 1, 2]], ids=["with an error", "with a rejected image"])
def test_pictures_are_drawn_of_right_wrong_and_refused_answers(tmp_path: Path, labels: list[int]) -> None:
    third = drawings.seven() if labels[2] == 3 else drawings.blank()
    judged = judge_all(core_judge(served_model.recognizer()), [drawings.seven(), drawings.one(), third], 3, "test")
    draw_report(tmp_path, {}, np.array(labels), judged)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["confusion.png", "errors.png", "reliability.png"]


def test_contact_sheet_grows_with_the_errors_and_can_be_empty(tmp_path: Path) -> None:
    heights = {}
    for count, label in ((3, 7), (3, 8), (30, 8)):
        images = [drawings.seven()] * count
        judged = judge_all(core_judge(served_model.recognizer()), images, count, "test")
        draw_report(tmp_path, {}, np.full(count, label), judged)
        with Image.open(tmp_path / "errors.png") as sheet:
            heights[count, label] = sheet.height
    assert heights[3, 7] == heights[3, 8] < heights[30, 8]


def test_two_drawings_of_one_report_are_the_same_bytes(tmp_path: Path) -> None:
    judged = judge_all(core_judge(served_model.recognizer()), [drawings.seven(), drawings.one()], 2, "test")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        draw_report(tmp_path / name, {}, np.array([7, 2]), judged)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
