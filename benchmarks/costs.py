"""`python -m benchmarks.costs`: the CPU time that a request takes, by process: this service and FastAPI.

CPU time is told by the kernel, so a busy machine changes it little; what it adds up to bounds the throughput of a core.
"""

import argparse
import contextlib
import tempfile
from collections import Counter
from pathlib import Path

import psutil

from benchmarks.__main__ import UVICORN
from benchmarks.load import Work, closed_loop
from benchmarks.samples import Samples, works
from benchmarks.servers import model_folder, ours, peer

# What a process's command line holds → what it is.
KINDS = {"model_service_worker": "worker", "java": "TorchServe's front end", "nginx": "nginx", "uvicorn": "uvicorn"}


def cpu_seconds() -> Counter[tuple[str, int]]:
    """Return the CPU time of every process below this one that is a server, by kind and number."""
    spent: Counter[tuple[str, int]] = Counter()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            command = " ".join(process.cmdline())
            kind = next((kind for part, kind in KINDS.items() if part in command), None)
            if kind is None and "multiprocessing" in command:
                kind = "uvicorn"  # its workers
            if kind:
                times = process.cpu_times()
                spent[kind, process.pid] += times.user + times.system
    return spent


def cost(work: Work, clients: int, seconds: float) -> tuple[float, dict[str, float]]:
    """Return the requests answered a second and the CPU microseconds of one, by kind of process."""
    before = cpu_seconds()
    measured = closed_loop(work, clients, seconds)
    spent = cpu_seconds() - before
    kinds: Counter[str] = Counter()
    for (kind, _), used in spent.items():
        kinds[kind] += used
    requests = measured.per_second * seconds
    return measured.per_second, {kind: 1e6 * used / requests for kind, used in kinds.items() if used}


def main() -> None:
    """Measure one after the other, each alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()
    samples = Samples()
    with tempfile.TemporaryDirectory() as name, model_folder() as model_dir:
        for starting in (ours(), peer("FastAPI, 2 workers", [*UVICORN, "--workers", "2"], model_dir)):
            with starting as started:
                for server in started if isinstance(started, list) else [started]:
                    todo = works(server, samples, Path(name))
                    closed_loop(todo["page"], 8, 2)
                    for work, clients in (("page", 1), ("page", 8), ("page", 32), ("canvas 280", 32)):
                        per_second, kinds = cost(todo[work], clients, options.seconds)
                        parts = ", ".join(f"{kind} {used:.0f}" for kind, used in kinds.items())
                        total = sum(kinds.values())
                        print(f"{server.name}, {work}, {clients} clients: {total:.0f} µs ({parts}); {per_second:.0f}/s")


if __name__ == "__main__":
    main()
