from pathlib import Path

import pytest

from train.data.labeled_files import find_labeled


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"image")


def test_subfolders_name_the_digits(tmp_path: Path) -> None:
    write(tmp_path, "7/b.png", "7/a.jpg", "0/x.png", "other/1.png", "notes.txt")
    assert find_labeled(tmp_path) == [(tmp_path / "0/x.png", 0), (tmp_path / "7/a.jpg", 7), (tmp_path / "7/b.png", 7)]


def test_names_of_files_begin_with_the_digit_or_say_that_there_is_none(tmp_path: Path) -> None:
    write(
        tmp_path, "7_photo.jpg", "0_a_b.png", "blank_paper.jpg", "not-a-digit_dog.png", "half-drawn-9.png", "README.md"
    )
    labels = {path.name: label for path, label in find_labeled(tmp_path)}
    assert labels == {"7_photo.jpg": 7, "0_a_b.png": 0, "blank_paper.jpg": -1, "not-a-digit_dog.png": -1}


def test_table_of_labels_is_read_for_the_files_that_are_there(tmp_path: Path) -> None:
    write(tmp_path, "x.png", "y.png", "7_unlisted.png")
    (tmp_path / "labels.tsv").write_text("x.png\t3\ny.png\t8\tnote\nabsent.png\t1\n", encoding="utf-8")
    assert find_labeled(tmp_path) == [(tmp_path / "x.png", 3), (tmp_path / "y.png", 8)]


@pytest.mark.parametrize("names", [["7_a_grid.png", "7_a_tight.png"], ["7/a_grid.png", "7/a_tight.png"]])
def test_pattern_chooses_files(tmp_path: Path, names: list[str]) -> None:
    write(tmp_path, *names)
    assert [path.name for path, _ in find_labeled(tmp_path, "*_grid.png")] == [Path(names[0]).name]


def test_folder_without_labeled_images_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "photo.jpg")
    with pytest.raises(FileNotFoundError, match=r"subfolders named 0 to 9"):
        find_labeled(tmp_path)
