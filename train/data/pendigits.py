"""pendigits' original UNIPEN-format file → drawings.

The UCI repository's "Pen-Based Recognition of Handwritten Digits" (E. Alpaydin, F. Alimoglu, doi:10.24432/C5MG6K,
CC BY 4.0) holds `pendigits-orig.tra`: 7494 digits by 30 writers, y pointing up, points at 10 ms.
"""

import hashlib
import io
import re
import subprocess
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from train.data.strokes import Drawing, Stroke, save_drawings

SITE = "pendigits-train"

URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
MEMBER = "pendigits-orig.tra.Z"
SHA256 = "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4"

_SEGMENT = re.compile(r'\.SEGMENT DIGIT\s+\S+ \? "(\d)"')
# The second number of the comment that follows a segment is the writer.
_COMMENT = re.compile(r"\.COMMENT\s+(\d+)\s+(\d+)")


def fetch_pendigits(path: Path) -> None:
    """Download pendigits' original training file and convert it.

    Args:
        path: The stroke file to write.

    Raises:
        OSError: The download failed.
        ValueError: What came is not the file that it should be.
    """
    with urllib.request.urlopen(URL, timeout=60) as response:
        archive = zipfile.ZipFile(io.BytesIO(response.read()))
    # gzip is the one tool found everywhere that reads compress(1)'s .Z.
    plain = subprocess.run(["gzip", "-dc"], input=archive.read(MEMBER), stdout=subprocess.PIPE, check=True)
    if hashlib.sha256(plain.stdout).hexdigest() != SHA256:
        raise ValueError(f"{URL} no longer holds the file with SHA-256 {SHA256}.")
    original = path.with_name("pendigits-orig.tra")
    original.write_bytes(plain.stdout)
    save_drawings(convert(original), path)


def convert(path: Path) -> list[Drawing]:
    """Read pendigits' original training file.

    Args:
        path: `pendigits-orig.tra`, uncompressed.

    Returns:
        Its drawings in order; y points down, and each drawing's top left corner is the origin.

    Raises:
        ValueError: The file holds no digit: it is another file.
    """
    drawings = list(_segments(path.read_text(encoding="ascii", errors="replace").splitlines()))
    if not drawings:
        raise ValueError(f"{path} holds no digit; give the file pendigits-orig.tra of the UCI repository.")
    return drawings


def _segments(lines: list[str]) -> Iterator[Drawing]:
    label = writer = ""
    strokes: list[list[tuple[int, int]]] = []
    pen_is_down = False
    for line in [*lines, '.SEGMENT DIGIT end ? "0"']:
        if segment := _SEGMENT.match(line):
            if any(strokes):
                yield Drawing(label, _upright(strokes), writer, SITE)
            label, strokes, pen_is_down = segment.group(1), [], False
        elif comment := _COMMENT.match(line):
            writer = f"tra{int(comment.group(2)):02d}"
        elif line.startswith(".PEN_DOWN"):
            strokes.append([])
            pen_is_down = True
        elif line.startswith("."):
            pen_is_down = False
        elif pen_is_down and len(numbers := line.split()) == 2:
            strokes[-1].append((int(numbers[0]), int(numbers[1])))


def _upright(strokes: list[list[tuple[int, int]]]) -> tuple[Stroke, ...]:
    arrays = [_without_repeats(np.asarray(stroke, np.float32) * (1, -1)) for stroke in strokes if stroke]
    origin = np.concatenate(arrays).min(axis=0)
    return tuple((array - origin).astype(np.float32) for array in arrays)


def _without_repeats(stroke: Stroke) -> Stroke:
    """Leave out points at which the pen stood still."""
    moved = np.any(np.diff(stroke, axis=0) != 0, axis=1)
    kept: Stroke = stroke[np.concatenate([[True], moved])]
    return kept
