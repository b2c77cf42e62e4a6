import gzip
import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.unit.train.data.conftest import Serve
from tests.unit.train.data.small_unipen import FILES, pack
from train.data.strokes import Drawing, save_drawings
from train.data.unipen import ARCHIVE, convert, fetch_unipen, read_archive, sample_evenly

# Of the JSON of the 248 digits of the sites art and pri, as the weights were trained on.
ART_AND_PRI_SHA256 = "bde8b48fe1df34cd068b7b3969e1f42b232bc92f27fc7efb499c1df879804177"


def small(site: str, ink: str, segments: str) -> list[Drawing]:
    header = f".INCLUDE {site}/i.dat\n"
    return convert({f"data/1a/{site}/s.dat": header + segments, f"include/{site}/i.dat": ink})


def saved(drawings: list[Drawing], folder: Path) -> list[dict[str, object]]:
    save_drawings(drawings, folder / "x.json.gz")
    entries: list[dict[str, object]] = json.loads(gzip.decompress((folder / "x.json.gz").read_bytes()))
    return entries


@pytest.fixture(scope="module")
def training_digits(data_dir: Path) -> list[dict[str, object]]:
    """Return the entries that the weights were trained on, or skip."""
    entries: list[dict[str, object]] = json.loads(
        gzip.decompress((data_dir / "strokes/unipen_digits_dev.json.gz").read_bytes())
    )
    return entries


@pytest.fixture
def original_files(data_dir: Path) -> Path:
    """Return the part of the archive with art and pri, or all of it, or skip."""
    for path in (data_dir / "unipen/train_r01_v07-art-pri.tar.gz", data_dir / "downloads" / ARCHIVE):
        if path.exists():
            return path
    pytest.skip(f"no original files of UNIPEN in {data_dir}: `python -m train.data --data {data_dir}` downloads them")


def test_original_files_of_art_and_pri_give_exactly_the_digits_of_training(
    original_files: Path, training_digits: list[dict[str, object]], tmp_path: Path
) -> None:
    drawings = [drawing for drawing in convert(read_archive(original_files)) if drawing.label.isdigit()]
    entries = saved([drawing for drawing in drawings if drawing.site in ("art", "pri")], tmp_path)
    assert entries == [entry for entry in training_digits if entry["site"] in ("art", "pri")]
    assert Counter(entry["site"] for entry in entries) == {"art": 170, "pri": 78}
    assert sum("variant" in entry for entry in entries) == 5
    assert hashlib.sha256(json.dumps(entries).encode()).hexdigest() == ART_AND_PRI_SHA256


def test_archive_is_downloaded_and_converted(serve: Serve, tmp_path: Path) -> None:
    digits, letters = fetch_unipen(tmp_path, serve("unipen", pack(FILES)))
    assert saved(digits, tmp_path) == [
        {
            "label": "3",
            "strokes": [[[0, 0], [2, 5]]],
            "source": "unipen-r01_v07",
            "site": "syn",
            "writer": "syn/02",
            "file": "syn/data/b.dat",
        },
        {
            "label": "0",
            "strokes": [[[0, 0], [10, 10]], [[0, 10], [10, 0]]],
            "source": "unipen-r01_v07",
            "site": "syn",
            "writer": "syn/02",
            "file": "syn/data/b.dat",
            "variant": "slashed-zero",
        },
        {
            "label": "0",
            "strokes": [[[0, 5], [6, 0]]],
            "source": "unipen-r01_v07",
            "site": "val",
            "writer": "val/01",
            "file": "val/data/gresai30.dat",
        },
    ]
    assert [(letter.label, letter.writer, letter.file) for letter in letters] == [("l", "syn/01", "syn/data/a.dat")]
    assert (tmp_path / ARCHIVE).exists()
    assert (tmp_path / f"{ARCHIVE}.sha256").exists()


def test_of_exact_duplicates_the_first_is_kept() -> None:
    ink = ".PEN_DOWN\n5 9\n7 4\n.PEN_DOWN\n105 9\n107 4\n.PEN_DOWN\n5 9\n7 5\n"
    segments = '.SEGMENT CHARACTER 0 OK "1"\n.SEGMENT CHARACTER 1 OK "7"\n.SEGMENT CHARACTER 2 OK "1"\n'
    assert [drawing.label for drawing in small("syn", ink, segments)] == ["1", "1"]


@pytest.mark.parametrize("site", ["apa", "app"])
def test_pixels_are_scaled_by_16_and_smoothed_with_fixed_ends(site: str) -> None:
    (drawing,) = small(site, ".PEN_DOWN\n0 0\n1 0\n1 1\n2 1\n2 1\n", '.SEGMENT CHARACTER 0 ? "1"\n')
    # Once with the weights 1 2 1: x 0 12 20 32, y 0 4 12 16 (up); twice: x 0 11 21 32, y 0 5 11 16.
    assert drawing.strokes[0].tolist() == [[0, 16], [11, 11], [21, 5], [32, 0]]


def test_short_strokes_of_pixels_are_only_scaled() -> None:
    (drawing,) = small("apa", ".PEN_DOWN\n3 3\n.PEN_DOWN\n5 5\n6 5\n", '.SEGMENT CHARACTER 0-1 ? "1"\n')
    assert [stroke.tolist() for stroke in drawing.strokes] == [[[0, 32]], [[32, 0], [48, 0]]]


def test_smoothed_ink_of_app_is_that_of_training(training_digits: list[dict[str, object]]) -> None:
    # Component 48 of include/app/data/app06/app0653.dat (UNIPEN train_r01_v07, CC BY 4.0).
    x = [800, 801, 801, *[800] * 5, *[799] * 11, 800, 800, 801, 801, 802]
    y = [472, 471, 470, 470, 469, 468, 467, 466, 462, 460, 459, 457, 455, 452, 451, 449, 447, 446, 445, 442, 441, 440]
    ink = ".PEN_DOWN\n" + "".join(f"{a} {b}\n" for a, b in zip(x, [*y, 439, 439], strict=True))
    (drawing,) = small("app", ink, '.SEGMENT CHARACTER 0 ? "1"\n')
    (entry,) = (e for e in training_digits if e["file"] == "app/data/app06/app0653.dat" and e["label"] == "1")
    assert [stroke.tolist() for stroke in drawing.strokes] == entry["strokes"]


@pytest.mark.parametrize("body", [b"<html>Sign in to this network</html>", pack(FILES)[:300], pack({"README": "x"})])
def test_file_that_is_not_the_archive_is_rejected(serve: Serve, tmp_path: Path, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"delete it and its \.sha256"):
        fetch_unipen(tmp_path, serve("x", body))


def letters_of(counts: dict[tuple[str, str], int]) -> list[Drawing]:
    stroke = np.zeros((1, 2), np.float32)
    return [
        Drawing(label, (stroke,), "w", site, file=str(number))
        for (label, site), count in counts.items()
        for number in range(count)
    ]


def test_sample_has_equally_many_of_each_letter_evenly_over_its_sites() -> None:
    letters = letters_of({("a", "syn"): 500, ("a", "apa"): 60, ("a", "mot"): 7, ("B", "syn"): 90, ("B", "apa"): 90})
    chosen = sample_evenly(letters, 141)
    counts = Counter((drawing.label, drawing.site) for drawing in chosen)
    assert sorted(Counter(drawing.label for drawing in chosen).values()) == [70, 71]
    assert counts["a", "mot"] == 7
    assert abs(counts["a", "syn"] - counts["a", "apa"]) <= 1
    assert abs(counts["B", "syn"] - counts["B", "apa"]) <= 1


def test_sample_is_always_the_same_and_keeps_the_order() -> None:
    letters = letters_of({("a", "syn"): 50, ("b", "apa"): 50})
    chosen = [letters.index(drawing) for drawing in sample_evenly(letters, 20)]
    assert chosen == sorted(set(chosen))
    assert chosen == [letters.index(drawing) for drawing in sample_evenly(letters, 20)]


def test_sample_of_more_than_there_are_is_all() -> None:
    letters = letters_of({("a", "syn"): 3, ("b", "apa"): 2})
    assert sample_evenly(letters, 6) == letters
