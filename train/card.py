"""The model card: what the weights are, where they come from and how good they are, for programs and for people."""

import base64
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from handler.calibration import CLASSES, Logits
from handler.preprocessing import encode_png
from train.data.labeled_images import LabeledImages
from train.evaluation.table import table

PACKAGES = ("torch", "torchvision", "numpy", "pillow", "opencv-python-headless", "onnx", "onnxruntime")

TEMPLATE = Path(__file__).with_name("model_card.md")


def training_machine() -> dict[str, str]:
    """Return what the weights depend on besides data and recipe: the CPU's instruction set and package versions."""
    return {
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def golden_digits(logits: Logits, mnist: LabeledImages) -> list[dict[str, Any]]:
    """Choose the picture of each digit that every worker must recognize before it serves.

    Args:
        logits: (n, 11) float32, the network's for `mnist`.
        mnist: n MNIST pictures of the validation part.

    Returns:
        For each digit, `{"digit": …, "image": "<PNG in base64>"}`: the picture of median certainty.
    """
    golden = []
    for digit in range(CLASSES):
        indices = np.flatnonzero(mnist.labels == digit)
        index = indices[np.argsort(logits[indices, digit])[len(indices) // 2]]
        golden.append({"digit": digit, "image": base64.b64encode(encode_png(mnist.pictures[index])).decode()})
    return golden


def describe(card: Mapping[str, Any]) -> str:
    """Return the card, what `digits.json` holds, as a Markdown page."""
    by_digit = card["test"].get("tablet", {}).get("by_digit", {})
    return TEMPLATE.read_text(encoding="utf-8").format(
        **card,
        table=table(card["test"]),
        by_digit=", ".join(f"{digit}: {value['percent']}" for digit, value in by_digit.items()),
    )
