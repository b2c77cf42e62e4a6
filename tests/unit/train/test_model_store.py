"""Reading and writing a model store, and whether the committed one is as good as its card says."""

import dataclasses
import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import handler
from handler.onnx_model import OnnxModel
from tests import served_model
from train.calibration import calibration_of
from train.data.folder import digests, load_pen_digits, load_pen_letters
from train.data.mnist import load_mnist
from train.data.strokes import Drawing
from train.evaluation.predictions import Predictions, local_predictor
from train.evaluation.report import (
    by_source,
    drawing_metrics,
    letter_metrics,
    mnist_metrics,
    predict_drawings,
    tap_metrics,
)
from train.model import DigitNet
from train.model_store import MODEL_STORE, read_model, write_model

NET, CARD = read_model(MODEL_STORE)
# The evaluation is deterministic. Another kind of CPU or runtime rounds differently, which may change an answer or two.
ANSWERS_THAT_MAY_DIFFER = 2


def test_model_is_written_with_the_digest_of_its_weights_and_read_again(tmp_path: Path) -> None:
    write_model(tmp_path / "new", DigitNet(4), {"recipe": {"width": 4}})
    net, card = read_model(tmp_path / "new")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["digits.json", "digits.pt"]
    assert card["weights_sha256"] == hashlib.sha256((tmp_path / "new/digits.pt").read_bytes()).hexdigest()
    assert (card["name"], card["version"]) == ("digits", handler.__version__)
    assert card["parameters"] == sum(parameter.numel() for parameter in net.parameters())
    assert not net.training


def test_card_of_other_weights_is_an_error(tmp_path: Path) -> None:
    write_model(tmp_path, DigitNet(), {"recipe": {"width": 8}})
    (tmp_path / "digits.json").write_text(json.dumps(CARD))
    with pytest.raises(ValueError, match="describes other weights"):
        read_model(tmp_path)


def test_committed_weights_are_written_again_as_the_same_bytes(tmp_path: Path) -> None:
    assert write_model(tmp_path, NET, CARD) == CARD
    assert (tmp_path / "digits.pt").read_bytes() == (MODEL_STORE / "digits.pt").read_bytes()
    assert (tmp_path / "digits.json").read_text() == (MODEL_STORE / "digits.json").read_text()


def test_committed_card_is_of_this_version_and_this_data(data_dir: Path) -> None:
    assert CARD["version"] == handler.__version__
    assert CARD["data_sha256"] == digests(data_dir)


def test_committed_calibration_is_the_fit_to_the_committed_network(data_dir: Path) -> None:
    network = OnnxModel(served_model.folder() / "digits.onnx")
    fitted = calibration_of(network, load_pen_digits(data_dir)["validation"])
    assert dataclasses.asdict(fitted) == pytest.approx(CARD["calibration"], rel=0.02)


@functools.cache
def digits(data_dir: Path) -> tuple[list[Drawing], list[Drawing]]:
    return by_source(load_pen_digits(data_dir)["test"])


@functools.cache
def predictions(data_dir: Path, name: str) -> Predictions:
    predictor = local_predictor(served_model.recognizer())
    return predict_drawings(predictor, digits(data_dir)[name == "unipen"], name)


def assert_as_the_card_says(measured: dict[str, Any], card: dict[str, Any]) -> None:
    """Compare every share of two parts of a report by its count, and the other numbers within 0.1 percent points."""
    assert measured.keys() == card.keys()
    for name, value in measured.items():
        if "n" in card:
            assert measured["n"] == card["n"]
            assert abs(measured["percent"] - card["percent"]) * card["n"] / 100 <= ANSWERS_THAT_MAY_DIFFER + 0.5
        elif isinstance(value, dict):
            assert_as_the_card_says(value, card[name])
        elif not name.startswith("worst"):  # the smallest of shares that are compared themselves
            assert value == pytest.approx(card[name], abs=0.1), name


@pytest.mark.parametrize("name", ["tablet", "unipen"])
def test_all_drawings_of_unseen_writers_are_read_as_the_card_says(data_dir: Path, name: str) -> None:
    drawings = digits(data_dir)[name == "unipen"]
    assert_as_the_card_says(drawing_metrics(drawings, predictions(data_dir, name)), CARD["test"][name])


def test_all_mnist_test_images_are_read_as_the_card_says(data_dir: Path) -> None:
    predictor = local_predictor(served_model.recognizer())
    assert_as_the_card_says(mnist_metrics(predictor, load_mnist(data_dir)["test"]), CARD["test"]["mnist"])


def test_all_letters_are_rejected_as_the_card_says(data_dir: Path) -> None:
    letters = load_pen_letters(data_dir)["test"]
    scores = [score for name in ("tablet", "unipen") for score in predictions(data_dir, name).ood_scores]
    metrics = letter_metrics(local_predictor(served_model.recognizer()), letters, np.array(scores))
    assert_as_the_card_says(metrics, CARD["test"]["letters"])


def test_taps_are_rejected_as_the_card_says() -> None:
    assert_as_the_card_says(tap_metrics(local_predictor(served_model.recognizer())), CARD["test"]["taps"])
