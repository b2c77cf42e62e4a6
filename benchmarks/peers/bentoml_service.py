"""BentoML with adaptive batching. A batchable API takes and returns lists: a request is a list of one image."""

import base64
from typing import Any

import bentoml

from benchmarks.peers import core


@bentoml.service(workers=1, metrics={"enabled": False}, logging={"access": {"enabled": False}})
class Digits:
    """The core as a service."""

    def __init__(self) -> None:
        self.recognizer = core.load()

    @bentoml.api(route="/predictions/digits", batchable=True, max_batch_size=32, max_latency_ms=1000)
    def recognize(self, images: list[str]) -> list[dict[str, Any]]:
        """Recognize a batch."""
        requests = [[base64.b64decode(image)] for image in images]
        return [core.plain(answers)[0] for answers in self.recognizer.recognize(requests)]
