"""DigitHandler: TorchServe's verbs around the recognising core. A bad row costs no other row of the batch anything."""

import logging
import re
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
import torch

from handler.errors import ApiError, ClientError, InternalServerError
from handler.payload import Payload, parse
from handler.recognizer import Recognition, Recognizer

READY, V1 = "ready", "v1"  # values of nginx's header X-Route; a path behind the model's would have to name its version
JSON_TYPE = "application/json"
REQUEST_ID = "X-Request-ID"
FAULT = "X-Fault"  # tells nginx a fault of ours from TorchServe's 500, which says that a worker died

# nginx hands over no other, but others than nginx can ask.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

Row = Payload | ClientError | None  # None asks for readiness
Answer = Recognition | list[Recognition | ApiError] | ApiError | None  # a list answers a V1 request

logger = logging.getLogger("digits")


class DigitHandler:
    """Recognises the digits of a TorchServe batch in one forward pass.

    It does not inherit TorchServe's `BaseHandler`, whose `handle` a client can make fail for everybody by a header.
    """

    def __init__(self) -> None:
        self._name = "digits"
        self._recognizer: Recognizer | None = None

    def initialize(self, context: Any) -> None:
        """Load the model; its golden digits are its self-test and its warm-up.

        Args:
            context: TorchServe's context, of which the model's folder and the manifest are used.

        Raises:
            RuntimeError: The golden digits are not recognised; the worker then never becomes ready.
        """
        torch.set_num_threads(1)  # TorchServe's worker imports torch; its thread pool would contend for the core
        # At INFO TorchServe's worker logs every batch by itself.
        logging.getLogger().setLevel(logging.WARNING)
        logger.setLevel(logging.INFO)
        model = context.manifest["model"]
        self._name = str(model["modelName"])
        self._recognizer = Recognizer(Path(context.system_properties["model_dir"]), str(model["modelVersion"]))

    def handle(self, data: Sequence[Mapping[str, Any]], context: Any) -> list[bytes]:
        """Answer a batch.

        Args:
            data: TorchServe's rows, one a request.
            context: TorchServe's context; statuses and headers of the responses are set on it.

        Returns:
            One JSON body a row.
        """
        started = time.perf_counter()
        answers = self.inference(self.preprocess(data, context))
        bodies = self.postprocess(answers, context)
        self._log(context, answers, time.perf_counter() - started)
        return bodies

    def preprocess(self, data: Sequence[Mapping[str, Any]], context: Any) -> list[Row]:
        """Read each row; pictures are made in `inference`, by the core."""
        rows: list[Row] = []
        for index, row in enumerate(data):
            route = context.get_request_header(index, "X-Route")
            content_type = context.get_request_header(index, "Content-Type")
            try:
                rows.append(None if route == READY else parse(row, content_type=content_type, batched=route == V1))
            except ClientError as error:
                rows.append(error)
        return rows

    def inference(self, rows: Sequence[Row]) -> list[Answer]:
        """Recognise all images of all rows at once."""
        if self._recognizer is None:
            raise RuntimeError("initialize() has not been called.")
        try:
            recognized = self._recognizer.recognize([row.images if isinstance(row, Payload) else [] for row in rows])
        except Exception:
            logger.exception("A batch of %d failed.", len(rows))
            if len(rows) > 1:  # a row that breaks the core shall break its own request only
                return [answer for row in rows for answer in self.inference([row])]
            return [InternalServerError("The service failed on this request; its log says why.")]
        return [_answer(row, results) for row, results in zip(rows, recognized, strict=True)]

    def postprocess(self, answers: Sequence[Answer], context: Any) -> list[bytes]:
        """Write the responses: status, headers and compact JSON."""
        bodies = []
        for index, answer in enumerate(answers):
            code = answer.code if isinstance(answer, ApiError) else 200
            context.set_response_status(code, HTTPStatus(code).phrase, index)
            context.set_response_content_type(index, JSON_TYPE)
            if isinstance(answer, InternalServerError):
                context.set_response_header(index, FAULT, "handler")
            bodies.append(orjson.dumps(self._body(answer)))
        return bodies

    def _body(self, answer: Answer) -> Mapping[str, Any]:
        if answer is None:
            return {"name": self._name, "ready": True}
        if isinstance(answer, ApiError):
            return answer.to_dict()
        if isinstance(answer, list):
            return {"predictions": [x.to_dict() if isinstance(x, ApiError) else x for x in answer]}
        return answer

    def _log(self, context: Any, answers: Sequence[Answer], seconds: float) -> None:
        """One line a batch: the request ids and statuses that nginx's log has too."""
        requests = [
            {
                "id": _request_id(context, index),
                "status": answer.code if isinstance(answer, ApiError) else 200,
                "images": len(answer) if isinstance(answer, list) else 1,
            }
            for index, answer in enumerate(answers)
            if answer is not None
        ]
        if requests:
            logger.info(orjson.dumps({"ms": round(seconds * 1000, 2), "requests": requests}).decode())


def _request_id(context: Any, index: int) -> str | None:
    request_id = context.get_request_header(index, REQUEST_ID)
    return request_id if request_id and _REQUEST_ID.fullmatch(request_id) else None


def _answer(row: Row, results: list[Recognition | ApiError]) -> Answer:
    if not isinstance(row, Payload):
        return row
    return results if row.batched else results[0]
