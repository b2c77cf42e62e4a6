"""Download of a public file: whole or not at all, and held to the digest that the first download recorded."""

from pathlib import Path

import pooch

pooch.get_logger().setLevel("WARNING")  # at INFO it prints hints for its callers' source code


def download(url: str, path: Path) -> None:
    """Download a file if it is not there, and verify it.

    The first call prints the SHA-256 and records it in `NAME.sha256` beside the file, as sha256sum writes it. From then
    on the file must have that digest; one that has another is downloaded again.

    Args:
        url: The file's address.
        path: Where it goes. An interrupted download leaves nothing there; the next one starts over.

    Raises:
        OSError: The download failed or stopped early.
        ValueError: The downloaded file has another digest than the recorded one.
    """
    record = path.with_name(f"{path.name}.sha256")
    known = record.read_text().split()[0] if record.exists() else None
    downloader = pooch.HTTPDownloader(progressbar=True, timeout=60)
    try:
        pooch.retrieve(url, known, path.name, path.parent, downloader=downloader)
    except OSError as error:
        raise OSError(f"Cannot download {url}: {error}. Check the network, or save the file as {path}.") from error
    except ValueError as error:
        raise ValueError(f"{error} If the file at {url} was replaced by a right one, delete {record}.") from error
    if not known:
        digest = pooch.file_hash(path)
        record.write_text(f"{digest}  {path.name}\n")
        print(f"SHA-256 of {path.name}: {digest}, recorded in {record}")


def require(path: Path) -> Path:
    """Return the path of a data file, or raise a FileNotFoundError that says how to get it."""
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist: `python -m train.data` downloads the training data.")
    return path
