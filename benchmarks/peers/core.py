"""The recognizing core, as every peer hosts it. MODEL_DIR is a folder with digits.onnx and digits.json."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

import handler
from handler.errors import ApiError
from handler.recognizer import Recognition, Recognizer


def load() -> Recognizer:
    """Load the core."""
    return Recognizer(Path(os.environ["MODEL_DIR"]), handler.__version__)


def plain(answers: Sequence[Recognition | ApiError]) -> list[dict[str, Any]]:
    """Return answers as JSON's types."""
    return [x.to_dict() if isinstance(x, ApiError) else dict(x) for x in answers]


def to_json(answer: Any) -> bytes:
    """Serialize as our handler does."""
    return orjson.dumps(answer)
