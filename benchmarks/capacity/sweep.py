"""Which settings of the autoscaler do best: all combinations, simulated on an ordinary day and on a flash crowd."""

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.capacity.autoscaler import UP, Policy, Rules, Settings
from benchmarks.capacity.simulation import Outcome, Replica, simulate
from benchmarks.capacity.traffic import Arrivals, diurnal, flash_crowd
from benchmarks.slo import ServiceLevel

LOST_SHARE = ServiceLevel.failure_ratio  # of the ordinary day's requests
CROWD_LOST_SHARE = 0.01  # of a crowd's
ALIKE = 1.05  # costs that differ by less are the same: then the more patient autoscaler is the better one
TARGETS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the CPU that a replica uses at its knee
FLOORS = (0.0, 0.15, 0.35)  # minReplicas: share of what the peak needs; at least two
UPS = {  # of what does equally well, what stands first is taken
    "100 % / 15 s": (Policy("Percent", 100, 15),),
    "100 % / 60 s": (Policy("Percent", 100, 60),),
    "100 % or 4 / 15 s": UP.policies,
    "300 % / 15 s": (Policy("Percent", 300, 15),),
}
UP_WINDOWS_S = (0, 60)
DOWNS = {"1 / 60 s": (Policy("Pods", 1, 60),), "10 % / 60 s": (Policy("Percent", 10, 60),)}
DOWN_WINDOWS_S = (60, 300, 900)


@dataclass(frozen=True)
class Choice:
    """One combination."""

    target: float
    floor: float
    up: str
    up_window_s: int
    down: str
    down_window_s: int

    def settings(self, replica: Replica, peak: float) -> Settings:
        """Return the autoscaler that it means for a replica and a peak; there is room for half as much again."""
        needed = peak / replica.per_second
        return Settings(
            target_cores=self.target * replica.busy_cores,
            min_replicas=max(2, math.ceil(self.floor * needed)),
            max_replicas=math.ceil(1.5 * needed / self.target),
            up=Rules(UPS[self.up], self.up_window_s),
            down=Rules(DOWNS[self.down], self.down_window_s),
        )


@dataclass(frozen=True)
class Result:
    """What a combination costs and loses: on the day, and while the crowd is there."""

    choice: Choice
    day_cpu_hours: float
    day_lost_share: float
    crowd_cpu_hours: float
    crowd_lost_share: float


def choices(floors: Sequence[float] = FLOORS) -> list[Choice]:
    """Return every combination."""
    axes = (TARGETS, floors, UPS, UP_WINDOWS_S, DOWNS, DOWN_WINDOWS_S)
    return [Choice(*chosen) for chosen in itertools.product(*axes)]


@functools.cache
def _traffic(peak: float) -> tuple[Arrivals, Arrivals]:
    return diurnal(peak), flash_crowd(peak)


def run(choice: Choice, replica: Replica, peak: float) -> tuple[Outcome, Outcome]:
    """Simulate one combination on both kinds of traffic."""
    settings = choice.settings(replica, peak)
    day, crowd = (simulate(arrivals.tolist(), replica, settings) for arrivals in _traffic(peak))
    return day, crowd


def measure(choice: Choice, replica: Replica, peak: float) -> Result:
    """Return the figures of one combination."""
    day, crowd = run(choice, replica, peak)
    return Result(choice, day.cpu_hours, day.lost_share, crowd.cpu_hours, crowd.lost_share)


def sweep(
    todo: Sequence[Choice],
    replica: Replica,
    peak: float,
    progress: Callable[[Iterable[Result], int], Iterable[Result]],
) -> list[Result]:
    """Measure combinations, on all cores.

    Args:
        todo: The combinations.
        replica: What a replica can do.
        peak: Requests in the busiest second.
        progress: Passes results on and shows how many of how many there are.
    """
    with ProcessPoolExecutor() as pool:
        results = pool.map(functools.partial(measure, replica=replica, peak=peak), todo, chunksize=8)
        return list(progress(results, len(todo)))


def best(results: Sequence[Result]) -> Result:
    """Return the cheapest on the day of those that keep the service level on it and lose little enough of a crowd.

    Where none loses so little of a crowd, the one that loses least.
    """
    level = [result for result in results if result.day_lost_share <= LOST_SHARE]
    enough = [result for result in level if result.crowd_lost_share <= CROWD_LOST_SHARE]
    if not enough:
        return min(level, key=lambda result: (result.crowd_lost_share, result.day_cpu_hours))
    least = min(result.day_cpu_hours for result in enough)
    alike = [result for result in enough if result.day_cpu_hours <= ALIKE * least]
    return max(alike, key=lambda result: (result.choice.down_window_s, -result.crowd_lost_share))


def neighbours(results: Sequence[Result], choice: Choice) -> list[tuple[str, Result]]:
    """Return, axis by axis, the results that differ from a choice in that axis alone, with its own among them."""
    by_choice = {result.choice: result for result in results}
    axes: dict[str, Iterable[Any]] = {
        "target": TARGETS,
        "floor": FLOORS,
        "up": UPS,
        "up_window_s": UP_WINDOWS_S,
        "down": DOWNS,
        "down_window_s": DOWN_WINDOWS_S,
    }
    near = [(axis, replace(choice, **{axis: value})) for axis, values in axes.items() for value in values]
    return [(axis, by_choice[other]) for axis, other in near if other in by_choice]


def front(results: Iterable[Result]) -> list[Result]:
    """Return those that nothing beats: who costs no more on the day loses more of a crowd. Cheapest first."""
    kept: list[Result] = []
    for result in sorted(results, key=lambda result: (result.day_cpu_hours, result.crowd_lost_share)):
        if result.day_lost_share <= LOST_SHARE and (not kept or result.crowd_lost_share < kept[-1].crowd_lost_share):
            kept.append(result)
    return kept
