"""MNIST, read and downloaded by torchvision."""

from importlib.metadata import distribution
from pathlib import Path

import torch

from train.data.labeled_images import LabeledImages

# torchvision's wheel is linked against CUDA: beside a CPU build of torch its operators cannot be loaded, and its import
# fails because they are not declared. These declarations are never called; they make the data sets importable.
try:
    torch.ops.load_library(str(distribution("torchvision").locate_file("torchvision/_C.so")))  # type: ignore[no-untyped-call]
except OSError:
    for _operator in ("torchvision::nms", "torchvision::qnms"):
        torch.library.define(_operator, "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from torchvision.datasets import MNIST

VALIDATION = 5000  # the last images of the training file


def load_mnist(folder: Path) -> dict[str, LabeledImages]:
    """Read MNIST. If the folder lacks it, torchvision downloads it and checks its MD5 sums.

    Args:
        folder: Holds, or will hold, `MNIST/raw`.

    Returns:
        `train` (55,000), `validation` (5,000) and `test` (10,000).
    """
    parts = {}
    for train in (True, False):
        exists = (folder / "MNIST/raw/train-labels-idx1-ubyte").exists()
        dataset = MNIST(str(folder), train=train, download=not exists)
        parts[train] = LabeledImages(dataset.data.numpy(), dataset.targets.numpy())
    rest = parts[True]
    return {
        "train": LabeledImages(rest.pictures[:-VALIDATION], rest.labels[:-VALIDATION]),
        "validation": LabeledImages(rest.pictures[-VALIDATION:], rest.labels[-VALIDATION:]),
        "test": parts[False],
    }
