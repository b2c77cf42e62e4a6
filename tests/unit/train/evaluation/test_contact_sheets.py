from pathlib import Path

import numpy as np
from PIL import Image

from tests import drawings, served_model
from train.evaluation.contact_sheets import COLUMNS, MAX_PICTURES, TILE, TITLE, contact_sheet
from train.evaluation.predictions import local_predictor, predict


def sheet(path: Path, images: list[bytes], labels: list[int]) -> Image.Image:
    predictions = predict(local_predictor(served_model.recognizer()), images, len(images), "test")
    contact_sheet(path, images, np.array(labels), predictions)
    with Image.open(path) as opened:
        return opened.convert("L")


def test_picture_is_beside_what_was_judged(tmp_path: Path) -> None:
    made = np.asarray(sheet(tmp_path / "sheet.png", [drawings.seven()], [1]))
    assert made.shape == (TILE + TITLE, TILE * 3 // 2)
    assert made[TITLE:, : TILE - 4].min() < 50
    assert made[TITLE:, TILE:].min() < 50
    assert made[:TITLE].min() < 100  # the answer


def test_refused_image_has_no_judged_picture(tmp_path: Path) -> None:
    made = np.asarray(sheet(tmp_path / "sheet.png", [drawings.blank()], [-1]))
    assert made[TITLE:, TILE:].min() == 255


def test_sheet_has_rows_and_an_end(tmp_path: Path) -> None:
    images = [drawings.seven()] * (MAX_PICTURES + 5)
    made = sheet(tmp_path / "sheet.png", images, [7] * len(images))
    assert made.size == (COLUMNS * TILE * 3 // 2, MAX_PICTURES // COLUMNS * (TILE + TITLE))


def test_two_sheets_of_the_same_answers_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        sheet(tmp_path / name, [drawings.seven(), drawings.one()], [7, 2])
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
