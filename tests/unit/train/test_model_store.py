"""The committed card's figures, measured again on a part of the data."""

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from tests import served_model
from train.archive import MODEL_STORE
from train.data.folder import load_pen_digits, load_pen_letters
from train.data.strokes import Drawing
from train.evaluation.metrics import share
from train.evaluation.predictions import core_judge
from train.evaluation.report import evaluate, judge_drawings, labels_of

CARD = json.loads((MODEL_STORE / "digits.json").read_text(encoding="utf-8"))


@functools.cache
def drawn_digits(data_dir: Path) -> list[Drawing]:
    return [drawing for drawing in load_pen_digits(data_dir) if drawing.split == "test"]


def assert_as_the_card_says(hits: Any, card: dict[str, Any]) -> None:
    measured = share(hits)
    assert measured["low"] <= card["high"]
    assert measured["high"] >= card["low"]


@pytest.mark.parametrize("name", ["tablet", "unipen"])
def test_drawings_of_unseen_writers_are_read_as_the_card_says(data_dir: Path, name: str) -> None:
    drawings = [x for x in drawn_digits(data_dir) if x.site.startswith("pendigits") == (name == "tablet")][::3]
    judged = judge_drawings(core_judge(served_model.recognizer()), drawings, name)
    assert_as_the_card_says(judged.digits == labels_of(drawings), CARD["test"][name]["accuracy"])
    assert_as_the_card_says(judged.verdicts != "not_a_digit", CARD["test"][name]["kept"])


def test_letters_are_rejected_as_the_card_says(data_dir: Path) -> None:
    letters = [x for x in load_pen_letters(data_dir) if x.split == "test"][::2]
    report = evaluate(core_judge(served_model.recognizer()), drawn_digits(data_dir)[::20], letters, None)
    rejected, card = report["letters"]["rejected"], CARD["test"]["letters"]["rejected"]
    assert rejected["low"] <= card["high"]
    assert rejected["high"] >= card["low"]
    assert report["letters"]["auroc"] == pytest.approx(CARD["test"]["letters"]["auroc"], abs=2)
