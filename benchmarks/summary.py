"""A comparison's measurements → medians of the rounds, and ratios within them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Record = dict[str, Any]

OURS, CORE = "this service", "the core in-process"
PEERS = ("FastAPI, 1 worker", "FastAPI, 2 workers", "LitServe", "BentoML")
FIGURES = ("per_second", "p50_ms", "p95_ms", "p99_ms")


@dataclass(frozen=True)
class Ratio:
    """A figure of this service ÷ the same figure of another server.

    Attributes:
        figure: What is divided.
        work: What was sent.
        clients: How many sent it.
        others: The best of these is the divisor.
        best: Which of their figures is the best.
    """

    figure: str
    work: str
    clients: int
    others: Sequence[str]
    best: Callable[..., str] = max


RATIOS = {
    "throughput_to_torchserve_ceiling": Ratio("per_second", "page", 32, ["TorchServe, constant answer"]),
    "throughput_to_best_peer": Ratio("per_second", "page", 32, PEERS),
    "p99_to_best_peer": Ratio("p99_ms", "page", 32, PEERS, min),
    "lone_p50_to_fastapi": Ratio("p50_ms", "page", 1, ["FastAPI, 1 worker"], min),
    "throughput_to_torchserve_example": Ratio("per_second", "page", 32, ["TorchServe, as its example"]),
    "throughput_to_flask": Ratio("per_second", "page", 8, ["Flask drawing Matplotlib"]),
    "batch_to_core": Ratio("per_second", "batch of 256", 1, [CORE]),
}


def of(measurements: Sequence[Record]) -> Record:
    """Return everything that the documentation quotes."""
    return {"ratios": ratios(measurements), "medians": medians(measurements)}


def load_of(measurement: Record) -> str:
    """Return the load: `1 client`, `32 clients` or, at a constant rate, `400/s`."""
    if "rate" in measurement:
        return f"{measurement['rate']}/s"
    return f"{measurement['clients']} client{'s'[: measurement['clients'] > 1]}"


def medians(measurements: Sequence[Record]) -> Record:
    """Return by server, work and load: the median of each figure, and the sum of the errors."""
    groups: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for measurement in measurements:
        groups[measurement["server"], measurement["work"], load_of(measurement)].append(measurement)
    result: Record = {}
    for (server, work, load), rounds in groups.items():
        figures = {name: round(median(x[name] for x in rounds), 3) for name in FIGURES if name in rounds[0]}
        figures["errors"] = sum(x.get("errors", 0) for x in rounds)
        result.setdefault(server, {}).setdefault(work, {})[load] = figures
    return result


def ratios(measurements: Sequence[Record]) -> Record:
    """Return each ratio whose servers were measured: in every round, their median, and the server compared with."""
    result = {}
    for name, ratio in RATIOS.items():
        others = {other: found for other in ratio.others if (found := _rounds(measurements, other, ratio))}
        ours = _rounds(measurements, OURS, ratio)
        if not others or not ours:
            continue
        against = ratio.best(others, key=lambda other: median(others[other]))
        rounds = [round(mine / other, 3) for mine, other in zip(ours, others[against], strict=True)]
        result[name] = {
            "median": round(median(rounds), 3),
            "rounds": rounds,
            "figure": ratio.figure,
            "work": ratio.work,
            "clients": ratio.clients,
            "against": against,
        }
    return result


def _rounds(measurements: Sequence[Record], server: str, ratio: Ratio) -> list[float]:
    wanted = (server, ratio.work, ratio.clients)
    return [x[ratio.figure] for x in measurements if (x["server"], x["work"], x.get("clients")) == wanted]
