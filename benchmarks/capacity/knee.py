"""The knee: how many requests a second one replica answers within the service level, and what that takes."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.load_generator import Measured, Work, open_loop
from benchmarks.samples import works
from benchmarks.servers import NO_LIMIT, SINGLE, Server
from benchmarks.usage import Usage, replica_sum, usage
from tools.stack import Stack, ready_stack

FIRST_PER_SECOND = 100.0
FACTOR = 1.3  # from one step to the next, while the level holds
PRECISION = 1.05  # the lowest rate that missed the level is at most this times the highest that met it
TRIES = 2  # a rate is too high when it misses the level this often in a row: other work may cause one stall
# The maxima, as in locustfile.py.
SERVICE_LEVEL = {"failure_ratio": 0.001, "p50_ms": 50.0, "p95_ms": 150.0, "p99_ms": 300.0}


@dataclass(frozen=True)
class Step:
    """A constant rate of requests, and what came of it.

    Attributes:
        offered: Requests a second.
        measured: What came back.
        missed: Which maxima of the service level were exceeded, and by what.
        cores: CPU by kind of process, and of the load generator (client).
        mib: Memory by kind of process, at the end.
    """

    offered: float
    measured: Measured
    missed: list[str]
    cores: dict[str, float]
    mib: dict[str, float]


def missed(failure_ratio: float, measured: Measured) -> list[str]:
    """Return which maxima of the service level a measurement exceeds; empty if none."""
    figures = {**asdict(measured), "failure_ratio": failure_ratio}
    return [f"{name} {figures[name]:g} > {limit:g}" for name, limit in SERVICE_LEVEL.items() if figures[name] > limit]


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


class Service:
    """A running service that is sent the page's drawings."""

    def __init__(self, stack: Stack, work: Work) -> None:
        self._stack = stack
        self._work = work

    def usage(self) -> Usage:
        """Return what the service has used so far, and what it holds now."""
        return usage(self._stack.processes())

    def offer(self, per_second: float, seconds: float) -> Step:
        """Send drawings at a constant rate for some time."""
        before, own_before, began = self.usage(), _own_cpu_s(), time.monotonic()
        measured = open_loop(self._work, per_second, seconds)
        after, took = self.usage(), time.monotonic() - began
        cores = {kind: (after.cpu_s[kind] - before.cpu_s[kind]) / took for kind in after.cpu_s}
        cores["client"] = (_own_cpu_s() - own_before) / took
        failure_ratio = measured.errors / round(per_second * seconds)
        return Step(per_second, measured, missed(failure_ratio, measured), cores, dict(after.mib))


def _own_cpu_s() -> float:
    user_s, system_s = psutil.Process().cpu_times()[:2]
    return float(user_s + system_s)


@contextlib.contextmanager
def running_service() -> Iterator[Service]:
    """Start a service of one worker, as a replica is, without a rate limit, and warm it up."""
    with tempfile.TemporaryDirectory() as folder, ready_stack(WORKERS="1", **NO_LIMIT) as stack:
        work = works(Server("this service", stack.url + SINGLE), Path(folder))["page"]
        service = Service(stack, work)
        service.offer(FIRST_PER_SECOND, 5)
        yield service


def search(service: Service, first: float, seconds: float) -> tuple[Step, list[Step]]:
    """Find the knee once; return the step at it, and all steps.

    Args:
        service: Under load.
        first: The rate to begin with.
        seconds: Of each step.
    """
    steps: list[Step] = []

    def holds(rate: float) -> bool:
        for _ in range(TRIES):
            steps.append(service.offer(rate, seconds))
            print(line(steps[-1]), flush=True)
            if not steps[-1].missed:
                return True
        return False

    knee = find_knee(holds, first)
    return next(step for step in steps if step.offered == knee and not step.missed), steps


def measure(rounds: int, seconds: float) -> dict[str, Any]:
    """Find the knee in several rounds; return the median one, and all steps.

    Args:
        rounds: How often it is searched for.
        seconds: Of each step.
    """
    found: list[Step] = []
    every: list[dict[str, Any]] = []
    with running_service() as service:
        for turn in range(rounds):
            knee, steps = search(service, 0.8 * found[-1].offered if found else FIRST_PER_SECOND, seconds)
            found.append(knee)
            every += [{"round": turn, **asdict(step)} for step in steps]
    middle = sorted(found, key=lambda step: step.offered)[len(found) // 2]
    busy = replica_sum(middle.cores)
    return {
        "level": SERVICE_LEVEL,
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


def line(step: Step) -> str:
    """Return a step as a line of progress."""
    cores = ", ".join(f"{kind} {used:.2f}" for kind, used in step.cores.items())
    times = f"p50 {step.measured.p50_ms:7.1f} ms  p99 {step.measured.p99_ms:7.1f} ms"
    return f"{step.offered:7.0f}/s  {times}  cores: {cores}  {'; '.join(step.missed) or 'holds'}"


def rounded(figures: Mapping[str, float], digits: int) -> dict[str, float]:
    """Round every figure."""
    return {name: round(value, digits) for name, value in figures.items()}
