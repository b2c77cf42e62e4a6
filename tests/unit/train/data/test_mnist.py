from pathlib import Path

import numpy as np

from train.data.mnist import load_mnist


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
