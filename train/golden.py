"""The golden digits: drawings that every worker must recognize before it serves."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from handler.calibration import CLASSES, Logits
from handler.preprocessing import Pixels, encode_png
from train.data.labeled_images import LabeledImages
from train.synthesis.digit_templates import DIGITS
from train.synthesis.rendering import picture_of
from train.synthesis.writers import Writer

WRITERS = 15  # invented ones, of which each writes each template once


def golden_digits(logits_of: Callable[[Pixels], Logits], mnist: LabeledImages) -> list[dict[str, Any]]:
    """Choose one of MNIST's pictures of each digit, and one drawing for each way to write one that training knows.

    Args:
        logits_of: Returns the (n, 11) float32 logits of (n, 28, 28) uint8 pictures.
        mnist: MNIST pictures of the validation part.

    Returns:
        Ordered by digit, `{"digit": …, "image": "<PNG in base64>"}`: of each group the picture that a quarter of them
        are surer than.
    """
    golden = []
    for digit in range(CLASSES):
        for pictures in (mnist.pictures[mnist.labels == digit], *_drawings(digit)):
            logits = logits_of(pictures)[:, :CLASSES]
            certainty = logits[:, digit] - np.delete(logits, digit, axis=1).max(axis=1)
            picture = pictures[np.argsort(certainty)[3 * len(pictures) // 4]]
            golden.append({"digit": digit, "image": base64.b64encode(encode_png(picture)).decode()})
    return golden


def _drawings(digit: int) -> Iterator[Pixels]:
    for template in DIGITS[digit]:
        random = np.random.default_rng(digit)
        yield np.stack([picture_of(Writer(seed).character(template, random)) for seed in range(WRITERS)])
