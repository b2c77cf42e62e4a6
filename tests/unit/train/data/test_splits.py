import functools
from pathlib import Path

from train.data.folder import load_pen_digits, load_pen_letters
from train.data.strokes import Drawing


@functools.cache
def all_drawings(data_dir: Path) -> list[Drawing]:
    splits = (*load_pen_digits(data_dir).values(), *load_pen_letters(data_dir).values())
    return [drawing for drawings in splits for drawing in drawings]


def test_no_writer_is_in_two_splits(data_dir: Path) -> None:
    splits: dict[str, set[str]] = {}
    for drawing in all_drawings(data_dir):
        splits.setdefault(drawing.writer, set()).add(drawing.split)
    assert {writer for writer, parts in splits.items() if len(parts) > 1} == set()


def test_no_unipen_site_is_in_two_splits(data_dir: Path) -> None:
    splits: dict[str, set[str]] = {}
    for drawing in all_drawings(data_dir):
        if not drawing.site.startswith("pendigits"):
            splits.setdefault(drawing.site, set()).add(drawing.split)
    assert {site for site, parts in splits.items() if len(parts) > 1} == set()
    assert set.union(*splits.values()) == {"train", "validation", "test"}


def test_every_digit_is_in_every_split(data_dir: Path) -> None:
    labels = {(drawing.split, drawing.label) for drawing in all_drawings(data_dir) if drawing.label.isdigit()}
    assert labels == {(split, str(digit)) for split in ("train", "validation", "test") for digit in range(10)}
