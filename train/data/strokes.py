"""Pen drawings: what one is, and how they are read and written."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from train.data.splits import split_of

Stroke = NDArray[np.float32]  # (n, 2): x to the right, y down; the unit is the tablet's own


@dataclass(frozen=True)
class Drawing:
    """One character, drawn with a pen.

    Attributes:
        label: The character.
        strokes: Pen-down strokes in drawing order; one of a single point is a dot.
        writer: Who drew it, unique over all sites.
        site: Where it was collected.
    """

    label: str
    strokes: tuple[Stroke, ...]
    writer: str
    site: str

    @property
    def split(self) -> str:
        """`train`, `validation` or `test`."""
        return split_of(self.writer, self.site)


def load_drawings(path: Path) -> list[Drawing]:
    """Read drawings from a stroke file.

    Args:
        path: Gzipped JSON, a list of `{"label": "8", "strokes": [[[x, y], …], …], "writer": …, "site": …}`;
            `source` may stand for `site`.

    Returns:
        The drawings, in the file's order.

    Raises:
        OSError: The file cannot be read.
        KeyError: An entry lacks a field.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        entries = json.load(file)
    return [
        Drawing(
            label=entry["label"],
            strokes=tuple(np.asarray(stroke, np.float32) for stroke in entry["strokes"]),
            writer=entry["writer"],
            site=entry["site"] if "site" in entry else entry["source"],
        )
        for entry in entries
    ]


def save_drawings(drawings: Sequence[Drawing], path: Path) -> None:
    """Write drawings in the form that `load_drawings` reads.

    Args:
        drawings: What to write; coordinates are rounded to whole units of the tablet.
        path: The gzipped JSON file; written whole or not at all.
    """
    entries = [
        {
            "label": drawing.label,
            "strokes": [np.rint(stroke).astype(int).tolist() for stroke in drawing.strokes],
            "source": drawing.site,
            "writer": drawing.writer,
        }
        for drawing in drawings
    ]
    partial = path.with_suffix(".partial")
    with gzip.GzipFile(partial, "wb", mtime=0) as file:  # no time stamp: the same drawings, the same bytes
        file.write(json.dumps(entries, separators=(",", ":")).encode())
    partial.replace(path)


def points_of(strokes: Sequence[Stroke]) -> Stroke:
    """Return all points of all strokes, (n, 2)."""
    return np.concatenate(list(strokes))
