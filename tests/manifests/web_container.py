"""The web container's nginx without a container: configured by its entrypoint, on this machine's ports."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import requests

from tests.containers.name_server import reply_to
from tests.manifests.rendering import ROOT

ENTRYPOINT = ROOT / "web" / "container" / "entrypoint"
START_TIMEOUT_S = 30


def run_entrypoint(run_dir: Path, *options: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Render the configuration and run nginx with these options, such as `-t`, which ends after a check."""
    environ = {**os.environ, "RUN_DIR": str(run_dir), "LISTEN": "127.0.0.1:18080", **variables}
    return subprocess.run([ENTRYPOINT, *options], env=environ, capture_output=True, text=True, check=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def name_server() -> Iterator[str]:
    """Answer every query with 127.0.0.1, and yield the server's address and port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            with contextlib.suppress(OSError):  # closed
                while True:
                    query, client = server.recvfrom(512)
                    server.sendto(reply_to(query, ["127.0.0.1"]), client)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


@contextlib.contextmanager
def running_nginx(run_dir: Path, torchserve_port: int, **variables: str) -> Iterator[tuple[str, str]]:
    """Run nginx in front of one replica on 127.0.0.1; yield its URL and the URL of its metrics port."""
    with name_server() as nameserver:
        web, metrics = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        environ = {
            **os.environ,
            "RUN_DIR": str(run_dir),
            "LISTEN": web,
            "METRICS_LISTEN": metrics,
            "NAMESERVERS": nameserver,
            "TORCHSERVE_PORT": str(torchserve_port),
            **variables,
        }
        log = run_dir / "nginx.log"
        with log.open("wb") as output:
            process = subprocess.Popen([ENTRYPOINT], env=environ, stdout=output, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + START_TIMEOUT_S
            while not is_started(f"http://{metrics}"):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield f"http://{web}", f"http://{metrics}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def is_started(metrics_url: str) -> bool:
    """Return what the startup probe finds."""
    try:
        return requests.get(f"{metrics_url}/started", timeout=1).status_code == 200
    except requests.RequestException:
        return False
