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
