"""What a recogniser said of a set of images, as arrays."""

import base64
import json
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from handler.errors import ApiError
from handler.recognizer import Recognizer

BATCH = 128

# Encoded images → an answer (or an error object) for each, in the public contract's shape.
Judge = Callable[[Sequence[bytes]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Judged:
    """Answers to n images.

    Attributes:
        digits: (n,) int64, -1 where the answer is an error.
        probabilities: (n, 10) float64, zeros where the answer is an error.
        ood_scores: (n,) float64, 1 where the answer is an error.
        verdicts: (n,) strings; an error's type where the answer is an error.
        inputs: n PNG data URLs, empty where the answer is an error.
    """

    digits: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    ood_scores: NDArray[np.float64]
    verdicts: NDArray[np.str_]
    inputs: list[str]

    @property
    def confidences(self) -> NDArray[np.float64]:
        """(n,) the largest probability of each answer."""
        largest: NDArray[np.float64] = self.probabilities.max(axis=1)
        return largest


def core_judge(recognizer: Recognizer) -> Judge:
    """Judge in this process."""

    def judge(images: Sequence[bytes]) -> list[dict[str, Any]]:
        [answers] = recognizer.recognize([images])
        return [answer.to_dict() if isinstance(answer, ApiError) else dict(answer) for answer in answers]

    return judge


def url_judge(url: str) -> Judge:
    """Judge through a running service, by the KServe V1 path.

    Args:
        url: The service's address, such as http://localhost:8000.

    Returns:
        The judge; it raises `OSError` when the service fails.
    """

    def judge(images: Sequence[bytes]) -> list[dict[str, Any]]:
        instances = [{"image": {"b64": base64.b64encode(image).decode()}} for image in images]
        request = urllib.request.Request(
            f"{url.rstrip('/')}/v1/models/digits:predict",
            json.dumps({"instances": instances}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            predictions: list[dict[str, Any]] = json.load(response)["predictions"]
            return predictions

    return judge


def judge_all(judge: Judge, images: Iterable[bytes], count: int, name: str) -> Judged:
    """Judge images in batches, with a progress bar.

    Args:
        judge: How.
        images: Encoded images; may be made as they are needed.
        count: How many.
        name: What they are, for the bar.

    Returns:
        The answers, in order.
    """
    answers: list[dict[str, Any]] = []
    batch: list[bytes] = []
    for image in tqdm(images, name, count, leave=False, mininterval=1):
        batch.append(image)
        if len(batch) == BATCH:
            answers += judge(batch)
            batch = []
    answers += judge(batch) if batch else []
    return Judged(
        digits=np.array([answer.get("digit", -1) for answer in answers]),
        probabilities=np.array([answer.get("probabilities", [0.0] * 10) for answer in answers]),
        ood_scores=np.array([answer.get("ood_score", 1.0) for answer in answers]),
        verdicts=np.array([answer.get("verdict", answer.get("type")) for answer in answers]),
        inputs=[answer.get("input", "") for answer in answers],
    )
