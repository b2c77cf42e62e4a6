"""The knee: how many requests a second one replica answers within the service level, and what that takes."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.capacity.usage import Usage, replica_sum, usage
from benchmarks.load import Measured, Work, open_loop
from benchmarks.samples import Samples, works
from benchmarks.servers import NO_LIMIT, SINGLE, Server
from benchmarks.slo import ServiceLevel
from tools.stack import Stack, ready_stack

FIRST_PER_SECOND = 100.0
FACTOR = 1.3  # from one step to the next, while the level holds
PRECISION = 1.05  # of the knee: the least rate that broke the level is at most this times the largest that held it
TRIES = 2  # a rate counts as too much when the level breaks so often in a row: one stall may be somebody else's


@dataclass(frozen=True)
class Step:
    """A constant rate of requests, and what came of it.

    Attributes:
        offered: Requests a second.
        measured: What came back.
        missed: What the service level says to it.
        cores: CPU by kind of process, and of the load's own client.
        mib: Memory by kind of process, at the end.
    """

    offered: float
    measured: Measured
    missed: list[str]
    cores: dict[str, float]
    mib: dict[str, float]


def find_knee(holds: Callable[[float], bool], first: float = FIRST_PER_SECOND) -> float:
    """Return the largest rate that holds: raise by FACTOR until one does not, then halve the gap.

    Args:
        holds: Whether a rate does.
        first: Where to begin; if it does not hold, lower rates are tried.

    Raises:
        RuntimeError: Even one request a second is too much.
    """
    good, bad = 0.0, 0.0
    rate = first
    while not (good and bad) or bad / good > PRECISION:
        if holds(rate):
            good = rate
        else:
            bad = rate
        if bad and bad < 1:
            raise RuntimeError("Not even one request a second is answered within the service level.")
        rate = (good * bad) ** 0.5 if good and bad else rate * FACTOR if good else rate / FACTOR
    return good


class Bench:
    """A running service and the page's drawings, to be asked at any rate."""

    def __init__(self, stack: Stack, work: Work) -> None:
        self._stack = stack
        self._work = work
        self._level = ServiceLevel.from_environment()

    def usage(self) -> Usage:
        """What the service has used and holds now."""
        return usage(self._stack.processes())

    def ask(self, per_second: float, seconds: float) -> Step:
        """Send drawings at a constant rate for some time."""
        before, own_before, began = self.usage(), _own_cpu_s(), time.monotonic()
        measured = open_loop(self._work, per_second, seconds)
        after, took = self.usage(), time.monotonic() - began
        cores = {kind: (after.cpu_s[kind] - before.cpu_s[kind]) / took for kind in after.cpu_s}
        cores["client"] = (_own_cpu_s() - own_before) / took
        failures = measured.errors / round(per_second * seconds)
        times_ms = {50: measured.p50_ms, 95: measured.p95_ms, 99: measured.p99_ms}
        return Step(per_second, measured, self._level.missed(failures, times_ms), cores, after.mib)


def _own_cpu_s() -> float:
    times = psutil.Process().cpu_times()
    return times.user + times.system


@contextlib.contextmanager
def bench() -> Iterator[Bench]:
    """Start a service of one worker, as a replica is, without a rate limit, and warm it up."""
    with tempfile.TemporaryDirectory() as folder, ready_stack(WORKERS="1", **NO_LIMIT) as stack:
        work = works(Server("this service", stack.url + SINGLE), Samples(), Path(folder))["page"]
        service = Bench(stack, work)
        service.ask(FIRST_PER_SECOND, 5)
        yield service


def measure(rounds: int, seconds: float) -> dict[str, Any]:
    """Find the knee in several rounds, and return the median one with all steps.

    Args:
        rounds: How often it is looked for.
        seconds: Of each step.
    """
    found: list[Step] = []
    every: list[dict[str, Any]] = []
    with bench() as service:
        for turn in range(rounds):
            steps: dict[float, Step] = {}

            def holds(rate: float, turn: int = turn, steps: dict[float, Step] = steps) -> bool:
                for _ in range(TRIES):
                    steps[rate] = step = service.ask(rate, seconds)
                    every.append({"round": turn, **asdict(step)})
                    print(line(turn, step), flush=True)
                    if not step.missed:
                        return True
                return False

            first = FIRST_PER_SECOND if not found else 0.8 * found[-1].offered
            found.append(steps[find_knee(holds, first)])
    middle = sorted(found, key=lambda step: step.offered)[len(found) // 2]
    busy = replica_sum(middle.cores)
    return {
        "rounds": rounds,
        "step_seconds": seconds,
        "per_second": round(middle.offered, 1),
        "per_second_of_the_rounds": [round(step.offered, 1) for step in found],
        "cores": rounded(middle.cores, 3),
        "replica_cores": round(busy, 3),
        "most_replica_cores": round(max(replica_sum(step["cores"]) for step in every), 3),
        "per_second_a_core": round(middle.measured.per_second / (busy + middle.cores["nginx"]), 1),
        "mib": rounded(middle.mib, 1),
        "p50_ms": round(middle.measured.p50_ms, 1),
        "p99_ms": round(middle.measured.p99_ms, 1),
        "steps": every,
    }


def line(turn: int, step: Step) -> str:
    """Return a step for the eye, while it runs."""
    cores = ", ".join(f"{kind} {used:.2f}" for kind, used in step.cores.items())
    times = f"p50 {step.measured.p50_ms:7.1f} ms  p99 {step.measured.p99_ms:7.1f} ms"
    return f"round {turn + 1}  {step.offered:7.0f}/s  {times}  cores: {cores}  {'; '.join(step.missed) or 'holds'}"


def rounded(figures: dict[str, float], digits: int) -> dict[str, float]:
    """Round every figure."""
    return {name: round(value, digits) for name, value in figures.items()}
