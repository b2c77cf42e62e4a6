import gzip
import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.unit.train.data.conftest import Serve
from train.data.pendigits import MEMBER, SHA256, convert, fetch_pendigits
from train.data.strokes import save_drawings

FILE = """.COORD X Y
.SEGMENT DIGIT 0-1 ? "7"
.COMMENT 7 12
.PEN_DOWN
 10 50
 10 50
 30 40
.PEN_UP
.DT 100
 99 99
.PEN_DOWN
 20 45
.PEN_UP
.SEGMENT DIGIT 2 ? "0"
.COMMENT 0 3
.PEN_DOWN
 1 1
 5 5
.PEN_UP
"""


def packed(content: bytes, path: Path, member: str = MEMBER) -> bytes:
    compressed = subprocess.run(["gzip", "-c"], input=content, stdout=subprocess.PIPE, check=True).stdout
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, compressed)
    return path.read_bytes()


def test_archive_with_the_original_file_gives_exactly_the_stroke_file_of_training(
    data_dir: Path, serve: Serve, tmp_path: Path
) -> None:
    original = (data_dir / "pendigits/pendigits-orig.tra").read_bytes()
    assert hashlib.sha256(original).hexdigest() == SHA256
    url = serve("x", packed(original, tmp_path / "x.zip"))
    save_drawings(fetch_pendigits(tmp_path, url), tmp_path / "pendigits_train.json.gz")
    files = (tmp_path / "pendigits_train.json.gz", data_dir / "strokes/pendigits_train.json.gz")
    converted, expected = (gzip.decompress(file.read_bytes()) for file in files)
    assert converted == expected


def test_y_points_down_and_pauses_and_gaps_of_the_pen_are_left_out() -> None:
    seven, zero = convert(FILE)
    assert (seven.label, seven.writer, seven.site) == ("7", "tra12", "pendigits-train")
    assert [stroke.tolist() for stroke in seven.strokes] == [[[0, 0], [20, 10]], [[10, 5]]]
    assert (zero.label, zero.writer) == ("0", "tra03")
    assert zero.strokes[0].tolist() == [[0, 4], [4, 0]]


def test_archive_with_another_file_is_rejected(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"does not have the SHA-256 {SHA256}"):
        fetch_pendigits(tmp_path, serve("x", packed(b"another file", tmp_path / "x.zip")))


def test_file_that_is_not_the_archive_is_rejected(serve: Serve, tmp_path: Path) -> None:
    for number, body in enumerate((b"<html></html>", packed(b"x", tmp_path / "x.zip", "other"))):
        with pytest.raises(ValueError, match=r"delete it and its \.sha256"):
            fetch_pendigits(tmp_path / str(number), serve("x", body))
