import hashlib
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from train.data import pendigits
from train.data.pendigits import SHA256, convert, fetch_pendigits
from train.data.strokes import load_drawings

FILE = """.COORD X Y
.SEGMENT DIGIT 0 ? "7"
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
.SEGMENT DIGIT 1-2 ? "0"
.COMMENT 0 3
.PEN_DOWN
 1 1
 5 5
.PEN_UP
"""


def test_original_file_gives_exactly_the_stroke_file(data_dir: Path) -> None:
    converted = convert(data_dir / "pendigits/pendigits-orig.tra")
    expected = load_drawings(data_dir / "strokes/pendigits_train.json.gz")
    assert len(converted) == len(expected) == 7494
    for ours, theirs in zip(converted, expected, strict=True):
        assert (ours.label, ours.writer, ours.site) == (theirs.label, theirs.writer, theirs.site)
        assert len(ours.strokes) == len(theirs.strokes)
        assert all(np.array_equal(a, b) for a, b in zip(ours.strokes, theirs.strokes, strict=True))


def test_y_points_down_and_the_pens_pauses_and_hops_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "small.tra"
    path.write_text(FILE)
    seven, zero = convert(path)
    assert (seven.label, seven.writer, seven.site) == ("7", "tra12", "pendigits-train")
    assert [stroke.tolist() for stroke in seven.strokes] == [[[0, 0], [20, 10]], [[10, 5]]]
    assert (zero.label, zero.writer) == ("0", "tra03")
    assert zero.strokes[0].tolist() == [[0, 4], [4, 0]]


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_text("nothing of the kind\n")
    with pytest.raises(ValueError, match=r"pendigits-orig\.tra"):
        convert(path)


def test_download_is_checked_against_the_original_files_digest(data_dir: Path) -> None:
    original = (data_dir / "pendigits/pendigits-orig.tra").read_bytes()
    assert hashlib.sha256(original).hexdigest() == SHA256


def test_fetched_file_that_is_another_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = tmp_path / "x.zip"
    compressed = subprocess.run(["gzip", "-c"], input=b"another file", stdout=subprocess.PIPE, check=True).stdout
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(pendigits.MEMBER, compressed)
    monkeypatch.setattr(pendigits, "URL", packed.as_uri())
    with pytest.raises(ValueError, match="no longer holds"):
        fetch_pendigits(tmp_path / "pendigits_train.json.gz")
    assert not (tmp_path / "pendigits_train.json.gz").exists()
