"""Where the training data comes from: MNIST and pen drawings, from a folder or from their public sources.

The folder holds `MNIST/raw/*-ubyte` (as torchvision keeps it) and `strokes/`:

| file | source | licence |
|---|---|---|
| pendigits_train.json.gz | UCI, doi:10.24432/C5MG6K; downloaded and converted when missing | CC BY 4.0 |
| unipen_digits_dev.json.gz | UNIPEN train_r01_v07, doi:10.5281/zenodo.1195803; may be missing | CC BY 4.0 |
| unipen_letters_dev.json.gz | the same; without it only made-up negatives are used | CC BY 4.0 |
"""

import hashlib
import os
from pathlib import Path

from train.data.pendigits import fetch_pendigits
from train.data.strokes import Drawing, load_drawings

DEFAULT_FOLDER = Path(os.environ.get("DIGITS_DATA") or Path.home() / ".cache/digits")

PENDIGITS, UNIPEN_DIGITS, UNIPEN_LETTERS = (
    f"strokes/{name}.json.gz" for name in ("pendigits_train", "unipen_digits_dev", "unipen_letters_dev")
)


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
