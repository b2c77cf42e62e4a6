"""A running server, how it is asked, and how it is started."""

import base64
import contextlib
import json
import os
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from tools.stack import ROOT, ready_stack

SINGLE, BATCH = "/predictions/digits", "/v1/models/digits:predict"
READY_TIMEOUT_S = 120
NO_LIMIT = {"RATE_LIMIT": "1000000r/s", "RATE_BURST": "1000000"}


def bare(image: bytes) -> bytes:
    """Send the image itself."""
    return image


def in_json(image: bytes) -> bytes:
    """Send the image as base64."""
    return json.dumps({"image": base64.b64encode(image).decode()}).encode()


def in_list(image: bytes) -> bytes:
    """Send a list of one image as base64."""
    return json.dumps({"images": [base64.b64encode(image).decode()]}).encode()


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        name: In records and plots.
        url: Of single recognitions.
        batch_url: Of KServe V1 batches, if it takes them.
        body: Makes a request's body of an image.
        digit: Reads the digit from an answer; None if all answers are the same.
        max_clients: With more, requests pile up in its queue and burden the measurements of others.
    """

    name: str
    url: str
    batch_url: str | None = None
    body: Callable[[bytes], bytes] = bare
    digit: Callable[[Any], int] | None = lambda answer: answer["digit"]
    max_clients: int = 64

    @property
    def content_type(self) -> str:
        """Of single recognitions."""
        return "image/png" if self.body is bare else "application/json"

    def post(self, image: bytes) -> requests.Response:
        """Send one image."""
        return requests.post(self.url, self.body(image), headers={"Content-Type": self.content_type}, timeout=60)

    def is_ready(self, image: bytes) -> bool:
        """Whether it answers."""
        with contextlib.suppress(requests.RequestException):
            return self.post(image).status_code == 200
        return False


@contextlib.contextmanager
def model_folder() -> Iterator[Path]:
    """Unpack the archive for servers that host the core themselves."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(ROOT / "model_store" / "digits.mar") as archive:
            archive.extractall(folder)
        yield Path(folder)


@contextlib.contextmanager
def this_service() -> Iterator[list[Server]]:
    """Start this service; it is measured through nginx and at TorchServe itself."""
    with ready_stack(**NO_LIMIT) as stack:
        direct = f"http://127.0.0.1:{stack.ports['TORCHSERVE_PORT']}{SINGLE}"
        yield [
            Server("this service", stack.url + SINGLE, stack.url + BATCH),
            Server("its TorchServe, without nginx", direct),
        ]


@contextlib.contextmanager
def running(command: list[str], server: Server, image: bytes, folder: Path, **settings: str) -> Iterator[None]:
    """Run a server's command in a folder until the end of the block; the block begins when it answers an image."""
    log = folder / "server.log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        began = time.monotonic()
        while not server.is_ready(image):
            if process.poll() is not None or time.monotonic() - began > READY_TIMEOUT_S:
                raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.3)
        yield
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):  # some leave the process group
            child.kill()
        process.kill()
        process.wait()
