"""The soak: a steady load for minutes, and whether memory stays flat."""

import threading
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from tqdm import tqdm

from benchmarks.capacity.knee import Service, rounded, running_service
from benchmarks.usage import replica_sum

SHARE = 0.7  # of the knee
SAMPLE_S = 5
WARM = 0.2  # of the time, in which Java's heap and the worker's buffers may still grow
FLAT = 0.01  # of the memory: the most that a straight line through the rest may rise from its start to its end


def slope_mib_an_hour(seconds: Sequence[float], mib: Sequence[float]) -> float:
    """Return how fast memory grows, by a straight line through its samples."""
    return float(np.polyfit(np.asarray(seconds) / 3600, np.asarray(mib), 1)[0])


def is_flat(seconds: Sequence[float], mib: Sequence[float]) -> bool:
    """Whether memory, once warm, rises by no more than FLAT of itself over its samples."""
    warm = [index for index, time_s in enumerate(seconds) if time_s >= WARM * seconds[-1]]
    times_s, held = [seconds[index] for index in warm], [mib[index] for index in warm]
    rise = slope_mib_an_hour(times_s, held) * (times_s[-1] - times_s[0]) / 3600
    return rise <= FLAT * sum(held) / len(held)


def watch(service: Service, stopped: threading.Event, minutes: float) -> list[dict[str, float]]:
    """Sample memory until it is stopped, and show the progress."""
    samples: list[dict[str, float]] = []
    with tqdm(total=round(60 * minutes), unit="s", desc="soak") as bar:
        while not stopped.wait(SAMPLE_S):
            mib = service.usage().mib
            samples.append({"seconds": SAMPLE_S * (len(samples) + 1.0), **rounded(mib, 2)})
            bar.update(SAMPLE_S)
            bar.set_postfix({kind: f"{value:.0f} MiB" for kind, value in mib.items()})
    return samples


def measure(knee_per_second: float, minutes: float) -> dict[str, Any]:
    """Load a fresh service with SHARE of its knee.

    Args:
        knee_per_second: The most at which the service level holds.
        minutes: How long.
    """
    samples: list[dict[str, float]] = []
    stopped = threading.Event()
    with running_service() as service:
        watcher = threading.Thread(target=lambda: samples.extend(watch(service, stopped, minutes)))
        watcher.start()
        try:
            step = service.offer(SHARE * knee_per_second, 60 * minutes)
        finally:
            stopped.set()
            watcher.join()
    seconds = [sample["seconds"] for sample in samples]
    held = [replica_sum(sample) for sample in samples]
    warm = [index for index, time_s in enumerate(seconds) if time_s >= WARM * seconds[-1]]
    return {
        "minutes": minutes,
        "per_second": round(step.offered, 1),
        "answered": round(step.offered * 60 * minutes) - step.measured.errors,
        **rounded({name: value for name, value in asdict(step.measured).items() if name != "per_second"}, 1),
        "missed": step.missed,
        "most_mib": round(max(held), 1),
        "slope_mib_an_hour": round(slope_mib_an_hour([seconds[i] for i in warm], [held[i] for i in warm]), 1),
        "is_flat": is_flat(seconds, held),
        "cores": rounded(step.cores, 3),
        "samples": samples,
    }
