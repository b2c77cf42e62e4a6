"""What a recognizer answers to a set of images, as arrays."""

import base64
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import requests
from numpy.typing import NDArray
from tqdm import tqdm

from handler.errors import ApiError
from handler.recognizer import Recognizer

BATCH = 128  # images in one request

# Encoded images → a recognition or an error for each, in the shape of the public contract.
Predictor = Callable[[Sequence[bytes]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Predictions:
    """The answers to n images.

    Attributes:
        digits: (n,) int64, -1 where the answer is an error.
        probabilities: (n, 10) float64, zeros where the answer is an error.
        ood_scores: (n,) float64, 1 where the answer is an error.
        verdicts: (n,) strings; the type of the error where the answer is one.
        inputs: n PNG data URLs, empty where the answer is an error.
    """

    digits: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    ood_scores: NDArray[np.float64]
    verdicts: NDArray[np.str_]
    inputs: list[str]

    @property
    def confidences(self) -> NDArray[np.float64]:
        """(n,) float64, the largest probability of each answer."""
        largest: NDArray[np.float64] = self.probabilities.max(axis=1)
        return largest

    def __getitem__(self, indices: NDArray[np.int64]) -> "Predictions":
        """Return the answers to some of the images; `indices` is (m,) int64."""
        return Predictions(
            self.digits[indices],
            self.probabilities[indices],
            self.ood_scores[indices],
            self.verdicts[indices],
            [self.inputs[index] for index in indices],
        )


def local_predictor(recognizer: Recognizer) -> Predictor:
    """Return a predictor that runs in this process."""

    def predict_batch(images: Sequence[bytes]) -> list[dict[str, Any]]:
        [answers] = recognizer.recognize([images])
        return [answer.to_dict() if isinstance(answer, ApiError) else dict(answer) for answer in answers]

    return predict_batch


def remote_predictor(url: str) -> Predictor:
    """Return a predictor that asks a running service, such as http://localhost:8000, by the KServe V1 protocol.

    It raises `OSError` if the service fails.
    """
    address = f"{url.rstrip('/')}/v1/models/digits:predict"

    def predict_batch(images: Sequence[bytes]) -> list[dict[str, Any]]:
        instances = [{"image": {"b64": base64.b64encode(image).decode()}} for image in images]
        response = requests.post(address, json={"instances": instances}, timeout=30)
        response.raise_for_status()
        predictions: list[dict[str, Any]] = response.json()["predictions"]
        return predictions

    return predict_batch


def predict(
    predictor: Predictor, images: Iterable[bytes], count: int, name: str, *, batch_size: int = BATCH
) -> Predictions:
    """Return the answers to `count` encoded images, in order; `name` is the title of the progress bar."""
    remaining = iter(tqdm(images, name, count, leave=False, mininterval=1))
    batches = iter(lambda: list(itertools.islice(remaining, batch_size)), [])
    answers = [answer for batch in batches for answer in predictor(batch)]
    return Predictions(
        digits=np.array([answer.get("digit", -1) for answer in answers]),
        probabilities=np.array([answer.get("probabilities", [0.0] * 10) for answer in answers]),
        ood_scores=np.array([answer.get("ood_score", 1.0) for answer in answers]),
        verdicts=np.array([answer.get("verdict", answer.get("type")) for answer in answers]),
        inputs=[answer.get("input", "") for answer in answers],
    )
