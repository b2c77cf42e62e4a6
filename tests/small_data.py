"""A data folder with a few of the real digits and letters, for commands that would take minutes on all of them."""

import gzip
import json
import struct
from pathlib import Path

from train.data.splits import split_of


def write_small_data(source: Path, target: Path, *, every: int) -> Path:
    """Copy a slice of the data: MNIST's first images, and each `every`-th drawing of each split."""
    (target / "MNIST/raw").mkdir(parents=True)
    (target / "strokes").mkdir()
    for part in ("train", "t10k"):
        for kind, header, size in (("images-idx3", 16, 784), ("labels-idx1", 8, 1)):
            name = f"MNIST/raw/{part}-{kind}-ubyte"
            with (source / name).open("rb") as file:
                data = file.read(header + 300 * size)
            (target / name).write_bytes(data[:4] + struct.pack(">I", 300) + data[8:])
    for name in ("pendigits_train", "unipen_digits_dev", "unipen_letters_dev"):
        entries = json.loads(gzip.decompress((source / f"strokes/{name}.json.gz").read_bytes()))
        chosen = []
        for split in ("test", "validation", "train"):
            chosen += [x for x in entries if split_of(x["writer"], x.get("site", "")) == split][::every]
        (target / f"strokes/{name}.json.gz").write_bytes(gzip.compress(json.dumps(chosen).encode(), 1))
    return target
