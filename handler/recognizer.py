"""The recognizing core, independent of any server: encoded images → recognitions."""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from handler.calibration import Calibration
from handler.errors import ApiError
from handler.onnx_model import OnnxModel
from handler.preprocessing import Pixels, Prepared, encode_png, preprocess_requests
from handler.tap_detection import look_like_taps

DECIMALS = 6


class Recognition(TypedDict):
    """The answer to one image, in the shape of the public contract (`web/public/openapi.json`)."""

    digit: int
    confidence: float
    probabilities: list[float]
    verdict: str
    ood_score: float
    input: str
    model: dict[str, str]


class Recognizer:
    """A model and its calibration, loaded once, used for any number of images.

    Args:
        directory: Holds `digits.onnx` and the model card `digits.json`.
        version: The model version that answers give.

    Raises:
        OSError: A file is missing.
        RuntimeError: The model does not recognize the golden digits of its card.
    """

    def __init__(self, directory: Path, version: str) -> None:
        card = json.loads((directory / "digits.json").read_text(encoding="utf-8"))
        self._calibration = Calibration(**card["calibration"])
        self._model = {"name": str(card["name"]), "version": version}
        self._onnx_model = OnnxModel(directory / "digits.onnx")
        self._check_golden(card["golden"])

    def recognize(self, requests: Sequence[Sequence[bytes | ApiError]]) -> list[list[Recognition | ApiError]]:
        """Preprocess and recognize the encoded images of each request, as `preprocess_requests` and `infer` do."""
        return self.infer(preprocess_requests(requests))

    def infer(self, requests: Sequence[Sequence[Prepared]]) -> list[list[Recognition | ApiError]]:
        """Recognize the pictures of each request, all at once; the errors among them stay in their places."""
        pictures = [item for items in requests for item in items if not isinstance(item, ApiError)]
        answers = self._answers(np.stack(pictures)) if pictures else iter(())
        return [[item if isinstance(item, ApiError) else next(answers) for item in items] for items in requests]

    def _answers(self, pictures: Pixels) -> Iterator[Recognition]:
        logits = self._onnx_model.logits(pictures)
        probabilities = self._calibration.probabilities(logits)
        ood_scores = self._calibration.ood_scores(logits, look_like_taps(pictures))
        rows, digits = np.arange(len(pictures)), probabilities.argmax(axis=1)
        rounded = probabilities.round(DECIMALS)
        rounded[rows, digits] += 1 - rounded.sum(axis=1)  # so that the rounded numbers sum to 1 as well
        confidences = rounded[rows, digits].round(DECIMALS)
        rounded[rows, digits] = confidences
        columns = (column.tolist() for column in (digits, confidences, rounded, ood_scores))
        for picture, digit, confidence, row, ood_score in zip(pictures, *columns, strict=True):
            yield {
                "digit": digit,
                "confidence": confidence,
                "probabilities": row,
                "verdict": self._calibration.verdict(confidence, ood_score),
                "ood_score": round(ood_score, DECIMALS),
                "input": "data:image/png;base64," + binascii.b2a_base64(encode_png(picture), newline=False).decode(),
                "model": self._model,
            }

    def _check_golden(self, golden: Sequence[dict[str, Any]]) -> None:
        """Recognize one known drawing of each digit: model, runtime and preprocessing work together."""
        [answers] = self.recognize([[base64.b64decode(drawing["image"]) for drawing in golden]])
        for drawing, answer in zip(golden, answers, strict=True):
            if isinstance(answer, ApiError) or (answer["digit"], answer["verdict"]) != (drawing["digit"], "digit"):
                raise RuntimeError(f"The golden {drawing['digit']} is not recognized as such: {answer!r}")
