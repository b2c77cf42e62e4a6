"""A data folder with a few of the real digits and letters, for commands that would take minutes on all of them."""

import gzip
import json
import struct
from pathlib import Path

from train.data.splits import TEST_SITES, TEST_WRITERS, VALIDATION_SITES, VALIDATION_WRITERS


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
        chosen = [entry for split in _splits(entries) for entry in split[::every]]
        (target / f"strokes/{name}.json.gz").write_bytes(gzip.compress(json.dumps(chosen).encode(), 1))
    return target


def _splits(entries: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    splits: list[list[dict[str, str]]] = [[], [], []]
    for entry in entries:
        writer, site = entry["writer"], entry.get("site")
        test = writer in TEST_WRITERS or site in TEST_SITES
        validation = writer in VALIDATION_WRITERS or site in VALIDATION_SITES
        splits[0 if test else 1 if validation else 2].append(entry)
    return splits
