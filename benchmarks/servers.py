"""The servers that are compared: how each is started, and how it wants to be asked."""

import base64
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests
from model_archiver import ModelArchiver, ModelArchiverConfig

import handler
from benchmarks.canvas import canvas_png
from tools.stack import ROOT, free_ports, ready_stack

PEERS = ROOT / "benchmarks" / "peers"
PEER_BIN = ROOT / ".venv-benchmark" / "bin"
SINGLE, BATCH = "/predictions/digits", "/v1/models/digits:predict"
READY_TIMEOUT_S = 120
NO_LIMIT = {"RATE_LIMIT": "1000000r/s", "RATE_BURST": "1000000"}

Shape = Callable[[bytes], bytes]


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
        name: What tables call it.
        url: Of single recognitions.
        batch_url: Of KServe V1 batches, where there are any.
        shape: Makes an image the body it takes.
        digit: Reads the digit from its answer; None if it gives a constant.
        most_clients: With more it only queues, and works the queue off while others are measured.
    """

    name: str
    url: str
    batch_url: str | None = None
    shape: Shape = bare
    digit: Callable[[Any], int] | None = lambda answer: answer["digit"]
    most_clients: int = 64

    @property
    def content_type(self) -> str:
        """Of single recognitions."""
        return "image/png" if self.shape is bare else "application/json"


@contextlib.contextmanager
def model_folder() -> Iterator[Path]:
    """Unpack the archive for servers that host the core themselves."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(ROOT / "model_store" / "digits.mar") as archive:
            archive.extractall(folder)
        yield Path(folder)


@contextlib.contextmanager
def ours() -> Iterator[list[Server]]:
    """Start this service; it is measured through nginx and at TorchServe itself."""
    with ready_stack(**NO_LIMIT) as stack:
        direct = f"http://127.0.0.1:{stack.ports['TORCHSERVE_PORT']}{SINGLE}"
        yield [
            Server("this service", stack.url + SINGLE, stack.url + BATCH),
            Server("its TorchServe, without nginx", direct),
        ]


@contextlib.contextmanager
def constant(answer: bytes) -> Iterator[Server]:
    """Start our TorchServe with a handler that does nothing, without nginx."""
    with tempfile.TemporaryDirectory() as folder:
        pack(PEERS / "constant_handler.py", Path(folder), config=ROOT / "handler" / "model-config.yaml")
        with ready_stack(MODEL_STORE=folder, CONSTANT=answer.decode(), **NO_LIMIT) as stack:
            url = f"http://127.0.0.1:{stack.ports['TORCHSERVE_PORT']}{SINGLE}"
            yield Server("TorchServe, constant answer", url, digit=None)


@contextlib.contextmanager
def stock() -> Iterator[Server]:
    """Start TorchServe with its own defaults and its own base handler; its launcher and its logging."""
    ports = free_ports()
    with tempfile.TemporaryDirectory() as folder:
        extra = Path(folder) / "extra"
        shutil.copytree(ROOT / "handler", extra / "handler", ignore=shutil.ignore_patterns("__pycache__", "*.yaml"))
        shutil.copy(ROOT / "model_store" / "digits.pt", extra)
        pack(PEERS / "stock_handler.py", Path(folder), extra=extra)
        config = Path(folder) / "config.properties"
        addresses = zip(("inference", "management", "metrics"), list(ports.values())[1:4], strict=True)
        lines = [f"{name}_address=http://127.0.0.1:{port}" for name, port in addresses]
        grpc = [f"grpc_{name}_port={ports[f'GRPC_{name.upper()}_PORT']}" for name in ("inference", "management")]
        config.write_text("\n".join([*lines, *grpc, "disable_token_authorization=true", "default_workers_per_model=1"]))
        options = ["--start", "--foreground", "--ncs", "--model-store", folder, "--models", "digits=digits.mar"]
        launcher = Path(sys.executable).with_name("torchserve")
        url = f"http://127.0.0.1:{ports['TORCHSERVE_PORT']}{SINGLE}"
        server = Server("TorchServe, as its example", url, digit=lambda answer: int(next(iter(answer))))
        with running([str(launcher), *options, "--ts-config", str(config)], server, Path(folder)):
            yield server


@contextlib.contextmanager
def peer(name: str, command: list[str], model_dir: Path, shape: Shape = bare, **options: Any) -> Iterator[Server]:
    """Start a server of the other virtual environment; PORT in its command becomes a free port."""
    port = str(free_ports()["PORT"])
    url = f"http://127.0.0.1:{port}"
    words = [str(PEER_BIN / command[0]), *(word.replace("PORT", port) for word in command[1:])]
    settings = {"MODEL_DIR": str(model_dir), "PORT": port, "OMP_NUM_THREADS": "1", "BENTOML_DO_NOT_TRACK": "1"}
    batch = options.pop("batch", False)
    server = Server(name, url + SINGLE, url + BATCH if batch else None, shape, **options)
    with tempfile.TemporaryDirectory() as folder, running(words, server, Path(folder), **settings):
        yield server


@contextlib.contextmanager
def running(command: list[str], server: Server, folder: Path, **settings: str) -> Iterator[None]:
    """Run a server in a folder until the end of the block; the block begins when it answers."""
    log = folder / "server.log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        began = time.monotonic()
        while not _answers(server):
            if process.poll() is not None or time.monotonic() - began > READY_TIMEOUT_S:
                raise RuntimeError(f"{command[0]} does not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.3)
        yield
    finally:
        family = [*psutil.Process(process.pid).children(recursive=True), process]  # some leave the process group
        for member in family:
            member.kill()
        process.wait()


def _answers(server: Server) -> bool:
    drawing = server.shape(canvas_png(7, random.Random(1)))
    with contextlib.suppress(requests.RequestException):
        headers = {"Content-Type": server.content_type}
        return requests.post(server.url, drawing, headers=headers, timeout=5).status_code == 200
    return False


def pack(source: Path, target: Path, *, extra: Path | None = None, config: Path | None = None) -> None:
    """Pack a handler as digits.mar."""
    ModelArchiver.generate_model_archive(
        ModelArchiverConfig(
            model_name="digits",
            handler=str(source),
            version=handler.__version__,
            serialized_file=None,
            model_file=None,
            extra_files=str(extra) if extra else None,
            export_path=str(target),
            runtime="python",
            archive_format="default",
            force=True,
            requirements_file=None,
            config_file=str(config) if config else None,
        )
    )
