"""CPU time and memory of servers, by kind of process."""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil

# A part of a program's name → the kind of process.
KINDS = {"model_service_worker": "worker", "java": "front end", "nginx": "nginx", "uvicorn": "uvicorn"}
REPLICA = ("worker", "front end")
MIB = 1 << 20


@dataclass(frozen=True)
class Usage:
    """CPU seconds since the start, and resident MiB, by kind of process; 0 for a kind that is not there."""

    cpu_s: defaultdict[str, float]
    mib: defaultdict[str, float]


def usage(processes: Iterable[psutil.Process]) -> Usage:
    """Add up what processes have used and hold. Processes of no known kind do not count."""
    cpu_s: defaultdict[str, float] = defaultdict(float)
    mib: defaultdict[str, float] = defaultdict(float)
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if kind := kind_of(process):
                times, resident = process.cpu_times(), process.memory_info().rss
                cpu_s[kind] += times.user + times.system
                mib[kind] += resident / MIB
    return Usage(cpu_s, mib)


def kind_of(process: psutil.Process) -> str | None:
    """Return the kind of a process by its first two words: `python model_service_worker.py`, `java`, `nginx: worker`.

    uvicorn's workers are `python -c …`, a worker's decoder is `python -P …`: a process without a kind of its own has
    its parent's if that is one of the two.
    """
    if kind := _own_kind(process):
        return kind
    parent = process.parent()
    kind = _own_kind(parent) if parent else None
    return kind if kind in ("uvicorn", "worker") else None


def replica_sum(by_kind: Mapping[str, float]) -> float:
    """Return one replica's part: its worker and its front end."""
    return sum(by_kind[kind] for kind in REPLICA)


def _own_kind(process: psutil.Process) -> str | None:
    programs = [word.rsplit("/", 1)[-1] for word in process.cmdline()[:2]]
    return next((kind for part, kind in KINDS.items() if any(part in program for program in programs)), None)
