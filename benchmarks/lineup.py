"""The servers that this one is compared with, each started the way its own documentation recommends."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from model_archiver import ModelArchiver, ModelArchiverConfig

import handler
from benchmarks.record import PEER_BIN
from benchmarks.samples import drawings
from benchmarks.servers import BATCH, NO_LIMIT, SINGLE, Server, in_json, in_list, running, this_service
from tools.stack import ROOT, free_ports, ready_stack

PEERS = ROOT / "benchmarks" / "peers"

UVICORN = ["uvicorn", "benchmarks.peers.fastapi_app:app", "--port", "PORT", "--no-access-log", "--log-level", "warning"]
LITSERVE = ["python", str(PEERS / "litserve_app.py")]
BENTOML = ["bentoml", "serve", "benchmarks.peers.bentoml_service:Digits", "--host", "127.0.0.1", "--port", "PORT"]
GUNICORN = ["gunicorn", "--workers", "2", "--bind", "127.0.0.1:PORT", "benchmarks.peers.flask_app:app"]


@contextlib.contextmanager
def all_servers(model_dir: Path, answer: bytes, skip: list[str]) -> Iterator[list[Server]]:
    """Start every server.

    Args:
        model_dir: The unpacked archive.
        answer: What the constant handler answers.
        skip: Parts of the names of servers to leave out.
    """
    starting = {
        "TorchServe, constant answer": constant_answer(answer),
        "TorchServe, as its example": torchserve_example(),
        "FastAPI, 1 worker": fastapi(1, model_dir),
        "FastAPI, 2 workers": fastapi(2, model_dir),
        "LitServe": peer("LitServe", LITSERVE, model_dir, body=in_json),
        "BentoML": peer("BentoML", BENTOML, model_dir, body=in_list, digit=lambda answer: answer[0]["digit"]),
        "Flask drawing Matplotlib": peer("Flask drawing Matplotlib", GUNICORN, model_dir, max_clients=8),
    }
    with contextlib.ExitStack() as stack:
        print("Starting the servers", flush=True)
        servers = stack.enter_context(this_service())
        chosen = [start for name, start in starting.items() if not any(part in name for part in skip)]
        yield [*servers, *map(stack.enter_context, chosen)]


@contextlib.contextmanager
def constant_answer(answer: bytes) -> Iterator[Server]:
    """Start our TorchServe with a handler that does nothing, without nginx."""
    with tempfile.TemporaryDirectory() as folder:
        pack(PEERS / "constant_handler.py", Path(folder), config=ROOT / "handler" / "model-config.yaml")
        with ready_stack(MODEL_STORE=folder, CONSTANT=answer.decode(), **NO_LIMIT) as stack:
            url = f"http://127.0.0.1:{stack.ports['TORCHSERVE_PORT']}{SINGLE}"
            yield Server("TorchServe, constant answer", url, digit=None)


@contextlib.contextmanager
def torchserve_example() -> Iterator[Server]:
    """Start TorchServe with its own launcher, default settings, logging and base handler."""
    addresses, grpc = ("inference", "management", "metrics"), ("grpc_inference", "grpc_management")
    ports = {name: free_ports()["PORT"] for name in (*addresses, *grpc)}
    with tempfile.TemporaryDirectory() as folder:
        extra = Path(folder) / "extra"
        shutil.copytree(ROOT / "handler", extra / "handler", ignore=shutil.ignore_patterns("__pycache__", "*.yaml"))
        shutil.copy(ROOT / "model_store" / "digits.pt", extra)
        pack(PEERS / "stock_handler.py", Path(folder), extra=extra)
        config = Path(folder) / "config.properties"
        lines = [f"{name}_address=http://127.0.0.1:{ports[name]}" for name in addresses]
        lines += [f"{name}_port={ports[name]}" for name in grpc]
        lines += ["disable_token_authorization=true", "default_workers_per_model=1"]
        config.write_text("\n".join(lines))
        options = ["--start", "--foreground", "--ncs", "--model-store", folder, "--models", "digits=digits.mar"]
        launcher = Path(sys.executable).with_name("torchserve")
        url = f"http://127.0.0.1:{ports['inference']}{SINGLE}"
        server = Server("TorchServe, as its example", url, digit=lambda answer: int(next(iter(answer))))
        command = [str(launcher), *options, "--ts-config", str(config)]
        with running(command, server, drawings()[0][1], Path(folder)):
            yield server


def fastapi(workers: int, model_dir: Path) -> AbstractContextManager[Server]:
    """Start FastAPI on uvicorn, which also takes batches."""
    name = f"FastAPI, {workers} worker{'s'[: workers > 1]}"
    return peer(name, [*UVICORN, "--workers", str(workers)], model_dir, batches=True)


@contextlib.contextmanager
def peer(
    name: str, command: list[str], model_dir: Path, *, batches: bool = False, **attributes: Any
) -> Iterator[Server]:
    """Start a server of the other virtual environment.

    Args:
        name: In records and plots.
        command: The word PORT in it becomes a free port.
        model_dir: The unpacked archive.
        batches: Whether it takes KServe V1 batches.
        attributes: Of the Server.
    """
    port = str(free_ports()["PORT"])
    url = f"http://127.0.0.1:{port}"
    words = [str(PEER_BIN / command[0]), *(word.replace("PORT", port) for word in command[1:])]
    settings = {"MODEL_DIR": str(model_dir), "PORT": port, "OMP_NUM_THREADS": "1", "BENTOML_DO_NOT_TRACK": "1"}
    server = Server(name, url + SINGLE, url + BATCH if batches else None, **attributes)
    folder = tempfile.TemporaryDirectory()
    with folder, running(words, server, drawings()[0][1], Path(folder.name), **settings):
        yield server


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
