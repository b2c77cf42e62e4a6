"""DigitHandler: TorchServe's verbs around the recognizing core. A row that fails affects no other row of its batch."""

import functools
import gc
import logging
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import cv2
import orjson
import torch

from handler.errors import ApiError, InternalServerError, NotFound, ServiceUnavailable
from handler.number_recognizer import NumberAnswer, NumberRecognizer
from handler.observations import Observations
from handler.open_inference import InferResponse
from handler.payload import JSON_TYPE, Payload
from handler.preprocessing import Alternatives, Budget, Segments, decoder, preprocess_requests
from handler.recognizer import Recognition, Recognizer
from handler.request_log import RequestLog
from handler.routes import JSON_LENGTH, V2, Description, Header, Routes
from handler.torchserve_metrics import TorchServeMetrics

# nginx sends small requests that are answered by NotSmall to other workers. A draft is small too, and is not counted.
SIZE_CLASS, SMALL, DRAFT = "X-Size-Class", "small", "draft"
REQUEST_ID, TRACEPARENT = "X-Request-ID", "traceparent"
BULK = "digits-bulk"  # TorchServe's name for the workers of all requests but small ones
BINARY_TYPE = "application/octet-stream"
GARBAGE = 20_000  # new objects until a collection: few of a worker's are in cycles
FAULT = "X-Fault"  # distinguishes the handler's 404, 500 and 503 from TorchServe's

# nginx sends only such values, but clients may reach TorchServe without nginx.
_LOGGED = {
    REQUEST_ID: re.compile(r"[A-Za-z0-9._-]{1,64}"),
    TRACEPARENT: re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"),
}

_PHRASES = {status.value: status.phrase for status in HTTPStatus}

Row = Payload[Alternatives | Segments] | Description | ApiError
Prediction = Recognition | NumberAnswer | ApiError
Answer = Prediction | list[Prediction] | InferResponse | Description  # a list answers a V1 request
Request = tuple[Mapping[str, Any], Header]  # TorchServe's row, and its headers
Input = TypeVar("Input")
Output = TypeVar("Output")

logger = logging.getLogger("digits")


class DigitHandler:
    """Recognizes the digits of a TorchServe batch in one forward pass.

    It does not inherit TorchServe's `BaseHandler`: one client's header can make its `handle` fail for the whole batch.
    """

    def __init__(self) -> None:
        self._routes = Routes("digits", "")
        self._recognizer: NumberRecognizer | None = None
        self._observations = Observations()
        self._metrics: TorchServeMetrics | None = None
        self._request_log = RequestLog()

    def initialize(self, context: Any) -> None:
        """Load the model; recognizing its golden digits is the self-test and the warm-up.

        Workers for large requests start the decoder as well.

        Args:
            context: TorchServe's context, of which the model's name and directory and the manifest are used.

        Raises:
            OSError: The decoder cannot be started.
            RuntimeError: The golden digits are not recognized. The worker then never becomes ready.
        """
        torch.set_num_threads(1)  # TorchServe's worker imports torch; its thread pool would contend for the core
        cv2.setNumThreads(1)
        logging.getLogger().setLevel(logging.WARNING)  # at INFO TorchServe's worker logs every batch itself
        logger.setLevel(logging.INFO)
        if context.model_name == BULK:  # others have no large image to decode, unless clients reach TorchServe directly
            decoder.start()
        model = context.manifest["model"]
        version = str(model["modelVersion"])
        self._routes = Routes(str(model["modelName"]), version)
        recognizer = Recognizer(Path(context.system_properties["model_dir"]), version)
        self._recognizer = NumberRecognizer(recognizer)
        self._metrics = TorchServeMetrics(context.metrics) if context.metrics else None
        self._request_log = RequestLog(os.environ.get("REQUEST_LOG"))
        gc.collect()
        gc.freeze()  # the libraries and the model live as long as the worker: no collection looks through them again
        gc.set_threshold(GARBAGE)

    def handle(self, data: Sequence[Mapping[str, Any]], context: Any) -> list[bytes]:
        """Answer a batch.

        Args:
            data: TorchServe's rows, one for each request.
            context: TorchServe's context, on which the statuses and headers of the responses are set.

        Returns:
            One JSON body for each row.

        Raises:
            RuntimeError: `initialize` has not been called.
        """
        started = time.perf_counter()
        budget = Budget()
        answers = self.inference(self.preprocess(data, context, budget), budget)
        bodies = self.postprocess(answers, context)
        self._log(context, answers, time.perf_counter() - started)
        if self._metrics:
            self._metrics.update(self._observations, sum(not isinstance(answer, Description) for answer in answers))
        return bodies

    def preprocess(
        self, data: Sequence[Mapping[str, Any]], context: Any, budget: Budget | None = None
    ) -> Sequence[Row]:
        """Return what each row is read from, its error, or the description that it asks for."""
        requests = [(row, functools.partial(context.get_request_header, index)) for index, row in enumerate(data)]
        return _isolate_faults(functools.partial(_preprocess, self._routes, budget or Budget()), requests)

    def inference(self, rows: Sequence[Row], budget: Budget | None = None) -> Sequence[Answer]:
        """Return the answer to each row; errors and descriptions stay in their places.

        All digits are read in one forward pass, each number and each explanation in passes of its own.

        Raises:
            RuntimeError: `initialize` has not been called.
        """
        if self._recognizer is None:
            raise RuntimeError("The model is not loaded; call initialize() first.")
        step = functools.partial(_recognize, self._recognizer, budget or Budget(), self._observations)
        return _isolate_faults(step, rows)

    def postprocess(self, answers: Sequence[Answer], context: Any) -> list[bytes]:
        """Return compact JSON for each answer, and set the statuses and headers of the responses on the context."""
        bodies = []
        for index, answer in enumerate(answers):
            code = answer.code if isinstance(answer, ApiError) else 200
            json_length = answer.json_length if isinstance(answer, InferResponse) else None
            context.set_response_status(code, _PHRASES[code], index)
            context.set_response_content_type(index, JSON_TYPE if json_length is None else BINARY_TYPE)
            if code != 200 and isinstance(answer, (InternalServerError, ServiceUnavailable, NotFound)):
                context.set_response_header(index, FAULT, "handler")
            if json_length is not None:
                context.set_response_header(index, JSON_LENGTH, str(json_length))
            bodies.append(_body(answer, functools.partial(context.get_request_header, index)))
        return bodies

    def _log(self, context: Any, answers: Sequence[Answer], seconds: float) -> None:
        """Log one line for each batch, with the ids, statuses and recorded traces that nginx logs too."""
        requests = [
            _logged(answer, functools.partial(context.get_request_header, index))
            for index, answer in enumerate(answers)
            if not isinstance(answer, Description)
        ]
        if requests:
            line = {"time": datetime.now(UTC), "ms": round(seconds * 1000, 2), "requests": requests}
            self._request_log.add(line)


def _isolate_faults(
    step: Callable[[Sequence[Input]], list[Output]], rows: Sequence[Input]
) -> Sequence[Output | InternalServerError]:
    """Run a step on all rows at once; if it raises, on each row by itself, so that only the row at fault fails."""
    try:
        return step(rows)
    except Exception:
        logger.exception("A batch of %d failed.", len(rows))
        if len(rows) == 1:
            return [InternalServerError("The service failed on this request; its log says why.")]
        return [output for row in rows for output in _isolate_faults(step, [row])]


def _preprocess(routes: Routes, budget: Budget, requests: Sequence[Request]) -> list[Row]:
    sizes = [header(SIZE_CLASS) for _, header in requests]
    small = {number for number, size in enumerate(sizes) if size in (SMALL, DRAFT)}
    parsed = [
        routes.parse(row, header, budget, is_small=number in small) for number, (row, header) in enumerate(requests)
    ]
    prepared = preprocess_requests([row.images if isinstance(row, Payload) else [] for row in parsed], budget, small)
    return [
        Payload(pictures, row.batched, row.explained, row.outputs, is_draft=size == DRAFT)
        if isinstance(row, Payload)
        else row
        for row, pictures, size in zip(parsed, prepared, sizes, strict=True)
    ]


def _recognize(
    recognizer: NumberRecognizer, budget: Budget, observations: Observations, rows: Sequence[Row]
) -> list[Answer]:
    explained = {number for number, row in enumerate(rows) if isinstance(row, Payload) and row.explained}
    images = [row.images if isinstance(row, Payload) else [] for row in rows]
    drafts = {number for number, row in enumerate(rows) if isinstance(row, Payload) and row.is_draft}
    answers = recognizer.infer(images, budget, explained, observations, drafts)
    return [
        _answer(row, recognized) if isinstance(row, Payload) else row
        for row, recognized in zip(rows, answers, strict=True)
    ]


def _answer(row: Payload[Any], recognized: list[Prediction]) -> Answer:
    if row.outputs is not None:
        return row.outputs.respond(recognized)
    return recognized if row.batched else recognized[0]


def _body(answer: Answer, header: Header) -> bytes:
    if isinstance(answer, (InferResponse, Description)):
        return answer.body
    if isinstance(answer, ApiError):
        return orjson.dumps({"error": str(answer)} if header("X-Route") in V2 else answer.to_dict())
    if isinstance(answer, list):
        return orjson.dumps({"predictions": [x.to_dict() if isinstance(x, ApiError) else x for x in answer]})
    return orjson.dumps(answer)


def _images(answer: Answer) -> int:
    return answer.rows if isinstance(answer, InferResponse) else len(answer) if isinstance(answer, list) else 1


def _logged(answer: Answer, header: Header) -> dict[str, Any]:
    """Return what is logged of a request, with its trace if nginx sent it: only if the caller records it."""
    request = {
        "id": _safe(REQUEST_ID, header),
        "status": answer.code if isinstance(answer, ApiError) else 200,
        "images": _images(answer),
    }
    if trace := _safe(TRACEPARENT, header):
        request["traceparent"] = trace
    return request


def _safe(name: str, header: Header) -> str | None:
    """Return the value of a request's header, None if its format is not the one that may be logged."""
    value = header(name)
    return value if value and _LOGGED[name].fullmatch(value) else None
