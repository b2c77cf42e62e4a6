"""The model store: a folder with the weights, `digits.pt`, and their card, `digits.json`."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

import handler
from train.model import DigitNet

NAME = "digits"
MODEL_STORE = Path(handler.__file__).parents[1] / "model_store"


def read_model(folder: Path) -> tuple[DigitNet, dict[str, Any]]:
    """Return the network of a model store, in evaluation mode, and its card.

    Raises:
        FileNotFoundError: The weights or the card are missing.
        ValueError: The card describes other weights.
    """
    weights = folder / f"{NAME}.pt"
    card: dict[str, Any] = json.loads((folder / f"{NAME}.json").read_text(encoding="utf-8"))
    if card["weights_sha256"] != hashlib.sha256(weights.read_bytes()).hexdigest():
        raise ValueError(f"{NAME}.json in {folder} describes other weights than {NAME}.pt; use files of one training.")
    net = DigitNet(card["recipe"]["width"])
    net.load_state_dict(torch.load(weights, weights_only=True))
    return net.eval(), card


def write_model(folder: Path, net: DigitNet, card: Mapping[str, Any]) -> dict[str, Any]:
    """Write weights and card, each whole or not at all.

    Returns:
        The whole card: name, version, digest and number of the weights, and what `card` says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights, text = folder / f"{NAME}.partial", folder / f"{NAME}.json.partial"
    torch.save(net.state_dict(), weights)
    document = {
        "name": NAME,
        "version": handler.__version__,
        "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "parameters": sum(parameter.numel() for parameter in net.parameters()),
        **card,
    }
    text.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    weights.replace(folder / f"{NAME}.pt")
    text.replace(folder / f"{NAME}.json")
    return document
