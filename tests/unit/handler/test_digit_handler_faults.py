"""A row that fails, for whatever reason, affects no other row of its batch."""

import json
import time
from typing import Any

import psutil
import pytest

from handler.digit_handler import SIZE_CLASS, SMALL, DigitHandler
from handler.errors import InternalServerError, ServiceUnavailable
from handler.payload import Payload
from handler.preprocessing import Alternatives, decoder, preprocess_requests
from handler.preprocessing.limits import BATCH_CPU_SECONDS, LARGE_IMAGE_SECONDS, LARGE_SECONDS, REQUEST_SECONDS
from tests import drawings
from tests.unit.handler.batches import READY, V1, FakeContext, ask, image, v1

SEVEN, ONE = drawings.seven(), drawings.one()


def test_large_image_whose_decoder_is_killed_fails_alone(
    handler: DigitHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = drawings.encoded(drawings.drawing(drawings.SEVEN).resize((1000, 1000)))
    [answer], _ = ask(handler, (large, image()))
    assert answer["digit"] == 7
    assert decoder.pid is not None
    child = psutil.Process(decoder.pid)
    child.suspend()
    with monkeypatch.context() as as_shipped:
        as_shipped.setattr(decoder, "_max_s", LARGE_IMAGE_SECONDS)  # conftest.py gives more
        answers, context = ask(handler, (SEVEN, image()), (v1(ONE, large), V1), (large, image()), (ONE, image()))
    assert [context.statuses[row][0] for row in range(4)] == [200, 200, 503, 200]
    assert [x.get("type", x.get("digit")) for x in answers[1]["predictions"]] == [1, "ServiceUnavailable"]
    assert not child.is_running()
    [answer], _ = ask(handler, (large, image()))
    assert answer["digit"] == 7


def test_requests_are_not_parsed_after_the_time_of_a_batch(
    handler: DigitHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large JSON takes long; a worker that is not back in time is killed with every request that it has."""
    monkeypatch.setattr("handler.preprocessing.budget.REQUEST_SECONDS", -10)
    monkeypatch.setattr("handler.preprocessing.budget.LARGE_SECONDS", 0)
    small = image(**{SIZE_CLASS: SMALL})
    answers, context = ask(handler, (v1(SEVEN), V1), (SEVEN, small), (b"", READY), (b"", {"X-Route": "v2-model"}))
    assert [status for status, _ in context.statuses.values()] == [503, 200, 200, 200]
    assert answers[0]["type"] == "ServiceUnavailable"


class FaultyRow(dict[str, bytes]):
    """A row that breaks whatever reads it, as a fault of a library would."""

    def get(self, *_: Any) -> Any:
        raise ZeroDivisionError("a fault")


class FaultyPictures(list[Any]):
    """Pictures that break whatever looks at them."""

    def __iter__(self) -> Any:
        raise ZeroDivisionError("a fault")


def assert_only_the_faulty_row_failed(bodies: list[bytes], context: FakeContext, place: int, log: str) -> None:
    answers = [json.loads(body) for body in bodies]
    failed = answers.pop(place)
    assert (failed["code"], failed["type"]) == (500, "InternalServerError")
    assert "a fault" not in failed["message"]
    assert context.statuses[place] == (500, "Internal Server Error")
    assert [headers.get("X-Fault") for headers in context.headers].index("handler") == place
    assert answers[0]["digit"] == 7
    assert [x["digit"] for x in answers[1]["predictions"]] == [1, 7]
    assert "ZeroDivisionError" in log


@pytest.mark.parametrize("place", [0, 1, 2])
def test_row_that_breaks_preprocessing_affects_no_other_row(
    handler: DigitHandler, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    rows: list[Any] = [{"body": SEVEN}, {"body": v1(ONE, SEVEN)}]
    headers = [image(), V1]
    rows.insert(place, FaultyRow())
    headers.insert(place, image())
    context = FakeContext(*headers)
    assert_only_the_faulty_row_failed(handler.handle(rows, context), context, place, caplog.text)


def test_rows_that_run_again_after_a_fault_share_the_time_of_their_batch(handler: DigitHandler) -> None:
    drawing = drawings.drawing(drawings.ONE, mode="RGBA", ink="blue", paper=(255, 255, 255, 0))
    greedy = {"body": v1(*[drawings.encoded(drawing.resize((510, 510)))] * 256)}
    context = FakeContext(*[V1] * 8, image())
    started = time.thread_time()
    rows = handler.preprocess([greedy] * 8 + [FaultyRow()], context)
    assert time.thread_time() - started < BATCH_CPU_SECONDS + LARGE_SECONDS + REQUEST_SECONDS
    assert isinstance(rows[0], Payload)
    assert isinstance(rows[0].images[0], Alternatives)
    assert isinstance(rows[8], InternalServerError | ServiceUnavailable)  # the latter if its time is used up


@pytest.mark.parametrize("place", [0, 1, 2])
def test_row_that_breaks_inference_affects_no_other_row(
    handler: DigitHandler, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    [[seven, one]] = preprocess_requests([[SEVEN, ONE]])
    rows: list[Any] = [Payload([seven], False), Payload([one, seven], True)]
    rows.insert(place, Payload(FaultyPictures(), False))
    context = FakeContext({}, {}, {})
    bodies = handler.postprocess(handler.inference(rows), context)
    assert_only_the_faulty_row_failed(bodies, context, place, caplog.text)
