"""`tools/engine .venv/bin/python -m benchmarks.images`: what images weigh and a start's seconds are for.

The images must be there (`tools/engine tools/build-images`), and the engine must be on this machine.
"""

import argparse
import itertools
import statistics
import time
from datetime import datetime

import psutil
import requests

from benchmarks.machine import describe
from tools.engine_client import HARDENED, TORCHSERVE, WEB, docker, inspect
from tools.stack import free_ports

MB = 1000 * 1000
PARTS = ("entrypoint and Java", "Python, importing torch", "model and golden digits, until it answers")
FOLDERS = {
    "torch": "/opt/venv/lib/python3.11/site-packages/torch",
    "ONNX Runtime": "/opt/venv/lib/python3.11/site-packages/onnxruntime",
    "numpy": "/opt/venv/lib/python3.11/site-packages/numpy*",
    "TorchServe": "/opt/venv/lib/python3.11/site-packages/ts",
    "sympy": "/opt/venv/lib/python3.11/site-packages/sympy",
    "all of the virtual environment": "/opt/venv",
    "Java": "/usr/lib/jvm",
    "the whole image": "/",
}


def sizes() -> None:
    """Print what each layer and the large folders take."""
    for image in (TORCHSERVE, WEB):
        print(f"\n{image}: layers, MB")
        for line in docker("history", "--human=false", "--format", "{{.Size}}\t{{.CreatedBy}}", image).splitlines():
            size, _, step = line.partition("\t")
            if int(size) > MB / 10:
                print(f"{int(size) / MB:8.1f}  {step[:100]}")
    print("\nfolders, MB")
    for name, folder in FOLDERS.items():
        command = f"du --summarize --total --bytes --one-file-system {folder} 2>/dev/null | tail -n 1 | cut -f 1"
        print(f"{int(docker('run', '--rm', '--entrypoint', 'bash', TORCHSERVE, '-c', command)) / MB:8.1f}  {name}")


def started_at(container: str) -> float:
    """Return when the engine started a container, in seconds since the epoch."""
    return datetime.fromisoformat(inspect(container)["State"]["StartedAt"]).timestamp()


def worker_of(container: str) -> psutil.Process:
    """Wait for a replica's worker process."""
    while True:
        for process in psutil.Process(inspect(container)["State"]["Pid"]).children(recursive=True):
            if "model_service_worker.py" in " ".join(process.cmdline()):
                return process
        time.sleep(0.05)


def first_answer(port: int) -> float:
    """Return when a worker first answered."""
    while True:
        try:
            url = f"http://127.0.0.1:{port}/predictions/digits"
            if requests.get(url, headers={"X-Route": "ready"}, timeout=30).status_code == 200:
                return time.time()
        except requests.ConnectionError:
            pass
        time.sleep(0.02)


def first_line(container: str, words: str) -> float:
    """Return when a container first said something."""
    lines = docker("logs", "--timestamps", container).splitlines()
    [line, *_] = [line for line in lines if words in line]
    return datetime.fromisoformat(line.split()[0]).timestamp()


def start_parts(cpus: str) -> list[float]:
    """Start a replica and return how many seconds each part of the start took."""
    port = free_ports()["TORCHSERVE_PORT"]
    options = ("--cpus", cpus, "--memory", "1536m", "--tmpfs", "/tmp", "--publish", f"127.0.0.1:{port}:8080")
    container = docker("run", "--detach", *HARDENED, *options, TORCHSERVE)
    try:
        born = worker_of(container).create_time()
        answered = first_answer(port)
        marks = [started_at(container), born, first_line(container, "Torch worker started"), answered]
        return [later - earlier for earlier, later in itertools.pairwise(marks)]
    finally:
        docker("rm", "--force", container)


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cpus", default="1")
    parser.add_argument("--starts", type=int, default=5)
    arguments = parser.parse_args()
    machine = describe()
    print({name: machine[name] for name in ("cpu", "cores", "kernel")})
    sizes()
    starts = [start_parts(arguments.cpus) for _ in range(arguments.starts)]
    print(f"\nfrom start to ready at {arguments.cpus} CPU, medians of {len(starts)}, s")
    for name, seconds in zip(PARTS, zip(*starts, strict=True), strict=True):
        print(f"{statistics.median(seconds):8.2f}  {name} ({min(seconds):.2f} to {max(seconds):.2f})")
    totals = [sum(parts) for parts in starts]
    print(f"{statistics.median(totals):8.2f}  all of it ({min(totals):.2f} to {max(totals):.2f})")


if __name__ == "__main__":
    main()
