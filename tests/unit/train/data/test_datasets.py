import hashlib
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.small_data import write_small_data
from train.data import datasets as data
from train.data.datasets import PENDIGITS, PENDIGITS_SHA256, digests, load_mnist, load_pen_digits, load_pen_letters


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


def test_unipen_may_be_missing(data_dir: Path, tmp_path: Path) -> None:
    folder = write_small_data(data_dir, tmp_path / "data", every=100)
    everything = load_pen_digits(folder)
    assert {drawing.site for drawing in load_pen_letters(folder)} > {"apa", "syn"}
    (folder / "strokes/unipen_digits_dev.json.gz").unlink()
    (folder / "strokes/unipen_letters_dev.json.gz").unlink()
    assert load_pen_letters(folder) == []
    assert 0 < len(load_pen_digits(folder)) < len(everything)
    assert {drawing.site for drawing in load_pen_digits(folder)} == {"pendigits-train"}


def test_digests_are_of_the_files_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "strokes").mkdir()
    (tmp_path / PENDIGITS).write_bytes(b"abc")
    assert digests(tmp_path) == {PENDIGITS: hashlib.sha256(b"abc").hexdigest()}


def test_download_is_checked_against_the_original_files_digest(data_dir: Path) -> None:
    original = (data_dir / "pendigits/pendigits-orig.tra").read_bytes()
    assert hashlib.sha256(original).hexdigest() == PENDIGITS_SHA256


def test_fetched_file_that_is_another_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = tmp_path / "x.zip"
    compressed = subprocess.run(["gzip", "-c"], input=b"another file", stdout=subprocess.PIPE, check=True).stdout
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(data.PENDIGITS_MEMBER, compressed)
    monkeypatch.setattr(data, "PENDIGITS_URL", packed.as_uri())
    with pytest.raises(ValueError, match="no longer holds"):
        data.fetch_pendigits(tmp_path / "pendigits_train.json.gz")
    assert not (tmp_path / "pendigits_train.json.gz").exists()
