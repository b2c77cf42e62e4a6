from collections.abc import Sequence
from typing import Any

import numpy as np

from tests import drawings, served_model
from train.evaluation.predictions import BATCH, local_predictor, predict

SEVEN, ONE = drawings.seven(), drawings.one()


def test_answers_of_all_batches_are_in_order() -> None:
    images = [SEVEN, ONE, ONE] * (BATCH // 2)  # one and a half batches
    predictions = predict(local_predictor(served_model.recognizer()), iter(images), len(images), "test")
    assert predictions.digits.tolist() == [7, 1, 1] * (BATCH // 2)
    assert predictions.probabilities.shape == (len(images), 10)
    np.testing.assert_array_equal(predictions.confidences, predictions.probabilities.max(axis=1))
    assert set(predictions.verdicts) == {"digit"}
    assert all(picture.startswith("data:image/png;base64,") for picture in predictions.inputs)


def test_error_counts_as_no_digit_with_no_confidence() -> None:
    predictions = predict(local_predictor(served_model.recognizer()), [drawings.blank(), SEVEN, b"bad"], 3, "test")
    assert predictions.digits.tolist() == [-1, 7, -1]
    assert predictions.confidences[[0, 2]].tolist() == [0, 0]
    assert predictions.ood_scores[[0, 2]].tolist() == [1, 1]
    assert predictions.verdicts.tolist() == ["BlankImage", "digit", "InvalidImage"]
    assert predictions.inputs[0] == predictions.inputs[2] == ""


def test_some_answers_can_be_taken_out() -> None:
    predictions = predict(local_predictor(served_model.recognizer()), [SEVEN, drawings.blank(), ONE], 3, "test")
    some = predictions[np.array([2, 0])]
    assert some.digits.tolist() == [1, 7]
    assert some.inputs == [predictions.inputs[2], predictions.inputs[0]]
    np.testing.assert_array_equal(some.confidences, predictions.confidences[[2, 0]])


def test_batches_have_the_size_that_is_asked_for() -> None:
    sizes: list[int] = []

    def answer(images: Sequence[bytes]) -> list[dict[str, Any]]:
        sizes.append(len(images))
        return [{"digit": 1} for _ in images]

    predict(answer, iter([SEVEN] * 10), 10, "test", batch_size=4)
    assert sizes == [4, 4, 2]
