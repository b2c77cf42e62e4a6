import dataclasses
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from handler.explanation import MAX_REMOVED, Explanation, explain
from handler.onnx_model import OnnxModel
from handler.preprocessing import Pixels, preprocess
from handler.recognizer import Recognizer
from tests import drawings, served_model
from tools.stack import ROOT
from train.export import export_onnx
from train.model import DigitNet

DRAWINGS = [preprocess(path.read_bytes()) for path in sorted((ROOT / "benchmarks" / "drawings").glob("*.png"))]
SHARE = 0.2  # of the ink that is deleted


def recognizer() -> Recognizer:
    return served_model.recognizer()


def explained(picture: Pixels) -> Explanation:
    return explain(picture, digits(picture[None])[0], recognizer()._onnx_model.logits, recognizer()._calibration)


def digits(pictures: Any) -> list[int]:
    logits = recognizer()._onnx_model.logits(np.asarray(pictures, np.uint8))
    return [int(digit) for digit in logits[:, :10].argmax(axis=1)]


def without(picture: Pixels, pixels: NDArray[np.intp], ink: float) -> tuple[Pixels, int]:
    """Return the picture without the first of these pixels that have this much ink, and their number."""
    count = int(np.searchsorted(np.cumsum(picture.ravel()[pixels].astype(int)), ink)) + 1
    rest = picture.copy()
    rest.ravel()[pixels[:count]] = 0
    return rest, count


def changed(pictures: list[Pixels]) -> tuple[int, int]:
    """Return how many answers change without the ink that is marked most, and without as much ink elsewhere."""
    random = np.random.default_rng(0)
    marked_changes = other_changes = 0
    for picture in pictures:
        worth = np.asarray(explained(picture)["map"]).ravel()
        inked = np.flatnonzero(picture)
        marked = inked[np.argsort(-worth[inked], kind="stable")]
        deleted = SHARE * int(picture.sum())
        without_marked, count = without(picture, marked, deleted)
        others = marked[count:]
        rows, columns = np.divmod(others, 28)
        for start in random.integers(len(others), size=4):  # a fourth of a change each
            near = np.argsort((rows - rows[start]) ** 2 + (columns - columns[start]) ** 2, kind="stable")
            without_others, _ = without(picture, others[near], deleted)
            answer, of_marked, of_others = digits([picture, without_marked, without_others])
            marked_changes += of_marked != answer
            other_changes += of_others != answer
    return marked_changes, other_changes


def test_map_is_signed_and_zero_where_there_is_no_ink() -> None:
    maps = np.asarray([explained(picture)["map"] for picture in DRAWINGS])
    assert maps.shape == (len(DRAWINGS), 28, 28)
    assert not maps[np.asarray(DRAWINGS) == 0].any()
    assert maps.max() > 1
    assert maps.min() < -1
    np.testing.assert_array_equal(maps, maps.round(2))


def test_answer_that_other_pictures_outvoted_is_explained_against_its_pictures_own_digit() -> None:
    [own] = digits(DRAWINGS[0][None])
    other = (own + 3) % 10
    explanation = explain(DRAWINGS[0], other, recognizer()._onnx_model.logits, recognizer()._calibration)
    assert explanation["runner_up"] == own


def test_explanation_names_its_method_and_the_runner_up() -> None:
    [logits] = recognizer()._onnx_model.logits(DRAWINGS[0][None])
    answer = explained(DRAWINGS[0])
    assert answer["method"] == "occlusion"
    assert answer["runner_up"] == np.argsort(-logits[:10])[1]


def test_explanation_of_a_picture_is_always_the_same() -> None:
    assert explained(DRAWINGS[3]) == explained(DRAWINGS[3])


def test_random_weights_give_another_map(tmp_path: Path) -> None:
    torch.manual_seed(0)
    export_onnx(DigitNet().eval(), tmp_path / "random.onnx")
    network = OnnxModel(tmp_path / "random.onnx")
    # The logits of random weights differ by little; a low temperature makes them as large as those of trained ones.
    calibration = dataclasses.replace(recognizer()._calibration, temperature=1e-4)
    correlations = []
    for picture in DRAWINGS:
        trained = np.asarray(explained(picture)["map"])[picture > 0]
        digit = int(network.logits(picture[None])[0, :10].argmax())
        random = np.asarray(explain(picture, digit, network.logits, calibration)["map"])[picture > 0]
        assert np.abs(random).max() > 1
        correlations.append(np.corrcoef(trained, random)[0, 1])
    assert np.mean(np.abs(correlations)) < 0.5


def test_removal_is_of_the_digit_that_it_says_and_most_ink_remains() -> None:
    removals = [(picture, explained(picture)["removal"]) for picture in DRAWINGS]
    found = [(picture, removal) for picture, removal in removals if removal is not None]
    assert len(found) > len(DRAWINGS) / 2
    for picture, removal in found:
        box, rest = removal["box"], picture.copy()
        rest[box["top"] : box["top"] + box["height"], box["left"] : box["left"] + box["width"]] = 0
        before, after = digits([picture, rest])
        assert before != after == removal["digit"]
        share = 1 - int(rest.sum()) / int(picture.sum())
        assert share == pytest.approx(removal["ink"], abs=0.006)
        assert 0 < share <= MAX_REMOVED


def test_bar_of_a_seven_is_found() -> None:
    removal = explained(preprocess(drawings.seven()))["removal"]
    assert removal is not None
    assert removal["digit"] != 7


def test_picture_that_stays_the_same_digit_has_no_removal() -> None:
    removals = [explained(picture)["removal"] for picture in DRAWINGS]
    assert None in removals


def test_faint_ink_has_an_explanation_without_removal() -> None:
    speck = np.zeros((28, 28), np.uint8)
    speck[14, 14] = 3
    answer = explained(speck)
    assert not np.any(answer["map"])
    assert answer["removal"] is None


def test_marked_ink_changes_the_answer_more_often_than_as_much_ink_elsewhere() -> None:
    marked, others = changed(DRAWINGS)
    assert marked > 1.5 * others


@pytest.mark.data
def test_marked_ink_of_real_digits_changes_the_answer_more_often(data_dir: Path) -> None:
    images, _ = drawings.mnist(data_dir, 200)
    marked, others = changed([preprocess(image) for image in images])
    assert marked > 1.5 * others


def test_explanation_costs_no_more_than_a_few_milliseconds() -> None:
    """The limit has room for slow machines: it is about 4 ms on a recent server."""
    full = np.full((28, 28), 255, np.uint8)
    explained(full)
    started = time.thread_time()
    for _ in range(20):
        explained(full)
    assert (time.thread_time() - started) / 20 < 0.025
