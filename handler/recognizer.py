"""The recognising core: encoded images → recognitions. Any server can host it."""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from handler.errors import ApiError
from handler.preprocessing import Pixels, encode_png, preprocess_requests
from handler.tap_detection import are_blobs

# With more pictures a forward pass gains nothing, and ONNX Runtime keeps the memory of its largest: 40 MiB for 256.
MAX_FORWARD = 32
DECIMALS = 6
# Taken off a blob's "this is a digit": the network must be surer of it, for a tap and a tiny 8 of a fat pen look alike.
BLOB_LOGIT = 2.8

Logits = NDArray[np.float32]


class Recognition(TypedDict):
    """One answer of the public contract."""

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
        version: What answers call the model's version.

    Raises:
        OSError: A file is missing.
        RuntimeError: The model does not recognise the card's golden digits.
    """

    def __init__(self, directory: Path, version: str) -> None:
        card = json.loads((directory / "digits.json").read_text(encoding="utf-8"))
        calibration = card["calibration"]
        self._temperature = float(calibration["temperature"])
        self._ood_threshold = float(calibration["ood_threshold"])
        self._unsure_below = float(calibration["unsure_below"])
        self._model = {"name": str(card["name"]), "version": version}
        onnxruntime.disable_telemetry_events()  # no build may report to anybody
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one core a worker process: replicas scale, threads contend
        options.inter_op_num_threads = 1
        # The 8-bit weights are for the file; unfolded, they would be turned into float32 at every pass.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        self._session = onnxruntime.InferenceSession(
            str(directory / "digits.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._check_golden(card["golden"])

    def recognize(self, requests: Sequence[Sequence[bytes | ApiError]]) -> list[list[Recognition | ApiError]]:
        """Recognise all images of all requests in one batched forward pass.

        Args:
            requests: The images of each request; an error in an image's place stays there.

        Returns:
            For each request, in order, a recognition or an error for each of its images.
        """
        prepared = preprocess_requests(requests)
        pictures = [item for items in prepared for item in items if not isinstance(item, ApiError)]
        judged = iter(self._judge(pictures))
        return [[item if isinstance(item, ApiError) else next(judged) for item in items] for items in prepared]

    def _judge(self, pictures: Sequence[Pixels]) -> Iterator[Recognition]:
        for start in range(0, len(pictures), MAX_FORWARD):
            chunk = pictures[start : start + MAX_FORWARD]
            stacked = np.stack(chunk)
            logits: Logits = self._session.run(["logits"], {"pictures": stacked})[0]
            logits[:, -1] -= BLOB_LOGIT * are_blobs(stacked)
            yield from self._answers(chunk, *self.calibrate(logits))

    def calibrate(self, logits: Logits) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Turn the network's outputs into calibrated numbers.

        Args:
            logits: (n, 11) float32: ten digits, then whether it is a digit at all.

        Returns:
            (n, 10) float64 probabilities, each row's sum 1, and (n,) float64 ood scores, 0 to 1.
        """
        scaled = logits[:, :10].astype(np.float64) / self._temperature
        exponents = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return exponents / exponents.sum(axis=1, keepdims=True), 1 / (1 + np.exp(logits[:, 10].astype(np.float64)))

    def _answers(
        self, pictures: Sequence[Pixels], probabilities: NDArray[np.float64], ood_scores: NDArray[np.float64]
    ) -> Iterator[Recognition]:
        rows, digits = np.arange(len(pictures)), probabilities.argmax(axis=1)
        rounded = probabilities.round(DECIMALS)
        rounded[rows, digits] += 1 - rounded.sum(axis=1)  # the rounded numbers shall sum to 1 as well
        confidences = rounded[rows, digits].round(DECIMALS)
        rounded[rows, digits] = confidences
        columns = (x.tolist() for x in (digits, confidences, rounded, ood_scores))
        for picture, digit, confidence, shares, ood_score in zip(pictures, *columns, strict=True):
            yield {
                "digit": digit,
                "confidence": confidence,
                "probabilities": shares,
                "verdict": self._verdict(confidence, ood_score),
                "ood_score": round(ood_score, DECIMALS),
                "input": "data:image/png;base64," + binascii.b2a_base64(encode_png(picture), newline=False).decode(),
                "model": self._model,
            }

    def _verdict(self, confidence: float, ood_score: float) -> str:
        if ood_score >= self._ood_threshold:
            return "not_a_digit"
        return "unsure" if confidence < self._unsure_below else "digit"

    def _check_golden(self, golden: Sequence[dict[str, Any]]) -> None:
        """Recognise a known drawing of each digit: model, runtime and preprocessing are what they were."""
        [answers] = self.recognize([[base64.b64decode(drawing["image"]) for drawing in golden]])
        for drawing, answer in zip(golden, answers, strict=True):
            if isinstance(answer, ApiError) or (answer["digit"], answer["verdict"]) != (drawing["digit"], "digit"):
                raise RuntimeError(f"The golden {drawing['digit']} is not recognised as such: {answer!r}")
