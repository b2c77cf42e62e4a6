"""pendigits: the download of its original file, and the conversion to drawings.

The UCI repository's "Pen-Based Recognition of Handwritten Digits" (E. Alpaydin, F. Alimoglu, doi:10.24432/C5MG6K,
CC BY 4.0) holds `pendigits-orig.tra`: 7494 digits by 30 writers, y pointing up, points at 10 ms.
"""

import hashlib
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

from train.data.download import download
from train.data.strokes import Drawing
from train.data.unipen_format import read_drawings

SITE = "pendigits-train"

URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
MEMBER = "pendigits-orig.tra.Z"
SHA256 = "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4"

# The second number of the comment after a segment is the writer.
_WRITER = re.compile(r"\.COMMENT\s+\d+\s+(\d+)")


def fetch_pendigits(downloads: Path, url: str = URL) -> list[Drawing]:
    """Download pendigits' original training file to a folder of archives, and convert it.

    Raises:
        OSError: The download failed.
        ValueError: The archive does not hold the expected file.
    """
    path = downloads / "pendigits.zip"
    download(url, path)
    try:
        with zipfile.ZipFile(path) as archive:
            compressed = archive.read(MEMBER)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"{path} is not the pendigits archive ({error}): delete it and its .sha256.") from error
    # gzip is the one tool found everywhere that reads compress(1)'s .Z.
    plain = subprocess.run(["gzip", "-dc"], input=compressed, stdout=subprocess.PIPE, check=True).stdout
    if hashlib.sha256(plain).hexdigest() != SHA256:
        raise ValueError(f"{MEMBER} in {path} does not have the SHA-256 {SHA256}: delete the archive and its .sha256.")
    return convert(plain.decode("ascii"))


def convert(text: str) -> list[Drawing]:
    """Return the drawings of `pendigits-orig.tra`, uncompressed, as `read_drawings` gives them."""
    drawings = read_drawings((("", line) for line in text.splitlines()), _WRITER, SITE, SITE)
    return [replace(drawing, writer=f"tra{int(drawing.writer):02d}") for drawing in drawings]
