"""The recognizing core, independent of any server: encoded images → recognitions."""

import base64
import binascii
import functools
import json
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NotRequired, TypedDict

import numpy as np

from handler.calibration import Calibration
from handler.choice import choose
from handler.errors import ApiError, ServiceUnavailable
from handler.explanation import Explanation, explain
from handler.observations import Observation, Observations
from handler.onnx_model import OnnxModel
from handler.preprocessing import Alternatives, Budget, Pixels, encode_png, preprocess_requests
from handler.preprocessing.segmentation.box import Box
from handler.tap_detection import look_like_taps

DECIMALS = 6
SEVERAL_HINT = "There seem to be several digits; send the image to /predictions/numbers, which reads all of them."
_BUSY = ServiceUnavailable("Too many answers are being explained just now; try again, or send fewer images.")


class Recognition(TypedDict):
    """The answer to one image, in the shape of the public contract (`web/public/openapi.json`)."""

    digit: int
    confidence: float
    probabilities: list[float]
    verdict: str
    ood_score: float
    input: str
    box: dict[str, int]
    model: dict[str, str]
    hint: NotRequired[str]
    explanation: NotRequired[Explanation]


class _Judged(NamedTuple):
    """The best alternative of an image, and what the network says of it."""

    picture: Pixels
    box: Box
    digit: int
    confidence: float
    probabilities: list[float]
    ood_score: float
    verdict: str
    several: bool


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

    def recognize(
        self, requests: Sequence[Sequence[bytes | Alternatives | ApiError]]
    ) -> list[list[Recognition | ApiError]]:
        """Preprocess and recognize the encoded images of each request, as `preprocess_requests` and `infer` do."""
        return self.infer(preprocess_requests(requests))

    def infer(
        self,
        requests: Sequence[Sequence[Alternatives | ApiError]],
        budget: Budget | None = None,
        explained: Container[int] = (),
        observations: Observations | None = None,
        drafts: Container[int] = (),
    ) -> list[list[Recognition | ApiError]]:
        """Recognize the digit of each image, all at once; the errors among them stay in their places.

        Args:
            requests: What the digit of each image may be.
            budget: The time that is left for explanations, by default that of a batch, from now on; answers whose
                explanation comes too late are `ServiceUnavailable`.
            explained: The numbers of the requests whose answers are explained.
            observations: Where the pictures and what is said of them are counted.
            drafts: The numbers of the requests that are not counted.
        """
        images = [
            (number, item) for number, items in enumerate(requests) for item in items if not isinstance(item, ApiError)
        ]
        all_judged = self._judge([image for _, image in images])
        if observations is not None:
            for (number, image), one in zip(images, all_judged, strict=True):
                if number not in drafts:
                    said = one.digit, one.confidence, one.ood_score, one.verdict
                    observations.add(Observation(one.picture, *said, image.searched))
        judged = iter(all_judged)
        with_explanation = functools.partial(self._explained, budget or Budget())
        answers = []
        for number, items in enumerate(requests):
            answer = with_explanation if number in explained else self._recognition
            answers.append([item if isinstance(item, ApiError) else answer(next(judged)) for item in items])
        return answers

    def _judge(self, images: Sequence[Alternatives]) -> list["_Judged"]:
        """Return the best alternative of each image."""
        if not images:
            return []
        pictures = np.concatenate([image.pictures for image in images])
        logits = self._onnx_model.logits(pictures)
        probabilities = self._calibration.probabilities(logits)
        ood_scores = self._calibration.ood_scores(logits, look_like_taps(pictures))
        scores = ood_scores.tolist()
        chosen, starts = [], []
        end = 0
        for image in images:
            start, end = end, end + len(image.pictures)
            index = start
            if end > start + 1:  # rare for drawings
                own = slice(start, end)
                best, whole = choose(image.penalties, ood_scores[own], probabilities[own])
                index += best
                probabilities[index] = whole
            starts.append(start)
            chosen.append(index)
        likely = probabilities[chosen]
        digits, rows = likely.argmax(axis=1).tolist(), likely.round(DECIMALS).tolist()
        judged = []
        for image, start, index, digit, row in zip(images, starts, chosen, digits, rows, strict=True):
            row[digit] = round(row[digit] + 1 - sum(row), DECIMALS)  # so that the rounded numbers sum to 1 as well
            said = digit, row[digit], row, scores[index], self._calibration.verdict(row[digit], scores[index])
            box = image.boxes[index - start]
            judged.append(_Judged(pictures[index], box, *said, image.several))
        return judged

    def _recognition(self, judged: "_Judged") -> Recognition:
        png = binascii.b2a_base64(encode_png(judged.picture), newline=False).decode()
        recognition: Recognition = {
            "digit": judged.digit,
            "confidence": judged.confidence,
            "probabilities": judged.probabilities,
            "verdict": judged.verdict,
            "ood_score": round(judged.ood_score, DECIMALS),
            "input": "data:image/png;base64," + png,
            "box": judged.box._asdict(),
            "model": self._model,
        }
        if judged.several and recognition["verdict"] == "not_a_digit":
            recognition["hint"] = SEVERAL_HINT
        return recognition

    def _explained(self, budget: Budget, judged: "_Judged") -> Recognition | ApiError:
        if not budget.allows(large=True, started=True):
            return _BUSY
        explanation = explain(judged.picture, judged.digit, self._onnx_model.logits, self._calibration)
        return {**self._recognition(judged), "explanation": explanation}

    def _check_golden(self, golden: Sequence[dict[str, Any]]) -> None:
        """Recognize one known drawing of each digit: model, runtime and preprocessing work together."""
        [answers] = self.recognize([[base64.b64decode(drawing["image"]) for drawing in golden]])
        for drawing, answer in zip(golden, answers, strict=True):
            if isinstance(answer, ApiError) or (answer["digit"], answer["verdict"]) != (drawing["digit"], "digit"):
                raise RuntimeError(f"The golden {drawing['digit']} is not recognized as such: {answer!r}")
