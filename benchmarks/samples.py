"""What is sent: drawings as the page sends them, alone and in batches."""

import base64
import json
from pathlib import Path

from benchmarks.load_generator import Work
from benchmarks.servers import Server

DRAWINGS = Path(__file__).with_name("drawings")  # DIGIT-NUMBER.png
BATCHES = {"batch of 32": 32, "batch of 256": 256}


def drawings() -> list[tuple[int, bytes]]:
    """Return every drawing with its digit: one of each digit, then another of each."""
    paths = sorted(DRAWINGS.glob("*.png"), key=lambda path: path.stem.split("-")[::-1])
    return [(int(path.stem.split("-")[0]), path.read_bytes()) for path in paths]


def batch(size: int) -> list[tuple[int, bytes]]:
    """Return so many drawings with their digits."""
    found = drawings()
    return [found[index % len(found)] for index in range(size)]


def batch_body(size: int) -> bytes:
    """Return a KServe V1 request for so many drawings."""
    instances = [{"image": {"b64": base64.b64encode(image).decode()}} for _, image in batch(size)]
    return json.dumps({"instances": instances}).encode()


def works(server: Server, folder: Path) -> dict[str, Work]:
    """Write the bodies that a server takes into a folder, and return its work by name."""

    def work(name: str, url: str, content_type: str, bodies: list[bytes]) -> Work:
        paths = [folder / f"{server.name}, {name}, {index}" for index in range(len(bodies))]
        for path, body in zip(paths, bodies, strict=True):
            path.write_bytes(body)
        return Work(url, content_type, paths)

    singles = [server.body(image) for _, image in drawings()]
    result = {"page": work("page", server.url, server.content_type, singles)}
    if server.batch_url:
        for name, size in BATCHES.items():
            result[name] = work(name, server.batch_url, "application/json", [batch_body(size)])
    return result
