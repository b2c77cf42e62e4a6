import json
from typing import Any

import numpy as np
import pytest

from handler.errors import BlankImage, ServiceUnavailable
from handler.open_inference import InferResponse, Outputs
from tests import drawings, served_model

ANSWERS: Any = served_model.recognizer().recognize([[drawings.seven(), drawings.one()]])
[[SEVEN, ONE]] = ANSWERS


def respond(outputs: Outputs, *predictions: Any) -> InferResponse:
    response = outputs.respond(predictions)
    assert isinstance(response, InferResponse)
    return response


def test_outputs_are_tensors_with_a_row_for_each_image() -> None:
    asked = Outputs("an id", dict.fromkeys(["digit", "probabilities", "ood_score", "verdict"], False))
    response = respond(asked, SEVEN, ONE)
    assert (response.json_length, response.rows) == (None, 2)
    model = SEVEN["model"]
    assert json.loads(response.body) == {
        "model_name": "digits",
        "model_version": model["version"],
        "id": "an id",
        "outputs": [
            {"name": "digit", "datatype": "INT64", "shape": [2], "data": [7, 1]},
            {
                "name": "probabilities",
                "datatype": "FP32",
                "shape": [2, 10],
                "data": [*SEVEN["probabilities"], *ONE["probabilities"]],
            },
            {"name": "ood_score", "datatype": "FP32", "shape": [2], "data": [SEVEN["ood_score"], ONE["ood_score"]]},
            {"name": "verdict", "datatype": "BYTES", "shape": [2], "data": ["digit", "digit"]},
        ],
    }


def test_binary_outputs_follow_the_json_in_order() -> None:
    response = respond(Outputs(None, {"verdict": True, "ood_score": False, "digit": True}), SEVEN, ONE)
    head = json.loads(response.body[: response.json_length])
    assert "id" not in head
    assert [output.get("parameters") for output in head["outputs"]] == [
        {"binary_data_size": 18},
        None,
        {"binary_data_size": 16},
    ]
    binary = response.body[response.json_length :]
    assert binary[:18] == b"\x05\0\0\0digit" * 2
    np.testing.assert_array_equal(np.frombuffer(binary[18:], "<i8"), [7, 1])


def test_binary_probabilities_are_little_endian_floats() -> None:
    response = respond(Outputs(None, {"probabilities": True}), SEVEN)
    floats = np.frombuffer(response.body[response.json_length :], "<f4")
    np.testing.assert_array_equal(floats, np.float32(SEVEN["probabilities"]))


@pytest.mark.parametrize("error", [BlankImage(), ServiceUnavailable("Too much.")], ids=repr)
def test_row_with_an_error_is_the_error_of_the_request_and_named(error: Any) -> None:
    answer = Outputs(None, {"digit": False}).respond([SEVEN, error, error])
    assert type(answer) is type(error)
    assert str(answer) == f"Row 1: {error}"
