import hashlib
import sys
from pathlib import Path

import pytest

from tests.small_data import write_small_data
from tests.unit.train.data.small_unipen import FILES, pack
from train.data import mnist
from train.data.__main__ import main
from train.data.folder import (
    PENDIGITS,
    UNIPEN_DIGITS,
    UNIPEN_LETTERS,
    digests,
    fetch_missing,
    load_pen_digits,
    load_pen_letters,
)
from train.data.strokes import load_drawings
from train.data.unipen import ARCHIVE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder that has everything but UNIPEN, and UNIPEN's archive downloaded."""
    for name in (*mnist.FILES, PENDIGITS, f"downloads/{ARCHIVE}"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(pack(FILES) if name.endswith(ARCHIVE) else b"as it was")
    return tmp_path


def test_what_is_missing_is_converted_and_the_rest_stays(folder: Path) -> None:
    fetch_missing(folder)
    assert [drawing.label for drawing in load_drawings(folder / UNIPEN_DIGITS)] == ["3", "0", "0"]
    assert [drawing.label for drawing in load_pen_letters(folder)["train"]] == ["l"]
    assert (folder / PENDIGITS).read_bytes() == b"as it was"
    (folder / "downloads" / ARCHIVE).write_bytes(b"not read again")
    fetch_missing(folder)


def test_unipen_can_be_left_out(folder: Path) -> None:
    fetch_missing(folder, unipen=False)
    assert not (folder / UNIPEN_DIGITS).exists()


def test_command_fills_the_folder_and_prints_the_digests(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["train.data", "--data", str(folder)])
    main()
    assert f"{digests(folder)[UNIPEN_LETTERS]}  {UNIPEN_LETTERS}" in capsys.readouterr().out.splitlines()


def test_command_that_fails_says_why_in_one_line_and_works_without_unipen(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "downloads" / ARCHIVE).write_bytes(b"<html></html>")
    monkeypatch.setattr(sys, "argv", ["train.data", "--data", str(folder)])
    with pytest.raises(SystemExit, match=rf"^{folder}/downloads/{ARCHIVE} is not UNIPEN's archive.*\.sha256\.$"):
        main()
    monkeypatch.setattr(sys, "argv", [*sys.argv, "--without-unipen"])
    main()
    assert not (folder / UNIPEN_DIGITS).exists()


def test_unipen_may_be_missing(data_dir: Path, tmp_path: Path) -> None:
    folder = write_small_data(data_dir, tmp_path / "data", every=100)
    everything = load_pen_digits(folder)["train"]
    assert {drawing.site for drawing in load_pen_letters(folder)["train"]} > {"apb", "syn"}
    (folder / UNIPEN_DIGITS).unlink()
    (folder / UNIPEN_LETTERS).unlink()
    assert load_pen_letters(folder) == {"train": [], "validation": [], "test": []}
    assert 0 < len(load_pen_digits(folder)["train"]) < len(everything)
    assert {drawing.site for drawing in load_pen_digits(folder)["train"]} == {"pendigits-train"}


def test_pendigits_may_not_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"python -m train\.data"):
        load_pen_digits(tmp_path)


def test_digests_are_of_the_files_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "strokes").mkdir()
    (tmp_path / PENDIGITS).write_bytes(b"abc")
    assert digests(tmp_path) == {PENDIGITS: hashlib.sha256(b"abc").hexdigest()}
