"""This service beside other servers around the same recognizer, from docs/benchmarks.json."""

from collections.abc import Mapping
from typing import Any

from tools.figures.markdown import table

Medians = Mapping[str, Any]  # server → work → load → figures

OURS = "this service"
RATIOS = {  # in docs/benchmarks.json → work, and what it is
    "throughput_to_torchserve_ceiling": ("page, 32 clients", "throughput ÷ TorchServe with a constant answer"),
    "throughput_to_best_peer": ("page, 32 clients", "throughput ÷ the best peer"),
    "p99_to_best_peer": ("page, 32 clients", "p99 ÷ the best peer"),
    "lone_p50_to_fastapi": ("page, 1 client", "p50 ÷ FastAPI"),
    "throughput_to_torchserve_example": ("page, 32 clients", "throughput ÷ TorchServe as its example"),
    "throughput_to_flask": ("page, 8 clients", "throughput ÷ Flask drawing Matplotlib"),
    "batch_to_core": ("batch of 256, 1 client", "images ÷ the recognizer without a server"),
}
IMAGES = [("page", clients) for clients in ("1 client", "8 clients", "32 clients", "64 clients")]
BATCHES = [("batch of 32", "1 client"), ("batch of 256", "1 client")]


def ratios(measured: Mapping[str, Any]) -> str:
    """Return this service over each other one."""
    rows = []
    for name, (work, title) in RATIOS.items():
        ratio = measured[name]
        title = f"{title} ({ratio['against']})" if "best peer" in title else title
        spread = f"{min(ratio['rounds']):.2f}–{max(ratio['rounds']):.2f}"
        rows.append((work, title, f"{ratio['median']:.2f}", spread))
    return table(("work", "ratio", "median of the rounds", "lowest to highest"), rows)


def throughput(medians: Medians) -> str:
    """Return each server's throughput over this service's."""
    columns = [*IMAGES, *BATCHES]

    def cell(server: str, work: str, load: str) -> str:
        found = medians[server].get(work, {}).get(load)
        return f"{found['per_second'] / medians[OURS][work][load]['per_second']:.2f}" if found else "–"

    rows = [(server, *(cell(server, *column) for column in columns)) for server in medians]
    return table(("", *(", ".join(column) for column in columns)), rows)


def latency(medians: Medians, *, constant_rate: bool) -> str:
    """Return each server's p50 and p99, for a number of clients or at a constant rate."""
    rates = [("page", load) for load in medians[OURS]["page"] if load.endswith("/s")]
    columns = rates if constant_rate else IMAGES

    def cell(server: str, work: str, load: str) -> str:
        found = medians[server].get(work, {}).get(load)
        if not found:
            return "–"
        failed = f", {found['errors']:,} failed" if found.get("errors") else ""
        return f"{found['p50_ms']:.1f} / {found['p99_ms']:.1f}{failed}"

    rows = [(server, *(cell(server, *column) for column in columns)) for server in medians]
    rows = [row for row in rows if set(row[1:]) != {"–"}]
    return table(("", *(", ".join(column) for column in columns)), rows)
