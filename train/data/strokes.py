"""Pen drawings: what one is, and how they are read and written."""

import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from train.data.splits import split_of

Stroke = NDArray[np.float32]  # (n, 2): x to the right, y down, in the tablet's own unit

FIELDS = ("label", "strokes", "source", "site", "writer", "file", "variant")  # of a file's entries, in this order


@dataclass(frozen=True)
class Drawing:
    """One character, drawn with a pen.

    Attributes:
        label: The character.
        strokes: Pen-down strokes in drawing order; one of a single point is a dot.
        writer: Who drew it, unique over all sites.
        site: Where it was collected.
        source: The collection that it is from; may be the site.
        file: The ink's file in a collection of many.
        variant: `slashed-zero`, or empty.
    """

    label: str
    strokes: tuple[Stroke, ...]
    writer: str
    site: str
    source: str = ""
    file: str = ""
    variant: str = ""

    @property
    def split(self) -> str:
        """`train`, `validation` or `test`."""
        return split_of(self.writer, self.site)


def load_drawings(path: Path) -> list[Drawing]:
    """Read drawings from a stroke file.

    Args:
        path: Gzipped JSON, a list of entries with the fields of `Drawing`; `strokes` is `[[[x, y], …], …]`. An entry
            without `site` takes its `source`.

    Returns:
        The drawings, in the file's order.

    Raises:
        OSError: The file cannot be read.
        KeyError, TypeError: An entry lacks a field.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        entries = json.load(file)
    for entry in entries:
        entry["site"] = entry.get("site") or entry["source"]
        entry["strokes"] = tuple(np.asarray(stroke, np.float32) for stroke in entry["strokes"])
    return [Drawing(**entry) for entry in entries]


def save_drawings(drawings: Sequence[Drawing], path: Path) -> None:
    """Write drawings in the form that `load_drawings` reads. The same drawings give the same bytes.

    Args:
        drawings: What to write; coordinates are rounded to whole units of the tablet.
        path: The gzipped JSON file; written whole or not at all.
    """
    entries = []
    for drawing in drawings:
        strokes = [np.rint(stroke).astype(int).tolist() for stroke in drawing.strokes]
        entry = {**vars(drawing), "strokes": strokes, "site": drawing.site if drawing.site != drawing.source else ""}
        entries.append({name: entry[name] for name in FIELDS if entry[name]})
    partial = path.with_suffix(".partial")
    with partial.open("wb") as target, gzip.GzipFile(path.name, "wb", fileobj=target, mtime=0) as file:
        file.write(json.dumps(entries, separators=(",", ":")).encode())
    partial.replace(path)


def at_origin(strokes: Iterable[Stroke]) -> tuple[Stroke, ...]:
    """Move strokes so that the top left corner of their common box is the origin."""
    strokes = tuple(strokes)
    origin = points_of(strokes).min(axis=0)
    return tuple(stroke - origin for stroke in strokes)


def points_of(strokes: Sequence[Stroke]) -> Stroke:
    """Return all points of all strokes, (n, 2)."""
    return np.concatenate(list(strokes))


def size_of(strokes: Sequence[Stroke]) -> float:
    """Return the larger side of the box of all strokes, in their unit."""
    return float(np.ptp(points_of(strokes), axis=0).max())
