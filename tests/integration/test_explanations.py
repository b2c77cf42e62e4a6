"""POST /v1/models/digits:explain: as a batch, and each recognition has an explanation."""

import pytest

from handler.instances import MAX_EXPLAINED
from tests import drawings
from tests.integration.api import BATCH, EXPLAIN, assert_error, base64_of, batch_of, post
from tools.stack import Stack


def test_recognition_is_explained(stack: Stack) -> None:
    response = post(stack, EXPLAIN, batch_of([drawings.seven(), drawings.one()]))
    assert response.status_code == 200, response.text
    predictions = response.json()["predictions"]
    for prediction in predictions:
        explanation = prediction.pop("explanation")
        assert explanation["method"] == "occlusion"
        assert explanation["runner_up"] != prediction["digit"]
        assert [len(row) for row in explanation["map"]] == [28] * 28
    assert predictions == post(stack, BATCH, batch_of([drawings.seven(), drawings.one()])).json()["predictions"]


def test_most_images_at_once_are_explained_and_one_more_is_rejected_with_400(stack: Stack) -> None:
    response = post(stack, EXPLAIN, batch_of([drawings.seven()] * MAX_EXPLAINED))
    assert all("explanation" in prediction for prediction in response.json()["predictions"])
    error = assert_error(
        post(stack, EXPLAIN, batch_of([drawings.one()] * (MAX_EXPLAINED + 1))), 400, "MalformedRequest"
    )
    assert f"1 to {MAX_EXPLAINED} " in error["message"]


def test_number_gets_an_error_that_says_where_it_is_read(stack: Stack) -> None:
    instance = {"image": {"b64": base64_of(drawings.number())}, "read": "number"}
    [error] = post(stack, EXPLAIN, {"instances": [instance]}).json()["predictions"]
    assert (error["code"], error["type"]) == (400, "MalformedRequest")
    assert BATCH in error["message"]


@pytest.mark.parametrize("content_type", ["image/png", "text/plain"])
def test_other_content_type_is_415(stack: Stack, content_type: str) -> None:
    error = assert_error(post(stack, EXPLAIN, drawings.seven(), content_type), 415, "UnsupportedMediaType")
    assert "application/json" in error["message"]
