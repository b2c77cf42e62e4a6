"""The data folder: what it holds, how it is filled, and how it is read.

- `MNIST/raw/*-ubyte`: MNIST, through torchvision.
- `strokes/pendigits_train.json.gz`: UCI pendigits, doi:10.24432/C5MG6K, CC BY 4.0.
- `strokes/unipen_{digits,letters}_dev.json.gz`: UNIPEN train_r01_v07, doi:10.5281/zenodo.1195803, CC BY 4.0.
- `downloads/`: the original archives of the strokes, each with its SHA-256.
"""

import os
from pathlib import Path

import pooch

from train.data.download import require
from train.data.mnist import FILES as MNIST
from train.data.mnist import fetch_mnist
from train.data.pendigits import fetch_pendigits
from train.data.splits import SPLITS
from train.data.strokes import Drawing, load_drawings, save_drawings
from train.data.unipen import fetch_unipen

DEFAULT_FOLDER = Path(os.environ.get("DIGITS_DATA") or Path.home() / ".cache/digits")

PENDIGITS, UNIPEN_DIGITS, UNIPEN_LETTERS = (
    f"strokes/{name}.json.gz" for name in ("pendigits_train", "unipen_digits_dev", "unipen_letters_dev")
)


def fetch_missing(folder: Path, *, unipen: bool = True) -> None:
    """Download and convert what the folder lacks; each file is written whole or not at all.

    Args:
        folder: The data folder; made if there is none.
        unipen: False leaves UNIPEN out. Training then has fewer writers, and no letters as negatives.

    Raises:
        OSError: A download failed.
        ValueError: A downloaded file is not the expected one.
    """
    downloads = folder / "downloads"
    (folder / "strokes").mkdir(parents=True, exist_ok=True)
    if not all((folder / name).exists() for name in MNIST):
        fetch_mnist(folder)
    if not (folder / PENDIGITS).exists():
        save_drawings(fetch_pendigits(downloads), folder / PENDIGITS)
    if unipen and not ((folder / UNIPEN_DIGITS).exists() and (folder / UNIPEN_LETTERS).exists()):
        digits, letters = fetch_unipen(downloads)
        save_drawings(digits, folder / UNIPEN_DIGITS)
        save_drawings(letters, folder / UNIPEN_LETTERS)


def load_pen_digits(folder: Path) -> dict[str, list[Drawing]]:
    """Read the pen-drawn digits of each split: pendigits, and UNIPEN if the folder has it."""
    require(folder / PENDIGITS)
    return _by_split(folder, PENDIGITS, UNIPEN_DIGITS)


def load_pen_letters(folder: Path) -> dict[str, list[Drawing]]:
    """Read the pen-drawn letters of each split; none if the folder has none."""
    return _by_split(folder, UNIPEN_LETTERS)


def _by_split(folder: Path, *names: str) -> dict[str, list[Drawing]]:
    drawings = [drawing for name in names if (folder / name).exists() for drawing in load_drawings(folder / name)]
    return {split: [drawing for drawing in drawings if drawing.split == split] for split in SPLITS}


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every data file that the folder holds, for the model card."""
    names = [*MNIST, PENDIGITS, UNIPEN_DIGITS, UNIPEN_LETTERS]
    return {name: pooch.file_hash(folder / name) for name in names if (folder / name).exists()}
