"""The model card: what the weights are, where they come from and how good they are, for machines and for people."""

import base64
import hashlib
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

import handler
from handler.preprocessing import encode_png
from train.data.labeled_images import LabeledImages as Images
from train.model import CLASSES, DigitNet

PACKAGES = ("torch", "torchvision", "numpy", "pillow", "opencv-python-headless", "onnx", "onnxruntime")


def golden_digits(logits: Tensor, mnist: Images) -> list[dict[str, Any]]:
    """Choose the drawing of each digit that every worker must recognise before it serves.

    Args:
        logits: (N, 11) the network's for the validation pictures.
        mnist: Those N pictures.

    Returns:
        For each digit, `{"digit": …, "image": "<PNG in base64>"}`: the picture of median certainty, a typical one.
    """
    golden = []
    for digit in range(CLASSES):
        indices = np.flatnonzero(mnist.labels == digit)
        margins = logits[torch.from_numpy(indices), digit].numpy()
        index = indices[np.argsort(margins)[len(indices) // 2]]
        golden.append({"digit": digit, "image": base64.b64encode(encode_png(mnist.pictures[index])).decode()})
    return golden


def write_model(folder: Path, net: DigitNet, card: Mapping[str, Any]) -> dict[str, Any]:
    """Write `digits.pt` and `digits.json`, each whole or not at all.

    Args:
        folder: The model store.
        net: The network; the card gets its weights' digest.
        card: Everything else that the card says.

    Returns:
        The whole card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights, text = folder / "digits.partial", folder / "digits.json.partial"
    torch.save(net.state_dict(), weights)
    document = {
        "name": "digits",
        "version": handler.__version__,
        "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "parameters": sum(parameter.numel() for parameter in net.parameters()),
        "machine": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        **card,
    }
    text.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    weights.replace(folder / "digits.pt")
    text.replace(folder / "digits.json")
    return document
