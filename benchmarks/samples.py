"""The work: drawings, and the bodies that each server takes them in."""

import base64
import json
import random
from pathlib import Path

from benchmarks.canvas import canvas_png, page_png
from benchmarks.load import Work
from benchmarks.servers import Server

PICTURES = {"page": page_png, "canvas 280": canvas_png}
BATCHES = {"batch of 32": 32, "batch of 256": 256}
SAMPLES = 20


class Samples:
    """The drawings: their digits, and their bytes by the name of the work."""

    def __init__(self) -> None:
        self.digits = [index % 10 for index in range(SAMPLES)]
        self.images: dict[str, list[bytes]] = {}
        for work, encode in PICTURES.items():
            chance = random.Random(1)  # the same drawings for each
            self.images[work] = [encode(digit, chance) for digit in self.digits]

    def batch(self, size: int) -> bytes:
        """Return a KServe V1 request of the page's drawings."""
        chosen = [self.images["page"][index % SAMPLES] for index in range(size)]
        return json.dumps({"instances": [{"image": {"b64": base64.b64encode(x).decode()}} for x in chosen]}).encode()


def works(server: Server, samples: Samples, folder: Path) -> dict[str, Work]:
    """Write the bodies that a server takes, and return its work by name."""
    own = folder / str(abs(hash(server.url)))
    own.mkdir()

    def write(name: str, bodies: list[bytes]) -> list[Path]:
        paths = [own / f"{name.replace(' ', '-')}-{index}" for index in range(len(bodies))]
        for path, body in zip(paths, bodies, strict=True):
            path.write_bytes(body)
        return paths

    result = {
        name: Work(server.url, server.content_type, write(name, [server.shape(image) for image in images]))
        for name, images in samples.images.items()
    }
    if server.batch_url:
        for name, size in BATCHES.items():
            result[name] = Work(server.batch_url, "application/json", write(name, [samples.batch(size)]))
    return result
