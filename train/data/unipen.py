"""UNIPEN: the download of its archive, and the conversion of its isolated digits and letters to drawings.

The archive (train_r01_v07, International Unipen Foundation, doi:10.5281/zenodo.1195803, CC BY 4.0) holds ink in
`include/SITE/…`, and in `data/CATEGORY/SITE/…` the files that include and segment it. The categories are 1a, isolated
digits; 1b, uppercase letters; 1c, lowercase letters.
"""

import itertools
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from train.data.download import download
from train.data.strokes import Drawing, Stroke, at_origin
from train.data.unipen_format import read_drawings

ARCHIVE = "unipen-CDROM-train_r01_v07.tgz"
URL = f"https://zenodo.org/api/records/1195803/files/{ARCHIVE}/content"
SOURCE = "unipen-r01_v07"
SITES = frozenset({"apa", "apb", "app", "art", "gmd", "kai", "lav", "mot", "pri", "sie", "syn", "val"})
LETTERS = 6000

# The ink of these sites is in pixels of a screen; a digit is about 20 of them tall.
PIXEL_SITES, PIXEL_SCALE = frozenset({"apa", "app"}), 16
# Found by eye: in this file, a segment of several strokes holds several zeros.
SEVERAL_ZEROS = "val/data/gresai30.dat"

_MEMBER = re.compile(r"(?:.*/)?((?:data/1[abc]|include)/(\w+)/.+)")
_WRITER = re.compile(r"\.WRITER_ID\s+(\S+)")


def fetch_unipen(downloads: Path, url: str = URL) -> tuple[list[Drawing], list[Drawing]]:
    """Download UNIPEN to a folder of archives, and convert it to all its digits and `LETTERS` letters.

    Raises:
        OSError: The download failed.
        ValueError: The file is not UNIPEN's archive.
    """
    path = downloads / ARCHIVE
    download(url, path)
    try:
        drawings = convert(read_archive(path))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ValueError(f"{path} is not UNIPEN's archive ({error}): delete it and its .sha256.") from error
    if not drawings:
        raise ValueError(f"{path} holds no segment of UNIPEN: delete it and its .sha256.")
    letters = [drawing for drawing in drawings if drawing.label.isalpha()]
    return [drawing for drawing in drawings if drawing.label.isdigit()], sample_evenly(letters, LETTERS)


def read_archive(path: Path) -> dict[str, str]:
    """Return the texts of the files of `SITES`, by path from `data/` or `include/` on.

    Raises:
        tarfile.TarError: The file is not an archive.
    """
    files = {}
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            match = _MEMBER.fullmatch(member.name)
            if match and match[2] in SITES and (file := archive.extractfile(member)):
                files[match[1]] = file.read().decode("latin-1")
    return files


def convert(files: Mapping[str, str]) -> list[Drawing]:
    """Convert segments to drawings; of exact duplicates, only the first.

    Args:
        files: Texts by path, as `read_archive` gives them.

    Returns:
        The drawings in the order of the files' names; y points down, and the top left corner of each is the origin. The
        writers of a site are numbered in the order of their names.
    """
    unique: dict[tuple[bytes, ...], Drawing] = {}
    for name in sorted(name for name in files if name.startswith("data/")):
        for drawing in _drawings(files, name):
            unique.setdefault(tuple(stroke.tobytes() for stroke in drawing.strokes), drawing)
    counters: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))
    names = sorted({(drawing.site, drawing.writer) for drawing in unique.values()})
    writers = {(site, name): f"{site}/{next(counters[site]):02d}" for site, name in names}
    return [replace(drawing, writer=writers[drawing.site, drawing.writer]) for drawing in unique.values()]


def sample_evenly(letters: Sequence[Drawing], count: int) -> list[Drawing]:
    """Choose equally many drawings of each letter, and of these equally many from each site, as far as there are any.

    The `count` chosen drawings stay in their order, and are the same for the same arguments.
    """
    order = np.random.default_rng(0).permutation(len(letters)).tolist()
    of_site: defaultdict[tuple[str, str], Iterator[int]] = defaultdict(itertools.count)
    order.sort(key=lambda index: next(of_site[letters[index].label, letters[index].site]))
    of_letter: defaultdict[str, Iterator[int]] = defaultdict(itertools.count)
    order.sort(key=lambda index: next(of_letter[letters[index].label]))
    return [letters[index] for index in sorted(order[:count])]


def _drawings(files: Mapping[str, str], name: str) -> Iterator[Drawing]:
    site = name.split("/")[2]
    for drawing in read_drawings(_lines(files, name), _WRITER, site, SOURCE):
        several = len(drawing.strokes) > 1
        if several and drawing.file == SEVERAL_ZEROS:
            continue
        strokes = at_origin(map(_smooth, drawing.strokes)) if site in PIXEL_SITES else drawing.strokes
        yield replace(drawing, strokes=strokes, variant="slashed-zero" if several and drawing.label == "0" else "")


def _lines(files: Mapping[str, str], name: str) -> Iterator[tuple[str, str]]:
    """Give the lines of a file and of those that it includes, each with its file; a missing file has none."""
    for line in files.get(name, "").splitlines():
        if line.startswith(".INCLUDE"):
            yield from _lines(files, f"include/{line.split()[1]}")
        else:
            yield name.removeprefix("include/"), line


def _smooth(stroke: Stroke) -> Stroke:
    """Scale pixels up and smooth their steps: twice with the weights 1 2 1; the ends stay."""
    stroke = stroke * PIXEL_SCALE
    for _ in range(2):
        stroke[1:-1] = (stroke[:-2] + 2 * stroke[1:-1] + stroke[2:]) / 4
    return stroke
