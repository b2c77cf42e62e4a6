"""What one replica does and costs, from docs/capacity.json."""

from typing import Any

from tools.figures import comparison
from tools.figures.markdown import table

Measured = dict[str, Any]


def summary(capacity: Measured, benchmarks: Measured) -> str:
    """Return the figures that README quotes."""
    at_knee, under, replica = capacity["knee"], capacity["soak"], capacity["replica"]
    failed = under["errors"] / (under["answered"] + under["errors"])
    lone = benchmarks["medians"][comparison.OURS]["page"]["1 client"]
    peer = benchmarks["ratios"]["throughput_to_best_peer"]
    return table(
        ("measured", "value"),
        [
            ("highest constant rate within the service level, one worker", f"{at_knee['per_second']:,.0f} requests/s"),
            (
                f"{under['minutes']:g} minutes at {under['per_second']:,.0f} requests/s",
                f"p99 {under['p99_ms']:.1f} ms, {failed:.2%} failed",
            ),
            ("one client at a time, median response", f"{lone['p50_ms']:.1f} ms"),
            (f"32 clients: throughput ÷ the best peer ({peer['against']})", f"{peer['median']:.2f}"),
            ("memory of a replica under load", f"{replica['mib']['drawings']['all']:.0f} MiB"),
            ("container start to ready, one CPU", f"{replica['start_s']['all']:.1f} s"),
        ],
    )


def knee(at: Measured) -> str:
    """Return what one replica does at the highest rate within the service level."""
    cores, mib, rounds = at["cores"], at["mib"], at["per_second_of_the_rounds"]
    return table(
        ("at the knee", "measured"),
        [
            ("requests/s, median of the rounds", f"{at['per_second']:,.0f} ({min(rounds):,.0f}–{max(rounds):,.0f})"),
            ("p50 and p99 at that rate", f"{at['p50_ms']:.1f} ms and {at['p99_ms']:.1f} ms"),
            ("CPU: worker, Java front end", f"{cores['worker']:.2f} and {cores['front end']:.2f} cores"),
            ("CPU: nginx, load generator", f"{cores['nginx']:.2f} and {cores['client']:.2f} cores"),
            ("requests/s per core of replica and nginx", f"{at['per_second_a_core']:,.0f}"),
            ("memory: worker, Java front end", f"{mib['worker']:.0f} and {mib['front end']:.0f} MiB"),
            ("memory: nginx", f"{mib['nginx']:.0f} MiB"),
        ],
    )


def soak(under: Measured) -> str:
    """Return what one replica does under a long, steady load."""
    verdict = "flat" if under["is_flat"] else "not flat"
    kept = "met" if not under["missed"] else f"missed: {'; '.join(under['missed'])}"
    return table(
        ("soak", "measured"),
        [
            ("load", f"{under['per_second']:,.0f} requests/s for {under['minutes']:g} minutes"),
            ("answered, failed", f"{under['answered']:,} and {under['errors']:,}"),
            ("p50 and p99", f"{under['p50_ms']:.1f} ms and {under['p99_ms']:.1f} ms; service level {kept}"),
            ("highest memory of the replica", f"{under['most_mib']:.0f} MiB"),
            ("memory slope after warm-up", f"{under['slope_mib_an_hour']:+.1f} MiB an hour: {verdict}"),
        ],
    )


def start(replica: Measured) -> str:
    """Return how long a replica with one CPU takes until it is ready."""
    seconds, each = replica["start_s"], replica["start_s_each"]
    rows = [("all", f"{seconds['all']:.1f} ({min(each):.1f}–{max(each):.1f})")]
    rows += [(f"of which {phase}", f"{part:.1f}") for phase, part in seconds.items() if phase != "all"]
    return table((f"start, median of {replica['starts']}", "seconds"), rows)


def memory(replica: Measured) -> str:
    """Return the memory of a replica with one CPU under three loads."""
    kinds = {"worker": "worker", "front end": "Java front end", "all": "both", "working set": "container working set"}
    rows = [(load, *(f"{mib[kind]:.0f}" for kind in kinds)) for load, mib in replica["mib"].items()]
    return table(("resident MiB", *kinds.values()), rows)
