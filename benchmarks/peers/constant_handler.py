"""A TorchServe handler that does nothing, to measure TorchServe's own cost. CONSTANT is its answer."""

import os
from typing import Any

ANSWER = os.environ["CONSTANT"].encode()


def handle(data: Any, context: Any) -> list[bytes] | None:
    """Give every row the same answer."""
    if data is None:  # TorchServe's call at start
        return None
    for index in range(len(data)):
        context.set_response_content_type(index, "application/json")
    return [ANSWER] * len(data)
