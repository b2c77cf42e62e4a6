"""CPU time and memory of a service's processes, by what they are."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

# What a process's command line holds → what it is.
KINDS = {"model_service_worker": "worker", "java": "front end", "nginx": "nginx"}
REPLICA = ("worker", "front end")
MIB = 1 << 20


@dataclass(frozen=True)
class Usage:
    """CPU seconds since the start, and resident MiB, by kind of process."""

    cpu_s: dict[str, float]
    mib: dict[str, float]


def usage(processes: Iterable[psutil.Process]) -> Usage:
    """Add up what processes have used and hold; those of no known kind are not counted."""
    cpu_s, mib = (dict.fromkeys(KINDS.values(), 0.0) for _ in range(2))
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            kind = kind_of(process)
            if kind:
                times = process.cpu_times()
                cpu_s[kind] += times.user + times.system
                mib[kind] += process.memory_info().rss / MIB
    return Usage(cpu_s, mib)


def kind_of(process: psutil.Process) -> str | None:
    """Return what a process is, by its first two words: `python model_service_worker.py`, `java`, `nginx: worker`."""
    words = process.cmdline()
    for part, kind in KINDS.items():
        if any(part in word.rsplit("/", 1)[-1] for word in words[:2]):
            return kind
    return None


def replica_sum(by_kind: dict[str, float]) -> float:
    """Return one replica's part: its worker and its front end."""
    return sum(by_kind[kind] for kind in REPLICA)
