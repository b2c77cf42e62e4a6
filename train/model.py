"""The network."""

import torch
from torch import Tensor, nn

CLASSES = 10
WIDTH = 8  # channels of the first layer; the others have multiples of it


class DigitNet(nn.Module):
    """A small convolutional network with batch normalisation, made for one core: 77 123 parameters.

    Besides the ten digits it has an eleventh output of its own: whether the picture is a digit at all. That is no
    eleventh class, whose probability would be taken from the ten.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *_convolution(1, WIDTH),  # (N, 8, 26, 26)
            *_convolution(WIDTH, 2 * WIDTH),
            nn.MaxPool2d(2),  # (N, 16, 12, 12)
            *_convolution(2 * WIDTH, 4 * WIDTH),
            *_convolution(4 * WIDTH, 4 * WIDTH, padding=1),
            nn.MaxPool2d(2),  # (N, 32, 5, 5)
            *_convolution(4 * WIDTH, 8 * WIDTH, padding=1),
            *_convolution(8 * WIDTH, 8 * WIDTH),  # (N, 64, 3, 3)
        )
        self.dropout = nn.Dropout(0.25)
        self.head = nn.Linear(8 * WIDTH * 3 * 3, CLASSES + 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Judge pictures.

        Args:
            pictures: (N, 28, 28), uint8 or float, white ink 255 on black 0.

        Returns:
            (N, 11) float32 logits: ten digits, then "this is a digit".
        """
        x = pictures.to(torch.float32).div(255).unsqueeze(1)  # (N, 1, 28, 28)
        x = self.features(x).flatten(1)  # (N, 576)
        logits: Tensor = self.head(self.dropout(x))
        return logits


def _convolution(inputs: int, outputs: int, *, padding: int = 0) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, kernel_size=3, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]
