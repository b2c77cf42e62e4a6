import hashlib
from pathlib import Path

from tests.small_data import write_small_data
from train.data.folder import PENDIGITS, digests, load_pen_digits, load_pen_letters


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
