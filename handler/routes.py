"""A request row of TorchServe → what it asks for, by the route that nginx names."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson

from handler import open_inference
from handler.content_coding import decompress
from handler.errors import ApiError, ClientError, NotFound, too_many
from handler.payload import Image, Payload, body_of, parse
from handler.preprocessing import Budget

# Values of nginx's header X-Route; TorchServe's paths behind the model name its version.
READY, V1, EXPLAIN, NUMBERS = "ready", "v1", "explain", "numbers"
V2_SERVER, V2_MODEL, V2_READY, V2_INFER = "v2-server", "v2-model", "v2-ready", "v2-infer"
V2 = (V2_SERVER, V2_MODEL, V2_READY, V2_INFER)
SEVERAL = (V1, EXPLAIN, V2_INFER)  # images in a request
MAX_BODY, MAX_SINGLE_BODY = 8 << 20, 1400 << 10  # bytes, nginx's client_max_body_size, when a body is decompressed
VERSION = "X-Model-Version"  # that a path names
JSON_LENGTH = "Inference-Header-Content-Length"  # of the Open Inference Protocol's binary tensors

_BUSY = too_many("requests")

Header = Callable[[str], str | None]  # the value of a request's header


class Description(NamedTuple):
    """An answer that needs no image: that the model is ready, or what it is.

    Attributes:
        body: JSON.
    """

    body: bytes


class Routes:
    """The routes of a model.

    Args:
        name: That of the model.
        version: The one that is served.
    """

    def __init__(self, name: str, version: str) -> None:
        self._version = version
        ready = _description({"name": name, "ready": True})
        self._descriptions: dict[str | None, Description] = {
            READY: ready,
            V2_READY: ready,
            V2_SERVER: _description(open_inference.server_metadata(name, version)),
            V2_MODEL: _description(open_inference.model_metadata(name, version)),
        }

    def parse(
        self, row: Mapping[str, Any], header: Header, budget: Budget, *, is_small: bool = False
    ) -> Payload[Image] | Description | ApiError:
        """Return what a request asks for, or its error.

        A small request takes no time worth counting, and nginx sends no compressed one as small.
        """
        route = header("X-Route")
        try:
            if (description := self._described(route, header)) is not None:
                return description
            if not is_small and not budget.allows(large=True, started=True):
                return _BUSY
            body = body_of(row)
            if not is_small and isinstance(body, bytes) and (coding := header("Content-Encoding")):
                row = {"body": decompress(body, coding, MAX_BODY if route in SEVERAL else MAX_SINGLE_BODY)}
            if route == V2_INFER:
                images, outputs = open_inference.parse(body_of(row), header(JSON_LENGTH))
                return Payload(images, batched=True, outputs=outputs)
            is_explained = route == EXPLAIN
            return parse(
                row,
                content_type=header("Content-Type"),
                batched=is_explained or route == V1,
                number=route == NUMBERS,
                explained=is_explained,
            )
        except ClientError as error:
            return error.as_result()

    def _described(self, route: str | None, header: Header) -> Description | None:
        """Return the answer to a request without an image, None for any other.

        Raises:
            NotFound: The path names another version of the model.
        """
        if route in V2 and header(VERSION) not in (None, "", self._version):
            raise NotFound(f"There is no such version of the model; this one is {self._version}.")
        return self._descriptions.get(route)


def _description(body: Mapping[str, Any]) -> Description:
    return Description(orjson.dumps(body))
