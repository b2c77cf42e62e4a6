"""The model card: what the weights are, where they come from and how good they are, for programs and for people."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

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


def describe(card: Mapping[str, Any]) -> str:
    """Return the card, what `digits.json` holds, as a Markdown page."""
    by_digit = card["test"].get("tablet", {}).get("by_digit", {})
    return TEMPLATE.read_text(encoding="utf-8").format(
        **card,
        table=table(card["test"]),
        by_digit=", ".join(f"{digit}: {value['percent']}" for digit, value in by_digit.items()),
    )
