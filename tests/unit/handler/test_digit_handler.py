import base64
import json
import struct
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ts.context import Context, RequestProcessor
from ts.protocol.otf_message_handler import create_predict_response

from handler.digit_handler import BULK, DigitHandler
from handler.errors import InvalidImage
from handler.payload import Payload
from handler.preprocessing import MAX_BYTES, Alternatives, decoder, preprocess
from handler.routes import Description
from tests import drawings, served_model
from tests.unit.handler.batches import MANIFEST, READY, V1, FakeContext, Logged, ask, image, v1

SEVEN, ONE = drawings.seven(), drawings.one()
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_one_image_is_recognized(handler: DigitHandler) -> None:
    [answer], context = ask(handler, (SEVEN, image()))
    assert (answer["digit"], answer["verdict"]) == (7, "digit")
    assert context.statuses == {0: (200, "OK")}
    assert context.headers == [{"content-type": "application/json"}]


def test_bodies_are_compact_json(handler: DigitHandler) -> None:
    [body] = handler.handle([{"body": bytearray(SEVEN)}], FakeContext(image()))
    assert json.loads(body)["digit"] == 7
    assert not set(body) & set(b" \n")


def test_every_row_of_a_mixed_batch_gets_its_own_answer(handler: DigitHandler) -> None:
    json_type = {"Content-Type": "application/json"}
    answers, context = ask(
        handler,
        (SEVEN, image()),
        (b"not an image", image()),
        (b"", READY),
        (v1(ONE, b"bad", "*", drawings.blank(), SEVEN), V1),
        (b"{", json_type),
        (SEVEN, {"Content-Type": "text/plain"}),
        (drawings.blank(), image()),
        (SEVEN + bytes(MAX_BYTES), image()),
        (json.dumps({"image": base64.b64encode(ONE).decode()}).encode(), json_type),
        (v1(), V1),
    )
    kinds = [answer.get("type", answer.get("digit", answer.get("ready", "list"))) for answer in answers]
    assert kinds == [
        7, "InvalidImage", True, "list", "MalformedRequest", "UnsupportedMediaType", "BlankImage", "ImageTooLarge", 1,
        "MalformedRequest",
    ]  # fmt: skip
    statuses = [context.statuses[index][0] for index in range(len(answers))]
    assert statuses == [200, 400, 200, 200, 400, 415, 422, 413, 200, 400]
    predictions = [x.get("type", x.get("digit")) for x in answers[3]["predictions"]]
    assert predictions == [1, "InvalidImage", "MalformedRequest", "BlankImage", 7]


def test_decoder_is_started_before_the_first_request_where_large_images_come() -> None:
    decoder.close()
    DigitHandler().initialize(FakeContext())
    assert decoder.pid is None
    DigitHandler().initialize(FakeContext(model_name=BULK))
    assert decoder.pid is not None


def test_status_phrase_and_code_agree_with_the_body(handler: DigitHandler) -> None:
    [answer], context = ask(handler, (drawings.blank(), image()))
    assert answer["code"] == 422
    assert context.statuses[0] == (422, HTTPStatus(422).phrase)  # Python 3.13 renamed it
    assert set(answer) == {"code", "type", "message"}


def test_v1_request_of_bad_images_only_is_still_200(handler: DigitHandler) -> None:
    [answer], context = ask(handler, (v1(b"bad", "*"), V1))
    assert context.statuses[0][0] == 200
    assert [x["code"] for x in answer["predictions"]] == [400, 400]


def test_readiness_is_answered_without_an_image(handler: DigitHandler) -> None:
    answers, context = ask(handler, (b"", READY), (SEVEN, READY))
    assert answers == [{"name": "digits", "ready": True}] * 2
    assert context.headers[0] == {"content-type": "application/json"}


def test_batch_of_32_keeps_its_order(handler: DigitHandler) -> None:
    answers, _ = ask(handler, *[(SEVEN if index % 3 else ONE, image()) for index in range(32)])
    assert [answer["digit"] for answer in answers] == [7 if index % 3 else 1 for index in range(32)]


HOSTILE_IDS = ["a\r\nSet-Cookie: x", "a\n", "é", "\N{GRINNING FACE}", "a" * 65, "", " ", "a b", "\0", "a\x85"]


@pytest.mark.parametrize("request_id", HOSTILE_IDS, ids=ascii)
def test_hostile_request_id_is_not_logged_and_the_request_is_answered(
    handler: DigitHandler, request_id: str, logged: Logged
) -> None:
    [answer], context = ask(handler, (SEVEN, image(**{"X-Request-ID": request_id})))
    assert answer["digit"] == 7
    assert context.headers == [{"content-type": "application/json"}]
    assert logged()[0]["requests"][0]["id"] is None


@pytest.mark.parametrize("trace", [*HOSTILE_IDS, TRACE + "\n", TRACE.upper(), TRACE[3:], "00-" + "0" * 32 + TRACE[35:]])
def test_invalid_trace_is_not_logged(handler: DigitHandler, trace: str, logged: Logged) -> None:
    ask(handler, (SEVEN, image(traceparent=trace)))
    assert logged()[0]["requests"] == [{"id": None, "status": 200, "images": 1}]


@pytest.mark.parametrize("request_id", HOSTILE_IDS, ids=ascii)
def test_torchserve_can_read_the_response_after_hostile_headers(handler: DigitHandler, request_id: str) -> None:
    context = Context("digits", str(served_model.folder()), MANIFEST, 2, None, "0.12.0")
    context.request_processor = [RequestProcessor(image(**{"X-Request-ID": request_id})) for _ in range(2)]
    bodies = handler.handle([{"body": bytearray(b"\xff\r\n\xe9")}, {"body": bytearray(SEVEN)}], context)
    frame = bytes(create_predict_response(bodies, {0: "id-0", 1: "id-1"}, "Prediction success", 200, context))
    assert read_frame(frame) == [(400, "Bad Request", bodies[0]), (200, "OK", bodies[1])]


def read_frame(frame: bytes) -> list[tuple[int, str, bytes]]:
    """Read a response as TorchServe's Java side does: every text by its length in bytes."""
    position = 0

    def number() -> int:
        nonlocal position
        position += 4
        value: int = struct.unpack("!i", frame[position - 4 : position])[0]
        return value

    def text() -> bytes:
        nonlocal position
        length = number()
        position += length
        return frame[position - length : position]

    rows = []
    assert (number(), text()) == (200, b"Prediction success")
    while number() != -1:
        position -= 4
        assert text().startswith(b"id-")
        assert text() == b"application/json"
        status, phrase = number(), text().decode("ascii")
        for _ in range(number()):
            assert b"\n" not in text() + text()
        rows.append((status, phrase, text()))
    assert position == len(frame)
    return rows


def test_preprocess_makes_the_pictures_and_inference_gets_nothing_else(handler: DigitHandler) -> None:
    context = FakeContext(image(), READY, image(), V1)
    rows = handler.preprocess([{"body": SEVEN}, {"body": b""}, {"body": b"bad"}, {"body": v1(ONE, b"bad")}], context)
    single, ready, failed, several = rows
    assert isinstance(single, Payload)
    assert isinstance(several, Payload)
    assert isinstance(single.images[0], Alternatives)
    assert isinstance(several.images[0], Alternatives)
    np.testing.assert_array_equal(single.images[0].pictures[0], preprocess(SEVEN))
    np.testing.assert_array_equal(several.images[0].pictures[0], preprocess(ONE))
    assert isinstance(ready, Description)
    assert isinstance(failed, Payload)
    assert [type(failed.images[0]), type(several.images[1])] == [InvalidImage] * 2


def test_log_has_one_line_per_batch_with_ids_and_statuses(handler: DigitHandler, logged: Logged) -> None:
    ask(
        handler,
        (SEVEN, image(**{"X-Request-ID": "a", "traceparent": TRACE})),
        (b"", READY),
        (v1(ONE, ONE), V1),
        (b"", image()),
    )
    ask(handler, (ONE, image()))
    first, second = logged()
    assert abs((datetime.now(UTC) - datetime.fromisoformat(first["time"])).total_seconds()) < 60
    assert first["ms"] > 0
    assert first["requests"] == [
        {"id": "a", "status": 200, "images": 1, "traceparent": TRACE},
        {"id": None, "status": 200, "images": 2},
        {"id": None, "status": 400, "images": 1},
    ]
    assert len(second["requests"]) == 1


def test_readiness_alone_is_not_logged(handler: DigitHandler, logged: Logged) -> None:
    ask(handler, (b"", READY))
    assert not logged()


def test_handler_is_not_ready_before_its_model_is_loaded() -> None:
    with pytest.raises(RuntimeError, match="initialize"):
        DigitHandler().handle([{"body": b""}], FakeContext(READY))


def test_handler_does_not_load_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DigitHandler().initialize(FakeContext(folder=tmp_path))


def test_name_and_version_come_from_the_manifest() -> None:
    context = FakeContext({"X-Route": "ready"}, image())
    context.manifest = {"model": {"modelName": "other", "modelVersion": "2.3"}}
    loaded = DigitHandler()
    loaded.initialize(context)
    ready, answer = map(json.loads, loaded.handle([{"body": b""}, {"body": SEVEN}], context))
    assert ready["name"] == "other"
    assert answer["model"]["version"] == "2.3"


def test_only_small_requests_are_left_to_other_workers(handler: DigitHandler) -> None:
    photograph = drawings.encoded(drawings.drawing(drawings.SEVEN).resize((640, 480)), "JPEG")
    small, medium = image(**{"X-Size-Class": "small"}), image(**{"X-Size-Class": "medium"})
    answers, context = ask(handler, (photograph, small), (SEVEN, small), (photograph, medium), (photograph, image()))
    assert [context.statuses[index] for index in range(4)] == [(421, "Misdirected Request"), *[(200, "OK")] * 3]
    assert [answer.get("digit") for answer in answers] == [None, 7, 7, 7]


@pytest.mark.parametrize("row", [{}, {"body": None}, {"body": [1]}], ids=["no body", "nothing", "parsed JSON"])
def test_content_encoding_of_what_is_no_bytes_is_a_client_error(handler: DigitHandler, row: dict[str, Any]) -> None:
    for route in ("", "v1", "v2-infer"):
        context = FakeContext({"Content-Encoding": "gzip", "X-Route": route})
        handler.handle([row], context)
        assert context.statuses[0][0] == 400
