"""Where the training data comes from: MNIST and pen drawings, from a folder or from their public sources.

The folder holds `MNIST/raw/*-ubyte` (as torchvision keeps it) and `strokes/`:

| file | source | licence |
|---|---|---|
| pendigits_train.json.gz | UCI, doi:10.24432/C5MG6K; downloaded and converted when missing | CC BY 4.0 |
| unipen_digits_dev.json.gz | UNIPEN train_r01_v07, doi:10.5281/zenodo.1195803; may be missing | CC BY 4.0 |
| unipen_letters_dev.json.gz | the same; without it only made-up negatives are used | CC BY 4.0 |
"""

import hashlib
import io
import os
import subprocess
import urllib.request
import zipfile
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from handler.preprocessing.png import Pixels
from train.data import pendigits
from train.data.strokes import Drawing, load_drawings, save_drawings

# A torchvision linked against CUDA cannot load its operators beside a CPU build of torch, and its import fails for want
# of their declarations. Declared here, and never called, they let data sets and transforms work.
try:
    torch.ops.load_library(str(distribution("torchvision").locate_file("torchvision/_C.so")))  # type: ignore[no-untyped-call]
except OSError:
    for _operator in ("torchvision::nms", "torchvision::qnms"):
        torch.library.define(_operator, "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from torchvision.datasets import MNIST

DEFAULT_FOLDER = Path(os.environ.get("DIGITS_DATA") or Path.home() / ".cache/digits")

MNIST_VALIDATION = 5000  # the last images of the training file

PENDIGITS_URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
PENDIGITS_MEMBER = "pendigits-orig.tra.Z"
PENDIGITS_SHA256 = "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4"

PENDIGITS, UNIPEN_DIGITS, UNIPEN_LETTERS = (
    f"strokes/{name}.json.gz" for name in ("pendigits_train", "unipen_digits_dev", "unipen_letters_dev")
)

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Images:
    """Pictures and what they show: (n, 28, 28) uint8, and (n,) int64."""

    pictures: Pixels
    labels: Labels


def load_mnist(folder: Path) -> dict[str, Images]:
    """Read MNIST, downloading it through torchvision if the folder lacks it.

    Args:
        folder: Holds, or will hold, `MNIST/raw`.

    Returns:
        `train` (55 000), `validation` (5 000) and `test` (10 000).
    """
    parts = {}
    for train in (True, False):
        exists = (folder / "MNIST/raw/train-labels-idx1-ubyte").exists()
        dataset = MNIST(str(folder), train=train, download=not exists)
        parts[train] = Images(dataset.data.numpy(), dataset.targets.numpy())
    rest = parts[True]
    return {
        "train": Images(rest.pictures[:-MNIST_VALIDATION], rest.labels[:-MNIST_VALIDATION]),
        "validation": Images(rest.pictures[-MNIST_VALIDATION:], rest.labels[-MNIST_VALIDATION:]),
        "test": parts[False],
    }


def load_pen_digits(folder: Path) -> list[Drawing]:
    """Read the pen-drawn digits, fetching pendigits if the folder lacks it; UNIPEN's are used if they are there."""
    path = folder / PENDIGITS
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fetch_pendigits(path)
    unipen = folder / UNIPEN_DIGITS
    return load_drawings(path) + (load_drawings(unipen) if unipen.exists() else [])


def load_pen_letters(folder: Path) -> list[Drawing]:
    """Read the pen-drawn letters; none if the folder has none."""
    path = folder / UNIPEN_LETTERS
    return load_drawings(path) if path.exists() else []


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every data file that the folder holds, for the model card."""
    names = [f"MNIST/raw/{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")]
    names += [PENDIGITS, UNIPEN_DIGITS, UNIPEN_LETTERS]
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names if (folder / name).exists()
    }


def fetch_pendigits(path: Path) -> None:
    """Download pendigits' original training file and convert it.

    Args:
        path: The stroke file to write.

    Raises:
        OSError: The download failed.
        ValueError: What came is not the file that it should be.
    """
    with urllib.request.urlopen(PENDIGITS_URL, timeout=60) as response:
        archive = zipfile.ZipFile(io.BytesIO(response.read()))
    # gzip is the one tool found everywhere that reads compress(1)'s .Z.
    plain = subprocess.run(["gzip", "-dc"], input=archive.read(PENDIGITS_MEMBER), stdout=subprocess.PIPE, check=True)
    if hashlib.sha256(plain.stdout).hexdigest() != PENDIGITS_SHA256:
        raise ValueError(f"{PENDIGITS_URL} no longer holds the file with SHA-256 {PENDIGITS_SHA256}.")
    original = path.with_name("pendigits-orig.tra")
    original.write_bytes(plain.stdout)
    save_drawings(pendigits.convert(original), path)
