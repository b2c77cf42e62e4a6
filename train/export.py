"""The trained network → ONNX, which the handler runs."""

import warnings
from pathlib import Path

import torch

from handler.model import DigitNet
from handler.preprocessing import SIZE


def export_onnx(net: DigitNet, path: Path) -> None:
    """Export a network; batch normalisation is folded into the convolutions.

    Args:
        net: In evaluation mode.
        path: The ONNX file to write: input `pictures` (N, 28, 28) uint8, output `logits` (N, 11) float32.
    """
    example = torch.zeros(2, SIZE, SIZE, dtype=torch.uint8)
    with warnings.catch_warnings():
        # The TorchScript exporter is the deprecated one; the other needs three more packages and five more seconds.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net, (example,), str(path), input_names=["pictures"], output_names=["logits"],
            dynamic_axes={"pictures": {0: "n"}, "logits": {0: "n"}}, dynamo=False,
        )  # fmt: skip
