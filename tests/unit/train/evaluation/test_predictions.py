import numpy as np

from tests import drawings, served_model
from train.evaluation.predictions import BATCH, core_judge, judge_all

SEVEN, ONE = drawings.seven(), drawings.one()


def test_answers_of_all_batches_are_in_order() -> None:
    images = [SEVEN, ONE, ONE] * (BATCH // 2)  # one and a half batches
    judged = judge_all(core_judge(served_model.recognizer()), iter(images), len(images), "test")
    assert judged.digits.tolist() == [7, 1, 1] * (BATCH // 2)
    assert judged.probabilities.shape == (len(images), 10)
    np.testing.assert_array_equal(judged.confidences, judged.probabilities.max(axis=1))
    assert set(judged.verdicts) == {"digit"}
    assert all(picture.startswith("data:image/png;base64,") for picture in judged.inputs)


def test_error_is_no_digit_with_no_confidence() -> None:
    judged = judge_all(core_judge(served_model.recognizer()), [drawings.blank(), SEVEN, b"bad"], 3, "test")
    assert judged.digits.tolist() == [-1, 7, -1]
    assert judged.confidences[[0, 2]].tolist() == [0, 0]
    assert judged.ood_scores[[0, 2]].tolist() == [1, 1]
    assert judged.verdicts.tolist() == ["BlankImage", "digit", "InvalidImage"]
    assert judged.inputs[0] == judged.inputs[2] == ""
