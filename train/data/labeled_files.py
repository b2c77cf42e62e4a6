"""Image files with labels: which files of a folder show which digit."""

import csv
import re
from pathlib import Path

from train.data.labeled_images import NEGATIVE

LABELED_NAME = re.compile(r"(\d|blank|not-a-digit)_")
LABELS = "labels.tsv"


def find_labeled(folder: Path, pattern: str = "*") -> list[tuple[Path, int]]:
    """Return the image files of a folder with the digits that they show.

    The folder has one of three forms: subfolders named 0 to 9; a file `labels.tsv` of lines with a file's name and its
    digit; or files whose names begin with the digit, as in `7_photo.jpg`, or with `blank_` or `not-a-digit_`.

    Args:
        folder: The folder.
        pattern: The names of the files to take, with `*` and `?` as in a shell.

    Returns:
        Files, sorted, each with its label: 0 to 9, or `NEGATIVE` where there is no digit.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A line of `labels.tsv` has no digit.
    """
    if (folder / LABELS).exists():
        with (folder / LABELS).open(encoding="utf-8", newline="") as file:
            labels = {name: int(label) for name, label, *_ in csv.reader(file, delimiter="\t")}
        files = [(path, labels[path.name]) for path in folder.glob(pattern) if path.name in labels]
    else:
        files = [(path, int(path.parent.name)) for path in folder.glob(f"[0-9]/{pattern}") if path.is_file()]
        named = ((path, LABELED_NAME.match(path.name)) for path in folder.glob(pattern) if path.is_file())
        files += [(path, int(name[1]) if name[1].isdigit() else NEGATIVE) for path, name in named if name]
    if not files:
        raise FileNotFoundError(
            f"{folder} holds no images in subfolders named 0 to 9, in {LABELS}, or with names such as 7_photo.jpg."
        )
    return sorted(files)
