"""Past this machine: one replica's figures, multiplied, under the autoscaler and traffic of any size."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

import yaml
from tqdm import tqdm

from benchmarks.capacity.autoscaler import Settings
from benchmarks.capacity.simulation import Replica, simulate
from benchmarks.capacity.sweep import Choice, Result, best, choices, front, neighbours, run, sweep
from benchmarks.capacity.traffic import diurnal, flash_crowd
from tools.stack import ROOT

MANIFEST = ROOT / "k8s" / "base" / "torchserve" / "horizontalpodautoscaler.yaml"
MODEL_CONFIG = ROOT / "handler" / "model-config.yaml"
# From the autoscaler's word to a ready replica there is more than its start: scheduling, a period of the startup probe,
# one of the readiness probe, and a name's time to live in the cluster's name server.
CLUSTER_S = 1 + 2 + 3 + 5
NODES_S = (0, 60, 120)  # that a cluster takes to get a machine, where none is free
BASE_PEAK = 6  # times what a replica does: about what k8s/base's replicas bear
NO_FLOOR = (0.0,)  # in k8s/base minReplicas is two, lest one be all
MILLION = 1e6


def replica_of(measured: dict[str, Any]) -> Replica:
    """Return what was measured as the simulation wants it."""
    knee = measured["knee"]
    return Replica(
        per_second=knee["per_second"],
        busy_cores=knee["replica_cores"],
        requested_cores=knee["replica_cores"],
        start_s=round(measured["replica"]["start_s"]["all"]) + CLUSTER_S,
        queue=yaml.safe_load(MODEL_CONFIG.read_text())["jobQueueSize"],
    )


def measure(measured: dict[str, Any]) -> dict[str, Any]:
    """Simulate combinations of settings on what k8s/base is for, and on a million requests a second."""
    replica = replica_of(measured)
    peak = BASE_PEAK * replica.per_second
    return {
        "replica": asdict(replica),
        "deployed": _deployed(peak, replica),
        "base": _case(choices(NO_FLOOR), peak, replica),
        "million": _case(choices(), MILLION, replica),
    }


def _case(todo: list[Choice], peak: float, replica: Replica) -> dict[str, Any]:
    def progress(results: Iterable[Result], total: int) -> Iterable[Result]:
        return tqdm(results, total=total, desc=f"simulation, {peak:,.0f}/s", unit="setting")

    results = sweep(todo, replica, peak, progress)
    chosen = best(results)
    settings = chosen.choice.settings(replica, peak)
    slower = [replace(replica, start_s=replica.start_s + nodes_s) for nodes_s in NODES_S]
    return {
        "peak": peak,
        "combinations": len(results),
        "best": {
            **asdict(chosen),
            "min_replicas": settings.min_replicas,
            "most_replicas": run(chosen.choice, replica, peak)[0].most,
            "behavior": settings.behavior(),
        },
        "neighbours": [{"axis": axis, **asdict(result)} for axis, result in neighbours(results, chosen.choice)],
        "front": [asdict(result) for result in front(results)],
        "all": [[round(result.day_cpu_hours, 1), round(result.crowd_lost_share, 4)] for result in results],
        "starts": [
            {"start_s": later.start_s, "crowd_lost_share": run(chosen.choice, later, peak)[1].lost_share}
            for later in slower
        ],
    }


def _deployed(peak: float, replica: Replica) -> dict[str, float]:
    """Simulate the autoscaler as k8s/base has it, with room for as many replicas as the peak wants."""
    settings = replace(Settings.from_manifest(yaml.safe_load(MANIFEST.read_text())), max_replicas=1000)
    day, crowd = (simulate(arrivals.tolist(), replica, settings) for arrivals in (diurnal(peak), flash_crowd(peak)))
    return {
        "day_cpu_hours": day.cpu_hours,
        "day_lost_share": day.lost_share,
        "crowd_cpu_hours": crowd.cpu_hours,
        "crowd_lost_share": crowd.lost_share,
    }
