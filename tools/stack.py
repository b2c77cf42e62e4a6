"""The real service under test: TorchServe and nginx, started by tools/run on free ports in a folder of their own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from tools.run.settings import PORTS, ROOT

__all__ = ["PORTS", "ROOT", "Stack", "free_ports", "ready_stack", "run_script", "starting_stack"]

READY_TIMEOUT_S = 90
WORKER = "model_service_worker.py"

# Requests to this machine never go through a proxy, whatever the environment says.
for _name in ("no_proxy", "NO_PROXY"):
    os.environ[_name] = ",".join(filter(None, [os.environ.get(_name), "localhost", "127.0.0.1", "127.0.0.0/8", "::1"]))


@dataclass(frozen=True)
class Stack:
    """A running service.

    Attributes:
        url: What a browser would open, without a slash at the end.
        ports: Every port by the variable that sets it.
        run_dir: Where tools/run puts configuration and logs.
        process: tools/run itself.
    """

    url: str
    ports: dict[str, int]
    run_dir: Path
    process: "subprocess.Popen[str]"

    def processes(self) -> list[psutil.Process]:
        """tools/run and everything that it has started, directly or not."""
        script = psutil.Process(self.process.pid)
        return [script, *script.children(recursive=True)]

    def workers(self) -> list[psutil.Process]:
        """TorchServe's worker processes."""
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):  # it may end meanwhile
                if WORKER in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def is_ready(self) -> bool:
        """Whether a worker can answer."""
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def wait_until_ready(self) -> float:
        """Return how many seconds it took from now, or fail with the log."""
        began = time.monotonic()
        while not self.is_ready():
            assert self.process.poll() is None, self.rest_of_output()
            assert time.monotonic() - began < READY_TIMEOUT_S, (self.run_dir / "torchserve.log").read_text()[-3000:]
            time.sleep(0.2)
        return time.monotonic() - began

    def wait_for_line(self, text: str) -> str:
        """Return the next line of output with a text, or fail with the end of the output."""
        assert self.process.stdout is not None
        lines = [""]
        while text not in lines[-1]:
            lines.append(self.process.stdout.readline())
            assert lines[-1], f"the output ends without {text!r}:\n{''.join(lines)[-3000:]}"
        return lines[-1]

    def rest_of_output(self) -> str:
        """Return the end of what tools/run has said before it ended, but for the lines that were read before."""
        return (self.process.stdout.read() if self.process.stdout else "")[-3000:]


def free_ports() -> dict[str, int]:
    """Give each of the service's ports a number that is free now."""
    with contextlib.ExitStack() as held:
        sockets = {name: held.enter_context(socket.socket()) for name in PORTS}
        for opened in sockets.values():
            opened.bind(("127.0.0.1", 0))
        return {name: opened.getsockname()[1] for name, opened in sockets.items()}


def run_script(run_dir: Path, settings: dict[str, str], root: Path = ROOT) -> "subprocess.Popen[str]":
    """Start tools/run of a checkout as `make run` does, with the settings in its environment."""
    return subprocess.Popen(
        [sys.executable, "-m", "tools.run"],
        cwd=root,
        env={**os.environ, "RUN_DIR": str(run_dir), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextlib.contextmanager
def starting_stack(root: Path = ROOT, /, **settings: str) -> Iterator[Stack]:
    """Start a checkout's service, ready or not, and stop it at the end, with Ctrl-C and then by force."""
    ports = free_ports()
    with tempfile.TemporaryDirectory(prefix="digits-run-", ignore_cleanup_errors=True) as run_dir:
        environment = {**{name: str(port) for name, port in ports.items()}, **settings}
        process = run_script(Path(run_dir), environment, root)
        try:
            host = settings.get("HOST", "127.0.0.1")
            yield Stack(f"http://{host}:{ports['PORT']}", ports, Path(run_dir), process)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=60)
            finally:
                process.kill()


@contextlib.contextmanager
def ready_stack(root: Path = ROOT, /, **settings: str) -> Iterator[Stack]:
    """Start a checkout's service and wait until it says that it is ready: from then on, what ends is restarted."""
    with starting_stack(root, **settings) as stack:
        stack.wait_for_line("Ready after")
        yield stack
