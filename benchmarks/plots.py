"""`python -m benchmarks.plots`: draw the plots of docs/ again from the records beside them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

from benchmarks import record
from benchmarks.summary import OURS
from tools.stack import ROOT

Record = dict[str, Any]


def draw_comparison(comparison: Record, folder: Path) -> None:
    """Draw throughput and latency on the page's drawings against load, for every server."""
    panels = [
        ("throughput", "clients", "per_second", "requests a second"),
        ("latency", "clients", "p99_ms", "p99 in ms, closed loop"),
        ("open-loop", "/s", "p99_ms", "p99 in ms, from when a request was due"),
    ]
    for name, unit, figure, label in panels:
        plot, axes = plt.subplots(figsize=(8, 5))
        ticks: dict[int, None] = {}
        for index, (server, work) in enumerate(comparison["medians"].items()):
            loads = {load: figures for load, figures in work.get("page", {}).items() if _has_unit(load, unit)}
            points = {int(load.removesuffix("/s").split()[0]): figures[figure] for load, figures in loads.items()}
            width = 3 if server == OURS else 1.2
            if points:
                axes.plot(*zip(*points.items(), strict=True), "o-", color=f"C{index}", label=server, linewidth=width)
            ticks |= dict.fromkeys(points)
        horizontal = "requests a second, constant rate" if unit == "/s" else "clients"
        axes.set(xscale="log", yscale="log", xlabel=horizontal, ylabel=label)
        axes.set_xticks(sorted(ticks), [str(tick) for tick in sorted(ticks)], minor=False)
        axes.minorticks_off()
        _save(plot, axes, folder / f"{name}.svg")


def draw_costs(costs: Record, folder: Path) -> None:
    """Draw the CPU time of a request as one bar for each server and load, divided among processes and steps."""
    rows = [_parts(measurement) for measurement in costs["measurements"]]
    steps = list(dict.fromkeys(step for row in rows for step in row))
    longest = max(sum(row.values()) for row in rows)
    figure, axes = plt.subplots(figsize=(11, 0.62 * len(rows) + 2.4))
    left = [0.0] * len(rows)
    for step, color in zip(steps, plt.get_cmap("tab20").colors, strict=False):  # type: ignore[attr-defined]
        widths = [row.get(step, 0.0) for row in rows]
        bars = axes.barh(range(len(rows)), widths, left=left, color=color, label=step, height=0.7)
        labels = [f"{width:.0f}" if width > 0.035 * longest else "" for width in widths]
        axes.bar_label(bars, labels, label_type="center", fontsize=8)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    loads = [(x["server"], f"{x['clients']} client{'s'[: x['clients'] > 1]}") for x in costs["measurements"]]
    axes.set_yticks(range(len(rows)), [f"{server}, {load}" for server, load in loads])
    axes.invert_yaxis()
    axes.set_xlabel("CPU time of one request, microseconds")
    axes.spines[["top", "right"]].set_visible(False)
    _save(figure, axes, folder / "costs.svg", ncols=4, loc="upper center", bbox_to_anchor=(0.4, -0.16))


def draw_capacity(capacity: Record, folder: Path) -> None:
    """Draw what was measured of the knee and of the soak."""
    if "knee" in capacity:
        _draw_knee(capacity["knee"], folder / "capacity-knee.svg")
    if "soak" in capacity:
        _draw_soak(capacity["soak"], folder / "capacity-soak.svg")


def _draw_knee(knee: Record, path: Path) -> None:
    figure, (times, cores) = plt.subplots(2, 1, figsize=(8, 7), sharex=True)
    steps = sorted(knee["steps"], key=lambda step: step["offered"])
    rates = [step["offered"] for step in steps]
    for color, name in (("C0", "p50"), ("C3", "p99")):
        times.plot(rates, [step["measured"][f"{name}_ms"] for step in steps], "o-", color=color, label=name)
        times.axhline(knee["level"][f"{name}_ms"], color=color, linestyle="--", linewidth=1, label=f"limit of {name}")
    times.set(yscale="log", ylabel="ms from when a request was due")
    for kind in steps[0]["cores"]:
        cores.plot(rates, [step["cores"][kind] for step in steps], "o-", label=kind)
    cores.set(xlabel="requests a second, constant rate", ylabel="cores")
    for axes in (times, cores):
        axes.axvline(knee["per_second"], color="black", linewidth=1)
    times.grid(alpha=0.3)
    times.legend(fontsize=8)
    _save(figure, cores, path)


def _draw_soak(soak: Record, path: Path) -> None:
    figure, axes = plt.subplots(figsize=(8, 4))
    minutes = [sample["seconds"] / 60 for sample in soak["samples"]]
    for kind in ("worker", "front end", "nginx"):
        axes.plot(minutes, [sample[kind] for sample in soak["samples"]], label=kind)
    replica = [sample["worker"] + sample["front end"] for sample in soak["samples"]]
    axes.plot(minutes, replica, label="replica", linewidth=3)
    axes.set(xlabel=f"minutes at {soak['per_second']:.0f} requests a second", ylabel="resident MiB", ylim=(0, None))
    _save(figure, axes, path)


def _has_unit(load: str, unit: str) -> bool:
    return load.endswith("/s") == (unit == "/s")


def _parts(measurement: Record) -> dict[str, float]:
    """Return the microseconds of a request by process, the worker's divided among its steps."""
    spent = dict(measurement["cpu_us"])
    worker = spent.pop("worker", 0)
    processes: Sequence[str] = ("nginx", "front end", "uvicorn")
    parts = {kind: spent[kind] for kind in processes if kind in spent}
    return parts | {step: worker * share for step, share in measurement.get("worker", {}).items()}


def _save(figure: Any, axes: Any, path: Path, **legend: Any) -> None:
    axes.legend(fontsize=8, **legend)
    if not legend:
        axes.grid(alpha=0.3)
    # Without ids and a date of its own, the same record makes the same file.
    with mpl.rc_context({"svg.hashsalt": path.name}):
        figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Draw."""
    docs = ROOT / "docs"
    draw_comparison(record.read(docs / "benchmarks.json"), docs)
    draw_costs(record.read(docs / "costs.json"), docs)
    draw_capacity(record.read(docs / "capacity.json"), docs)


if __name__ == "__main__":
    main()
