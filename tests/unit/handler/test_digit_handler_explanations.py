import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from handler.digit_handler import DigitHandler
from handler.instances import MAX_EXPLAINED
from tests import drawings
from tests.unit.handler.batches import EXPLAIN, V1, FakeContext, ask, image, instances, v1
from tools.stack import ROOT

SEVEN, ONE = drawings.seven(), drawings.one()


def test_explained_prediction_is_the_prediction_with_its_explanation(handler: DigitHandler) -> None:
    answers, context = ask(handler, (v1(SEVEN), EXPLAIN), (v1(SEVEN), V1))
    [explained], [plain] = (answer["predictions"] for answer in answers)
    explanation = explained.pop("explanation")
    assert explained == plain
    assert set(explanation) == {"method", "runner_up", "map", "removal"}
    assert context.statuses[0] == (200, "OK")


def test_errors_and_requests_beside_explanations_keep_their_places(handler: DigitHandler) -> None:
    answers, _ = ask(
        handler,
        (SEVEN, image()),
        (v1(ONE, b"bad", drawings.blank(), SEVEN), EXPLAIN),
        (v1(SEVEN), V1),
    )
    assert "explanation" not in answers[0]
    assert "explanation" not in answers[2]["predictions"][0]
    kinds = [x.get("type", ("explanation" in x, x.get("digit"))) for x in answers[1]["predictions"]]
    assert kinds == [(True, 1), "InvalidImage", "BlankImage", (True, 7)]


def test_number_is_not_explained_and_the_error_says_where_it_is_read(handler: DigitHandler) -> None:
    [answer], _ = ask(handler, (instances((SEVEN, "digit"), (SEVEN, "number")), EXPLAIN))
    explained, error = answer["predictions"]
    assert explained["digit"] == 7
    assert (error["code"], error["type"]) == (400, "MalformedRequest")
    assert "/v1/models/digits:predict" in error["message"]


def test_more_explanations_than_the_limit_are_rejected_with_400(handler: DigitHandler) -> None:
    most, more = v1(*[ONE] * MAX_EXPLAINED), v1(*[ONE] * (MAX_EXPLAINED + 1))
    answers, context = ask(handler, (most, EXPLAIN), (more, EXPLAIN))
    assert len(answers[0]["predictions"]) == MAX_EXPLAINED
    assert (context.statuses[1][0], answers[1]["type"]) == (400, "MalformedRequest")
    assert str(MAX_EXPLAINED) in answers[1]["message"]


def test_answers_that_cannot_be_explained_in_time_are_503(
    handler: DigitHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = FakeContext(EXPLAIN, V1)
    rows = handler.preprocess([{"body": v1(SEVEN)}] * 2, context)
    monkeypatch.setattr("handler.preprocessing.budget.REQUEST_SECONDS", -10)
    monkeypatch.setattr("handler.preprocessing.budget.LARGE_SECONDS", 0)
    answer, plain = map(json.loads, handler.postprocess(handler.inference(rows), context))
    assert answer["predictions"][0]["type"] == "ServiceUnavailable"
    assert plain["predictions"][0]["digit"] == 7
    assert context.statuses[0][0] == 200


def test_picture_that_was_chosen_of_several_is_the_one_explained(handler: DigitHandler) -> None:
    circled = (ROOT / "tests" / "cases" / "7_circled.png").read_bytes()
    [answer], _ = ask(handler, (v1(circled), EXPLAIN))
    [explained] = answer["predictions"]
    seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(explained["input"].partition(",")[2]))))
    worth = np.asarray(explained["explanation"]["map"])
    assert explained["digit"] == 7
    assert worth.any()
    assert not worth[seen == 0].any()
