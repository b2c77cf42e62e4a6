"""MNIST, read and downloaded by torchvision."""

import tempfile
from importlib.metadata import distribution
from pathlib import Path

import torch

from train.data.download import require
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
FILES = tuple(f"MNIST/raw/{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))


def fetch_mnist(folder: Path) -> None:
    """Download MNIST, whole or not at all; torchvision checks the MD5 sum of each file.

    Args:
        folder: Will hold `MNIST/raw`.

    Raises:
        OSError: The download failed, or a file is not the expected one.
    """
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        try:
            MNIST(temporary, download=True)
        except RuntimeError as error:
            raise OSError(f"Cannot download MNIST: {error}") from error
        (Path(temporary) / "MNIST").replace(folder / "MNIST")


def load_mnist(folder: Path) -> dict[str, LabeledImages]:
    """Return the `train` (55,000), `validation` (5,000) and `test` (10,000) images of `MNIST/raw` in a folder.

    Raises:
        FileNotFoundError: The folder lacks one of the four files.
    """
    for name in FILES:
        require(folder / name)
    whole, test = MNIST(str(folder), train=True), MNIST(str(folder), train=False)
    ranges = {"train": (whole, 0, -VALIDATION), "validation": (whole, -VALIDATION, None), "test": (test, 0, None)}
    return {
        split: LabeledImages(dataset.data[start:end].numpy(), dataset.targets[start:end].numpy())
        for split, (dataset, start, end) in ranges.items()
    }
