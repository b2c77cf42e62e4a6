"""TorchServe as in its MNIST example: its base handler, eager PyTorch, one image at a time, JSON by TorchServe.

Preprocessing is ours: without it the network would misread drawings.
"""

from typing import Any

import numpy as np
import torch
from ts.torch_handler.base_handler import BaseHandler

from handler.preprocessing import preprocess
from train.model import DigitNet


class StockHandler(BaseHandler):
    """Eager PyTorch behind TorchServe's own base class."""

    def initialize(self, context: Any) -> None:
        """Load the weights."""
        self.model = DigitNet().eval()
        self.model.load_state_dict(torch.load(f"{context.system_properties['model_dir']}/digits.pt", weights_only=True))
        self.device = torch.device("cpu")
        self.initialized = True

    def preprocess(self, data: Any) -> torch.Tensor:
        """Read the rows."""
        return torch.from_numpy(np.stack([preprocess(bytes(row["body"])) for row in data]))

    def postprocess(self, data: torch.Tensor) -> list[dict[str, float]]:
        """Answer with the ten probabilities, largest first."""
        probabilities = torch.softmax(data[:, :10], dim=1)
        return [
            {str(digit): float(row[digit]) for digit in row.argsort(descending=True).tolist()} for row in probabilities
        ]
