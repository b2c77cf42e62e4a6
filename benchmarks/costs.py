"""`python -m benchmarks.costs`: the CPU time of a request, by process, and of the worker's part step by step.

Of this service and of FastAPI around the same core, each alone on the machine. The kernel says what each process used;
py-spy, which needs root, samples the worker's steps. Writes costs.json and its plot.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from benchmarks import plots, record
from benchmarks.lineup import fastapi
from benchmarks.load_generator import Work, closed_loop
from benchmarks.profiling import sampling, shares
from benchmarks.samples import works
from benchmarks.servers import Server, model_folder, this_service
from benchmarks.usage import kind_of, usage

WORKER = "worker"
CLIENTS = (1, 8, 32)


def processes() -> list[psutil.Process]:
    """Return every process that this one has started."""
    return list(psutil.Process().children(recursive=True))


def cost(work: Work, clients: int, seconds: int) -> dict[str, Any]:
    """Return the requests answered a second and the CPU microseconds of one, by process."""
    before = usage(processes()).cpu_s
    measured = closed_loop(work, clients, seconds)
    after = usage(processes()).cpu_s
    requests = measured.per_second * seconds
    used = {kind: round(1e6 * (after[kind] - before[kind]) / requests, 1) for kind in after}
    return {"per_second": round(measured.per_second), "p50_ms": round(measured.p50_ms, 2), "cpu_us": used}


def profile(work: Work, clients: int, seconds: int, file: Path) -> dict[str, float]:
    """Return each step's share of a worker's time under load."""
    worker = next(process for process in processes() if kind_of(process) == WORKER)
    with sampling(worker.pid, file, seconds):
        closed_loop(work, clients, seconds + 1)
    return shares(file.read_text(encoding="utf-8"))


def measure(seconds: int) -> Iterator[dict[str, Any]]:
    """Measure one server after the other, each alone."""
    with tempfile.TemporaryDirectory() as folder, model_folder() as model_dir:

        def measured(server: Server) -> Iterator[dict[str, Any]]:
            work = works(server, Path(folder))["page"]
            closed_loop(work, 8, 2)  # warm up
            for clients in CLIENTS:
                found = {"server": server.name, "clients": clients, **cost(work, clients, seconds)}
                if WORKER in found["cpu_us"]:
                    found["worker"] = profile(work, clients, seconds, Path(folder) / "samples.txt")
                yield found

        with this_service() as (server, _):
            yield from measured(server)
        with fastapi(2, model_dir) as server:
            yield from measured(server)


def main() -> None:
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("--output", type=Path, default=record.RESULTS, help="folder; docs makes the published record")
    options = parser.parse_args()
    about = record.origin("benchmarks.costs") | {"seconds": options.seconds, "machine": record.machine()}
    about["versions"] = record.versions() | record.peer_versions()
    measurements = []
    for measurement in measure(options.seconds):
        measurements.append(measurement)
        print(measurement, flush=True)
    costs = {**about, "measurements": measurements}
    record.write(options.output / "costs.json", costs)
    plots.draw_costs(costs, options.output)


if __name__ == "__main__":
    main()
