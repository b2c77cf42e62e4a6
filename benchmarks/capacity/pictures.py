"""Measurements → the pictures of docs/capacity.md."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt

from benchmarks.capacity.autoscaler import SYNC_S
from benchmarks.capacity.simulation import Replica
from benchmarks.capacity.sweep import Choice, run
from benchmarks.capacity.traffic import diurnal, flash_crowd
from benchmarks.capacity.usage import replica_sum
from benchmarks.slo import ServiceLevel

Measured = dict[str, Any]


def draw(measured: Measured, folder: Path) -> None:
    """Draw every picture for which there are figures."""
    for name, picture in (("knee", _knee), ("soak", _soak), ("simulation", _settings)):
        if name in measured:
            _save(picture(measured[name]), folder / f"capacity-{name}.svg")
    if "simulation" in measured:
        for kind in ("day", "crowd"):
            _save(_traffic(measured["simulation"], kind), folder / f"capacity-{kind}.svg")


def _save(figure: Any, path: Path) -> None:
    # Without ids and a date of its own, the same figures make the same file.
    with mpl.rc_context({"svg.hashsalt": path.name}):
        figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


def _knee(knee: Measured) -> Any:
    figure, (times, cores) = plt.subplots(2, 1, figsize=(8, 7), sharex=True)
    steps = sorted(knee["steps"], key=lambda step: step["offered"])
    rates = [step["offered"] for step in steps]
    level = ServiceLevel()
    for colour, percent, limit in (("C0", "p50", level.p50_ms), ("C3", "p99", level.p99_ms)):
        times.plot(rates, [step["measured"][f"{percent}_ms"] for step in steps], "o-", color=colour, label=percent)
        times.axhline(limit, color=colour, linestyle="--", linewidth=1, label=f"{percent} allowed")
    times.set(yscale="log", ylabel="ms from when a request was due")
    for kind in steps[0]["cores"]:
        cores.plot(rates, [step["cores"][kind] for step in steps], "o-", label=kind)
    cores.set(xlabel="requests a second, constant rate", ylabel="cores")
    for axes in (times, cores):
        axes.axvline(knee["per_second"], color="black", linewidth=1)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    return figure


def _soak(soak: Measured) -> Any:
    figure, axes = plt.subplots(figsize=(8, 4))
    minutes = [sample["seconds"] / 60 for sample in soak["samples"]]
    for kind in ("worker", "front end", "nginx"):
        axes.plot(minutes, [sample[kind] for sample in soak["samples"]], label=kind)
    axes.plot(minutes, [replica_sum(sample) for sample in soak["samples"]], label="replica", linewidth=3)
    axes.set(xlabel=f"minutes at {soak['per_second']:.0f} requests a second", ylabel="resident MiB", ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    return figure


def _settings(simulation: Measured) -> Any:
    figure, panels = plt.subplots(1, 2, figsize=(11, 4.5))
    for axes, name in zip(panels, ("base", "million"), strict=True):
        case = simulation[name]
        cost, lost = np.unique(case["all"], axis=0).T
        axes.plot(cost, 100 * lost, ".", color="0.7", markersize=3, label="a combination of settings")
        front = [(result["day_cpu_hours"], 100 * result["crowd_lost_share"]) for result in case["front"]]
        axes.plot(*zip(*front, strict=True), "o-", color="C0", markersize=4, label="nothing beats these")
        best = case["best"]
        axes.plot(best["day_cpu_hours"], 100 * best["crowd_lost_share"], "*", color="C3", markersize=14, label="best")
        axes.set(
            title=f"peak of {case['peak']:,.0f} requests a second",
            xlabel="CPU-hours of a day",
            ylabel="% of a crowd's requests lost",
        )
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    return figure


def _traffic(simulation: Measured, kind: str) -> Any:
    """Draw what comes, what the replicas can answer, and what is lost, with the best settings."""
    case, replica = simulation["million"], Replica(**simulation["replica"])
    day, crowd = run(Choice(**case["best"]["choice"]), replica, case["peak"])
    arrivals, outcome = (diurnal(case["peak"]), day) if kind == "day" else (flash_crowd(case["peak"]), crowd)
    figure, axes = plt.subplots(figsize=(8, 4.5))
    scale = 3600 if kind == "day" else 60
    step = 8 if kind == "day" else 1  # of the syncs: a point for every other minute is enough for a day
    able, lost = np.asarray(outcome.replicas) * replica.per_second, np.asarray(outcome.losses) / SYNC_S
    times = np.arange(len(able))[::step] * SYNC_S / scale
    axes.plot(times, arrivals[:: step * SYNC_S] / 1e6, label="requests", color="C0")
    axes.plot(times, able[::step] / 1e6, label="what replicas can answer", color="C2")
    axes.fill_between(times, lost[::step] / 1e6, color="C3", label="lost")
    axes.set(xlabel="hour" if kind == "day" else "minute", ylabel="millions a second", ylim=(0, None))
    if kind == "crowd":
        axes.set_xlim(25, 60)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    return figure
