"""LitServe with batching. It takes JSON or forms, not images alone, so it is sent base64."""

import base64
import os
from typing import Any

import litserve

from benchmarks.peers import core


class DigitsAPI(litserve.LitAPI):
    """The core behind LitServe's verbs."""

    def setup(self, device: str) -> None:
        """Load the core."""
        self.recognizer = core.load()

    def decode_request(self, request: dict[str, str]) -> bytes:
        """Read one request."""
        return base64.b64decode(request["image"])

    def batch(self, inputs: list[bytes]) -> list[bytes]:
        """Keep a batch a list."""
        return inputs

    def predict(self, x: list[bytes]) -> list[dict[str, Any]]:
        """Recognize a batch."""
        return [core.plain(answers)[0] for answers in self.recognizer.recognize([[image] for image in x])]

    def unbatch(self, output: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Keep a batch a list."""
        return output

    def encode_response(self, output: dict[str, Any]) -> dict[str, Any]:
        """Answer one request."""
        return output


if __name__ == "__main__":
    api = DigitsAPI(max_batch_size=32, batch_timeout=0.001, api_path="/predictions/digits")
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(os.environ["PORT"]), generate_client_file=False, log_level="warning")
