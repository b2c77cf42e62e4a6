"""`python -m benchmarks.costs`: the CPU time of a request, by process, and of the worker's part step by step.

Of this service and of FastAPI around the same core. CPU time is told by the kernel, the worker's steps by py-spy, which
takes root. Writes costs.json, a picture of both (costs.svg) and the worker's flame graph (worker-flame.svg).
"""

import argparse
import contextlib
import json
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
from matplotlib import pyplot as plt

from benchmarks import machine
from benchmarks.__main__ import UVICORN
from benchmarks.load import Work, closed_loop
from benchmarks.profiling import sampling, shares
from benchmarks.samples import Samples, works
from benchmarks.servers import model_folder, ours, peer
from tools.stack import ROOT

WORKER, FRONT_END, NGINX = "worker", "TorchServe's front end", "nginx"
# What a process's command line holds → what it is.
KINDS = {"model_service_worker": WORKER, "java": FRONT_END, "nginx": NGINX, "uvicorn": "uvicorn"}
CLIENTS = (1, 8, 32)


def servers() -> dict[psutil.Process, str]:
    """Return every process below this one that is a server, and its kind."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            command = " ".join(process.cmdline())
            kind = next((kind for part, kind in KINDS.items() if part in command), None)
            if kind is None and "multiprocessing" in command:
                kind = "uvicorn"  # its workers
            if kind:
                found[process] = kind
    return found


def cpu_seconds() -> Counter[str]:
    """Return the CPU time of all servers, by kind."""
    spent: Counter[str] = Counter()
    for process, kind in servers().items():
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            spent[kind] += times.user + times.system
    return spent


def cost(work: Work, clients: int, seconds: int) -> dict[str, Any]:
    """Return the requests answered a second and the CPU microseconds of one, by kind of process."""
    before = cpu_seconds()
    measured = closed_loop(work, clients, seconds)
    spent = cpu_seconds() - before
    requests = measured.per_second * seconds
    used = {kind: round(1e6 * spent[kind] / requests, 1) for kind in dict.fromkeys(KINDS.values()) if spent[kind]}
    return {"per_second": round(measured.per_second), "p50_ms": round(measured.p50_ms, 2), "cpu_us": used}


def profile(work: Work, clients: int, seconds: int, form: str, file: Path) -> None:
    """Sample a worker under load."""
    [pid, *_] = [process.pid for process, kind in servers().items() if kind == WORKER]
    with sampling(pid, form, file, seconds):
        closed_loop(work, clients, seconds + 1)


def retitled(flame: str, clients: int) -> str:
    """Give a flame graph a title in place of py-spy's command line."""
    return re.sub(r'(<text id="title"[^>]*>)[^<]*', rf"\1A worker's time with {clients} clients", flame)


def measure(seconds: int, output: Path) -> list[dict[str, Any]]:
    """Measure one server after the other, each alone."""
    samples, records = Samples(), []
    with tempfile.TemporaryDirectory() as name, model_folder() as model_dir:
        folder = Path(name)
        for starting in (ours(), peer("FastAPI, 2 workers", [*UVICORN, "--workers", "2"], model_dir)):
            with starting as started:
                server = started[0] if isinstance(started, list) else started
                todo = works(server, samples, folder)
                closed_loop(todo["page"], 8, 2)
                for clients in CLIENTS:
                    record = {"server": server.name, "clients": clients, **cost(todo["page"], clients, seconds)}
                    if isinstance(started, list):
                        profile(todo["page"], clients, seconds, "raw", folder / "samples.txt")
                        record["worker"] = shares((folder / "samples.txt").read_text(encoding="utf-8"))
                    records.append(record)
                    print(line(record), flush=True)
                if isinstance(started, list):
                    flame = output / "worker-flame.svg"
                    profile(todo["page"], max(CLIENTS), seconds, "flamegraph", flame)
                    flame.write_text(retitled(flame.read_text(encoding="utf-8"), max(CLIENTS)), encoding="utf-8")
    return records


def line(record: dict[str, Any]) -> str:
    """Return a measurement as a line of Markdown's table."""
    parts = ", ".join(f"{kind} {used:.0f}" for kind, used in record["cpu_us"].items())
    total = sum(record["cpu_us"].values())
    return f"| {record['server']} | {record['clients']} | {record['per_second']} | {total:.0f} | {parts} |"


def parts_of(record: dict[str, Any]) -> dict[str, float]:
    """Return the microseconds of a request on its way: nginx, the front end, the worker's steps."""
    used = dict(record["cpu_us"])
    worker = used.pop(WORKER, 0)
    way = {kind: used[kind] for kind in (NGINX, FRONT_END, "uvicorn") if kind in used}
    return way | {step: worker * share for step, share in record.get("worker", {}).items()}


def draw(records: Sequence[dict[str, Any]], file: Path) -> None:
    """Draw each measurement as a bar from the client's end to the answer."""
    rows = [parts_of(record) for record in records]
    steps = list(dict.fromkeys(step for row in rows for step in row))
    colours = dict(zip(steps, plt.get_cmap("tab20").colors, strict=False))  # type: ignore[attr-defined]
    figure, axes = plt.subplots(figsize=(11, 0.62 * len(rows) + 2.4))
    for at, row in enumerate(rows):
        left = 0.0
        for step, microseconds in row.items():
            label = step if step not in axes.get_legend_handles_labels()[1] else None
            axes.barh(at, microseconds, left=left, color=colours[step], label=label, height=0.7)
            if microseconds > 0.035 * max(sum(other.values()) for other in rows):
                axes.text(left + microseconds / 2, at, f"{microseconds:.0f}", ha="center", va="center", fontsize=8)
            left += microseconds
    names = [f"{record['server']}, {record['clients']} client{'s'[: record['clients'] > 1]}" for record in records]
    axes.set_yticks(range(len(rows)), names)
    axes.invert_yaxis()
    axes.set_xlabel("CPU time of one request, microseconds")
    axes.legend(ncols=4, fontsize=8, loc="upper center", bbox_to_anchor=(0.4, -0.16), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, bbox_inches="tight")
    plt.close(figure)


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    about = machine.describe() | {"load_average_before": machine.load_average()}
    print("| server | clients | requests a second | CPU µs a request | of which |\n|---|---|---|---|---|", flush=True)
    records = measure(options.seconds, options.output)
    (options.output / "costs.json").write_text(json.dumps({"machine": about, "measurements": records}, indent=1) + "\n")
    draw(records, options.output / "costs.svg")


if __name__ == "__main__":
    main()
