import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
from torchvision.datasets import MNIST

from tests.unit.train.data.conftest import Serve
from train.data.mnist import fetch_mnist, load_mnist

IMAGES = struct.pack(">4I", 0x803, 2, 28, 28) + bytes(range(196)) * 8
LABELS = struct.pack(">2I", 0x801, 2) + bytes([7, 2])


def test_mnist_has_55000_5000_and_10000_pictures_and_no_picture_twice_over_the_splits(data_dir: Path) -> None:
    mnist = load_mnist(data_dir)
    assert {name: len(part.labels) for name, part in mnist.items()} == {
        "train": 55_000,
        "validation": 5_000,
        "test": 10_000,
    }
    raw = np.fromfile(data_dir / "MNIST/raw/train-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 28, 28)
    np.testing.assert_array_equal(mnist["train"].pictures, raw[:55_000])
    np.testing.assert_array_equal(mnist["validation"].pictures, raw[55_000:])
    assert mnist["test"].labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def serve_mnist(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Serve small files under the names of MNIST's, make torchvision expect them, and return the names."""
    resources = []
    for part in ("train", "t10k"):
        for kind, content in (("images-idx3", IMAGES), ("labels-idx1", LABELS)):
            packed = gzip.compress(content, mtime=0)
            name = f"{part}-{kind}-ubyte.gz"
            url = serve(name, packed)
            resources.append((name, hashlib.md5(packed).hexdigest()))
    monkeypatch.setattr(MNIST, "mirrors", [url.removesuffix(name)])
    monkeypatch.setattr(MNIST, "resources", resources)
    return [name for name, _ in resources]


def test_mnist_is_downloaded_and_unpacked(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_mnist(serve, monkeypatch)
    fetch_mnist(tmp_path)
    assert (tmp_path / "MNIST/raw/t10k-images-idx3-ubyte").read_bytes() == IMAGES
    assert load_mnist(tmp_path)["test"].labels.tolist() == [7, 2]
    assert [path.name for path in tmp_path.iterdir()] == ["MNIST"]


def test_file_with_another_md5_sum_is_an_error_and_leaves_nothing(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(serve_mnist(serve, monkeypatch)[-1], b"another file")
    with pytest.raises(OSError, match="Cannot download MNIST"):
        fetch_mnist(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_missing_mnist_is_an_error_that_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"train-images-idx3-ubyte .*python -m train\.data"):
        load_mnist(tmp_path)
