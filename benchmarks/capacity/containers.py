"""What a replica costs in containers with CPU quotas: its start, its memory, and two replicas of half a CPU beside one.

Needs a Docker engine (tools/docker-engine) on this machine.
"""

import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from tqdm import tqdm

from benchmarks.capacity.knee import rounded
from benchmarks.load_generator import Work, closed_loop
from benchmarks.samples import works
from benchmarks.servers import BATCH, SINGLE, Server
from benchmarks.usage import kind_of, replica_sum, usage
from tools.cluster import Cluster, running
from tools.docker import address_of, docker, inspect, run
from tools.stack import ROOT, WORKER

CLIENTS = 32  # a replica
BATCH_CLIENTS = 4  # of batches of 256
HALF = 0.5


def processes(container: str) -> list[psutil.Process]:
    """Return a container's processes."""
    pids = docker("top", container, "-o", "pid").splitlines()[1:]
    return [psutil.Process(int(pid)) for pid in pids]


def began_at(process: psutil.Process) -> float:
    """Return when a process began, by time.time(), more exactly than psutil, whose boot time is in seconds."""
    since_boot_s = float(process.create_time() - psutil.boot_time())
    return time.time() - float(Path("/proc/uptime").read_text().split()[0]) + since_boot_s


def work_of(cluster: Cluster, folder: Path) -> dict[str, Work]:
    """Return the work for a cluster, by name."""
    return works(Server(cluster.web, cluster.url + SINGLE, cluster.url + BATCH), folder)


def working_set_mib(container: str) -> float:
    """Return the memory of the container's cgroup without file caches that it could drop, as Kubernetes counts it."""
    usage_text = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", container)
    number, unit = re.findall(r"([\d.]+)([KMG])iB", usage_text)[0]
    return float(number) * {"K": 1 / 1024, "M": 1, "G": 1024}[unit]


def start(cluster: Cluster) -> dict[str, float]:
    """Start the only replica, and return the seconds until `/readyz` answers 200 through nginx, by phase."""
    for name in list(cluster.replicas):
        cluster.kill(name)
    began = time.time()
    name = cluster.start_replica()
    cluster.wait_until_ready()
    ready = time.time()
    created = {kind_of(process): began_at(process) for process in processes(name)}
    java, worker = created["front end"], created["worker"]
    return {"container": java - began, "Java": worker - java, "worker": ready - worker, "all": ready - began}


def cost(starts: int, seconds: float) -> dict[str, Any]:
    """Measure starts and memory of a replica that has one CPU.

    Args:
        starts: How many.
        seconds: Of each load.
    """
    cluster = Cluster(cpus=1)
    with tempfile.TemporaryDirectory() as folder, running(cluster, replicas=1):
        phases = [start(cluster) for _ in tqdm(range(starts), desc="starts at one CPU", unit="start")]
        [name] = cluster.replicas
        workers = sum(WORKER in " ".join(process.cmdline()) for process in processes(name))
        work = work_of(cluster, Path(folder))
        loads = {"at rest": None, "drawings": ("page", CLIENTS), "batches of 256": ("batch of 256", BATCH_CLIENTS)}
        memory = {}
        for label, load in tqdm(loads.items(), desc="memory at one CPU", unit="load"):
            if load:
                closed_loop(work[load[0]], load[1], seconds)
            mib = usage(processes(name)).mib
            resident = {"worker": mib["worker"], "front end": mib["front end"], "all": replica_sum(mib)}
            memory[label] = rounded({**resident, "working set": working_set_mib(name)}, 1)
        assert not inspect(name)["State"]["OOMKilled"]
    return {
        "starts": starts,
        "seconds": seconds,
        "workers": workers,
        "start_s": {phase: round(statistics.median(x[phase] for x in phases), 2) for phase in phases[0]},
        "start_s_each": [round(x["all"], 2) for x in phases],
        "mib": memory,
    }


def halves(rounds: int, seconds: float) -> dict[str, Any]:
    """Compare two replicas of half a CPU with one, in turns, with CLIENTS clients for each replica behind one nginx.

    nginx is asked at its container's own address and logs are off: Docker's proxy and log driver, which a cluster does
    not have, would take a fifth of two cores.

    Args:
        rounds: How often each is measured.
        seconds: Of each measurement.
    """
    one, two = (Cluster(HALF, ("--log-driver", "none")) for _ in range(2))
    with tempfile.TemporaryDirectory() as folder, running(one, replicas=1), running(two, replicas=2):
        for cluster in (one, two):
            cluster.url = f"http://{address_of(cluster.web)}:8080"
        work = {count: work_of(cluster, Path(folder))["page"] for count, cluster in ((1, one), (2, two))}
        for count in work:
            closed_loop(work[count], count * CLIENTS, 5)  # warm up
        rates: dict[int, list[float]] = {1: [], 2: []}
        for turn in tqdm(range(rounds), desc="one half, two halves", unit="round"):
            for count in (1, 2) if turn % 2 == 0 else (2, 1):
                measured = closed_loop(work[count], count * CLIENTS, seconds)
                rates[count].append(measured.per_second)
    ratios = [both / single for single, both in zip(rates[1], rates[2], strict=True)]
    return {
        "rounds": rounds,
        "seconds": seconds,
        "one": [round(rate, 1) for rate in rates[1]],
        "two": [round(rate, 1) for rate in rates[2]],
        "ratios": [round(ratio, 3) for ratio in ratios],
        "ratio": round(statistics.median(ratios), 3),
    }


def build() -> None:
    """Build the images; what has not changed is not built again."""
    print("Building the images", flush=True)
    run(ROOT / "tools" / "build-images")
