"""The Open Inference Protocol V2 at the handler."""

import json
from typing import Any

import numpy as np
import pytest

from handler.digit_handler import DigitHandler
from handler.preprocessing import preprocess
from tests import drawings
from tests.unit.handler.batches import FakeContext, Logged, ask, image

SEVEN, ONE = drawings.seven(), drawings.one()
INFER = {"X-Route": "v2-infer"}


def of_pictures(*pictures: Any, **more: Any) -> bytes:
    data = np.stack(pictures).tolist()
    tensor = {"name": "pictures", "datatype": "UINT8", "shape": [len(pictures), 28, 28], "data": data}
    return json.dumps({"inputs": [tensor], **more}).encode()


def of_images(*images: bytes) -> tuple[bytes, dict[str, str]]:
    """Return a request with binary data, and its headers."""
    binary = b"".join(len(data).to_bytes(4, "little") + data for data in images)
    parameters = {"binary_data_size": len(binary)}
    tensor = {"name": "images", "datatype": "BYTES", "shape": [len(images)], "parameters": parameters}
    head = json.dumps({"inputs": [tensor]}).encode()
    return head + binary, {**INFER, "Inference-Header-Content-Length": str(len(head))}


def test_pictures_are_judged_as_they_are(handler: DigitHandler) -> None:
    moved = np.roll(preprocess(SEVEN), 3, axis=1)
    answers, _ = ask(handler, (of_pictures(preprocess(SEVEN), moved), INFER), (SEVEN, image()))
    digits, probabilities, *_ = answers[0]["outputs"]
    assert digits["data"][0] == 7
    assert probabilities["data"][:10] == answers[1]["probabilities"]
    assert probabilities["data"][:10] != probabilities["data"][10:]


def test_images_are_preprocessed_as_on_other_paths(handler: DigitHandler) -> None:
    answers, context = ask(handler, of_images(ONE, SEVEN), (SEVEN, image()))
    outputs = {output["name"]: output["data"] for output in answers[0]["outputs"]}
    assert outputs["digit"] == [1, 7]
    assert outputs["probabilities"][10:] == answers[1]["probabilities"]
    assert outputs["verdict"] == ["digit", "digit"]
    assert context.headers[0] == {"content-type": "application/json"}


def test_binary_answer_says_how_long_its_json_is(handler: DigitHandler) -> None:
    body = of_pictures(preprocess(SEVEN), parameters={"binary_data_output": True})
    context = FakeContext(INFER)
    [answer] = handler.handle([{"body": bytearray(body)}], context)
    assert context.headers[0]["content-type"] == "application/octet-stream"
    length = int(context.headers[0]["Inference-Header-Content-Length"])
    sizes = [output["parameters"]["binary_data_size"] for output in json.loads(answer[:length])["outputs"]]
    assert length + sum(sizes) == len(answer)


@pytest.mark.parametrize(
    ("bad", "code", "message"), [(b"bad", 400, "image"), (drawings.blank(), 422, "Nothing is drawn")], ids=ascii
)
def test_bad_row_fails_its_request_alone_in_the_shape_of_the_protocol(
    handler: DigitHandler, bad: bytes, code: int, message: str
) -> None:
    answers, context = ask(handler, of_images(SEVEN, bad), of_images(ONE), (SEVEN, image()))
    assert [context.statuses[row][0] for row in range(3)] == [code, 200, 200]
    assert answers[0].keys() == {"error"}
    assert answers[0]["error"].startswith("Row 1: ")
    assert message in answers[0]["error"]


def test_malformed_request_has_an_error_in_the_shape_of_the_protocol(handler: DigitHandler) -> None:
    [answer], context = ask(handler, (b"{}", INFER))
    assert context.statuses[0][0] == 400
    assert list(answer) == ["error"]


@pytest.mark.parametrize("route", ["v2-server", "v2-model", "v2-ready", "v2-infer"])
def test_version_that_is_not_served_is_not_found(handler: DigitHandler, route: str) -> None:
    headers = {"X-Route": route, "X-Model-Version": "9.9.9"}
    [answer], context = ask(handler, (of_pictures(preprocess(SEVEN)), headers))
    assert context.statuses[0][0] == 404
    assert "1.0.0" in answer["error"]
    assert context.headers[0]["X-Fault"] == "handler"


@pytest.mark.parametrize("version", ["1.0.0", ""])
def test_metadata_names_the_version_and_the_tensors(handler: DigitHandler, version: str) -> None:
    routes = ["v2-server", "v2-model", "v2-ready"]
    answers, _ = ask(handler, *[(b"", {"X-Route": route, "X-Model-Version": version}) for route in routes])
    server, model, ready = answers
    assert server == {"name": "digits", "version": "1.0.0", "extensions": ["binary_tensor_data"]}
    assert model["versions"] == ["1.0.0"]
    assert [(tensor["name"], tensor["datatype"], tensor["shape"]) for tensor in model["inputs"]] == [
        ("images", "BYTES", [-1]),
        ("pictures", "UINT8", [-1, 28, 28]),
    ]
    assert [tensor["name"] for tensor in model["outputs"]] == ["digit", "probabilities", "ood_score", "verdict"]
    assert ready == {"name": "digits", "ready": True}


def test_log_counts_the_images_of_a_request(handler: DigitHandler, logged: Logged) -> None:
    ask(handler, of_images(SEVEN, ONE, ONE), (b"", {"X-Route": "v2-model"}))
    [line] = logged()
    assert [request["images"] for request in line["requests"]] == [3]
