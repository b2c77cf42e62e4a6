"""Batches as TorchServe hands them to the handler, and what the handler sets on its context."""

import base64
import functools
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ts.metrics.metric_cache_yaml_impl import MetricsCacheYamlImpl

from handler.digit_handler import DigitHandler
from tests import served_model
from tools.run.settings import ROOT

Logged = Callable[[], list[dict[str, Any]]]  # what reads the lines of the log

MANIFEST = {"model": {"modelName": "digits", "modelVersion": "1.0.0"}}


@functools.cache
def torchserve_metrics() -> MetricsCacheYamlImpl:
    """Load TorchServe's own metrics of a worker. It leaves closing the file to Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        cache = MetricsCacheYamlImpl(config_file_path=str(ROOT / "torchserve" / "metrics.yaml"))
    cache.initialize_cache()
    return cache


class FakeContext:
    """TorchServe's context, as far as a handler sees it."""

    def __init__(self, *requests: dict[str, str], folder: Path | None = None, model_name: str = "digits") -> None:
        self.requests = requests
        self.model_name = model_name
        self.manifest = MANIFEST
        self.metrics = torchserve_metrics()
        self.system_properties = {"model_dir": str(folder or served_model.folder())}
        self.statuses = dict.fromkeys(range(len(requests)), (200, ""))
        self.headers: list[dict[str, str]] = [{} for _ in requests]

    def get_request_header(self, index: int, name: str) -> str | None:
        return self.requests[index].get(name)

    def set_response_status(self, code: int, phrase: str, index: int) -> None:
        self.statuses[index] = (code, phrase)

    def set_response_content_type(self, index: int, value: str) -> None:
        self.set_response_header(index, "content-type", value)

    def set_response_header(self, index: int, name: str, value: str) -> None:
        self.headers[index][name] = value


def image(**headers: str) -> dict[str, str]:
    return {"Content-Type": "image/png", **headers}


def v1(*images: bytes | str) -> bytes:
    encoded = [x if isinstance(x, str) else base64.b64encode(x).decode() for x in images]
    return json.dumps({"instances": [{"image": {"b64": x}} for x in encoded]}).encode()


def instances(*images: tuple[bytes, str]) -> bytes:
    """Return the body of a V1 request whose instances say what is read of them."""
    return json.dumps(
        {"instances": [{"image": {"b64": base64.b64encode(data).decode()}, "read": read} for data, read in images]}
    ).encode()


V1 = {"Content-Type": "application/json", "X-Route": "v1"}
EXPLAIN = {"Content-Type": "application/json", "X-Route": "explain"}
READY = {"X-Route": "ready"}
NUMBERS = {"Content-Type": "image/png", "X-Route": "numbers"}


def ask(handler: DigitHandler, *requests: tuple[bytes, dict[str, str]]) -> tuple[list[Any], FakeContext]:
    context = FakeContext(*(headers for _, headers in requests))
    bodies = handler.handle([{"body": bytearray(body)} for body, _ in requests], context)
    assert all(isinstance(body, bytes) for body in bodies)
    return [json.loads(body) for body in bodies], context
