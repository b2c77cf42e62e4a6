"""Download of a public file: whole or not at all, and held to the digest that the first download recorded."""

import hashlib
import http.client
import urllib.request
from pathlib import Path

from tqdm import tqdm

LIMIT = 500_000_000  # bytes; the largest source has 156 million
BLOCK = 1 << 20


def download(url: str, path: Path) -> None:
    """Download a file if it is not there, and verify it.

    The first call records the SHA-256 in `NAME.sha256` beside the file, as sha256sum writes it. From then on the file
    must have that digest, whether it is downloaded again or found.

    Args:
        url: The file's address.
        path: Where it goes. An interrupted download leaves nothing there; the next one starts over.

    Raises:
        OSError: The download failed or stopped early.
        ValueError: The file has more than `LIMIT` bytes, or another digest than the recorded one.
    """
    if path.exists():
        _verify(path, path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    try:
        _transfer(url, partial)
        _verify(partial, path)
        partial.replace(path)
    except (OSError, http.client.HTTPException) as error:
        raise OSError(f"Cannot download {url}: {error}. Check the network, or save the file as {path}.") from error
    finally:
        partial.unlink(missing_ok=True)


def require(path: Path) -> Path:
    """Return the path of a data file, or raise a FileNotFoundError that says how to get it."""
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist: `python -m train.data` downloads the training data.")
    return path


def _transfer(url: str, path: Path) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": "digits-training"})
    with urllib.request.urlopen(request, timeout=60) as response, path.open("wb") as file:
        expected = int(response.headers["Content-Length"] or 0)
        with tqdm(desc=path.stem, total=expected or None, unit="B", unit_scale=True) as bar:
            while block := response.read(BLOCK):
                bar.update(file.write(block))
                if file.tell() > LIMIT:
                    raise ValueError(f"{url} has more than {LIMIT:,} bytes: it is not the expected file.")
        if expected and file.tell() != expected:
            raise OSError(f"the connection ended after {file.tell():,} of {expected:,} bytes")


def _verify(file: Path, path: Path) -> None:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    record = path.with_name(f"{path.name}.sha256")
    if not record.exists():
        record.write_text(f"{digest}  {path.name}\n")
        print(f"SHA-256 of {path.name}: {digest}, recorded in {record}")
    elif digest != (recorded := record.read_text().split()[0]):
        raise ValueError(
            f"{path.name} has the SHA-256 {digest}, but {record} says {recorded}. "
            "If the new file is right, delete the record; if not, delete the file."
        )
