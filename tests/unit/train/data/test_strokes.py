import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from train.data.strokes import Drawing, at_origin, load_drawings, points_of, save_drawings

STROKES = (np.array([[0, 0], [5, 9]], np.float32), np.array([[3, 4]], np.float32))


def write(path: Path, *entries: Mapping[str, object]) -> Path:
    path.write_bytes(gzip.compress(json.dumps(entries).encode()))
    return path


def test_drawings_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    drawing = Drawing("8", STROKES, "tra07", "pendigits-train", "pendigits-train")
    save_drawings([drawing, drawing], tmp_path / "x.json.gz")
    first, second = load_drawings(tmp_path / "x.json.gz")
    assert (first.label, first.writer, first.site) == ("8", "tra07", "pendigits-train")
    assert (first.source, first.file, first.variant) == ("pendigits-train", "", "")
    assert [stroke.tolist() for stroke in second.strokes] == [[[0, 0], [5, 9]], [[3, 4]]]
    assert first.strokes[0].dtype == np.float32
    assert [path.name for path in tmp_path.iterdir()] == ["x.json.gz"]


def test_source_file_and_variant_are_read_back(tmp_path: Path) -> None:
    drawing = Drawing("0", STROKES, "syn/07", "syn", "unipen", "syn/data/x.dat", "slashed-zero")
    save_drawings([drawing], tmp_path / "x.json.gz")
    (read,) = load_drawings(tmp_path / "x.json.gz")
    assert replace(read, strokes=STROKES) == drawing


def test_same_drawings_are_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.json.gz"
    save_drawings([Drawing("8", STROKES, "w", "s")], path)
    first = path.read_bytes()
    save_drawings([Drawing("8", STROKES, "w", "s")], path)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("fields", "site"),
    [({"site": "syn", "source": "unipen"}, "syn"), ({"source": "unipen"}, "unipen"), ({"site": "syn"}, "syn")],
)
def test_site_is_the_entrys_or_its_source(tmp_path: Path, fields: dict[str, str], site: str) -> None:
    entry = {"label": "8", "strokes": [[[0, 0]]], "writer": "w", **fields}
    assert load_drawings(write(tmp_path / "x.json.gz", entry))[0].site == site


def test_entry_without_a_label_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="label"):
        load_drawings(write(tmp_path / "x.json.gz", {"strokes": [], "writer": "w", "source": "s"}))


def test_points_are_those_of_all_strokes_in_order() -> None:
    assert points_of(STROKES).tolist() == [[0, 0], [5, 9], [3, 4]]


def test_strokes_are_moved_together_to_the_origin() -> None:
    moved = at_origin([STROKES[0] + (2, 7), STROKES[1] - (0, 5)])
    assert [stroke.tolist() for stroke in moved] == [[[0, 8], [5, 17]], [[1, 0]]]
