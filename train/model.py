"""The network."""

import torch
from torch import Tensor, nn

from handler.calibration import CLASSES
from handler.preprocessing import Pixels

WIDTH = 8  # channels of the first layer of the committed network
FORWARD = 1000  # pictures in one forward pass


class DigitNet(nn.Module):
    """A small convolutional network with batch normalization: 73,603 parameters at width 8.

    Whether a picture is a digit at all is a separate output: an eleventh class would take probability from the ten.

    Args:
        width: Channels of the first layer; the other layers have multiples of it.
    """

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *_convolution(1, width),  # (n, width, 26, 26)
            *_convolution(width, 2 * width),
            nn.MaxPool2d(2),  # (n, 2 width, 12, 12)
            *_convolution(2 * width, 4 * width),
            *_convolution(4 * width, 4 * width),
            nn.MaxPool2d(2),  # (n, 4 width, 4, 4)
            *_convolution(4 * width, 8 * width, padding=1),
            *_convolution(8 * width, 8 * width),  # (n, 8 width, 2, 2)
        )
        self.dropout = nn.Dropout(0.25)
        self.head = nn.Linear(8 * width * 2 * 2, CLASSES + 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Run the network.

        Args:
            pictures: (n, 28, 28) uint8 or float: white ink (255) on black (0).

        Returns:
            (n, 11) float32 logits: ten digits, then "this is a digit".
        """
        x = pictures.to(torch.float32).div(255).unsqueeze(1)  # (n, 1, 28, 28)
        x = self.features(x).flatten(1)
        logits: Tensor = self.head(self.dropout(x))
        return logits


def logits_of(net: DigitNet, pictures: Pixels) -> Tensor:
    """Return the (n, 11) float32 logits of (n, 28, 28) uint8 pictures, without gradients."""
    with torch.no_grad():
        return torch.cat([net(batch) for batch in torch.split(torch.from_numpy(pictures), FORWARD)])


def _convolution(inputs: int, outputs: int, *, padding: int = 0) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, kernel_size=3, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]
