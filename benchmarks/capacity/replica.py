"""What a replica costs, in containers with real CPU quotas: its start, its memory, and what two halves of a core make.

Needs the images and a Docker engine (tools/engine) on this machine.
"""

import json
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from tqdm import tqdm

from benchmarks.capacity.knee import rounded
from benchmarks.capacity.usage import kind_of, replica_sum, usage
from benchmarks.load import Work, closed_loop
from benchmarks.samples import Samples, works
from benchmarks.servers import BATCH, SINGLE, Server
from tools.cluster import Cluster, running
from tools.engine_client import HARDENED, TORCHSERVE, docker, inspect, run
from tools.stack import ROOT

CLIENTS = 32  # a replica
BATCH_CLIENTS = 4  # of batches of 256
HALF = 0.5


def processes(container: str) -> list[psutil.Process]:
    """Return a container's processes."""
    pids = docker("top", container, "-o", "pid").splitlines()[1:]
    return [psutil.Process(int(pid)) for pid in pids]


def began_at(process: psutil.Process) -> float:
    """Return when a process began, by time.time(); psutil's own answer is as coarse as the kernel's time of boot."""
    since_boot_s = process.create_time() - psutil.boot_time()
    return time.time() - float(Path("/proc/uptime").read_text().split()[0]) + since_boot_s


def work_of(cluster: Cluster, folder: Path) -> dict[str, Work]:
    """Return the work for a cluster, by name."""
    own = folder / cluster.web
    own.mkdir()
    return works(Server(cluster.web, cluster.url + SINGLE, cluster.url + BATCH), Samples(), own)


def working_set_mib(container: str) -> float:
    """Return what the container's cgroup holds without what it could drop, as Kubernetes counts it."""
    said = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", container)
    number, unit = re.findall(r"([\d.]+)([KMG])iB", said)[0]
    return float(number) * {"K": 1 / 1024, "M": 1, "G": 1024}[unit]


def start(cluster: Cluster) -> dict[str, float]:
    """Start a replica where there is none, and return the seconds until a client could be answered, by phase."""
    for name in list(cluster.replicas):
        cluster.kill(name)
    began = time.time()
    name = cluster.start_replica()
    cluster.wait_until_ready()
    ready = time.time()
    created = {kind_of(process): began_at(process) for process in processes(name)}
    java, worker = created["front end"], created["worker"]
    return {"container": java - began, "Java": worker - java, "worker": ready - worker, "all": ready - began}


def anatomy(cpus: float) -> list[dict[str, Any]]:
    """Return what a worker's start is made of, in the image, with as much CPU."""
    options = ["--interactive", "--rm", "--cpus", str(cpus), "--tmpfs", "/tmp", *HARDENED]
    script = Path(__file__).with_name("anatomy.py").read_bytes()
    command = [os.environ.get("DOCKER", "docker"), "run", *options, "--entrypoint", "/opt/venv/bin/python"]
    ended = subprocess.run([*command, TORCHSERVE, "-"], input=script, capture_output=True, check=True)
    return list(json.loads(ended.stdout.splitlines()[-1]))


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
    steps = [anatomy(1) for _ in tqdm(range(starts), desc="anatomy of a worker", unit="start")]
    return {
        "starts": starts,
        "start_s": {phase: round(statistics.median(x[phase] for x in phases), 2) for phase in phases[0]},
        "start_s_each": [round(x["all"], 2) for x in phases],
        "worker": [
            {"name": same[0]["name"]}
            | {figure: round(statistics.median(x[figure] for x in same), 2) for figure in ("seconds", "mib")}
            for same in zip(*steps, strict=True)
        ],
        "mib": memory,
    }


def halves(rounds: int, seconds: float) -> dict[str, Any]:
    """Compare two replicas of half a CPU with one, in turns; nginx spreads, and each replica has CLIENTS clients.

    nginx is asked at its container's own address, and logs go nowhere: Docker's proxy and its shipping of logs, which a
    cluster has not, would take a fifth of two cores.

    Args:
        rounds: How often each is measured.
        seconds: Of each measurement.
    """
    one, two = (Cluster(HALF, ("--log-driver", "none")) for _ in range(2))
    with tempfile.TemporaryDirectory() as folder, running(one, replicas=1), running(two, replicas=2):
        for cluster in (one, two):
            [network] = inspect(cluster.web)["NetworkSettings"]["Networks"].values()
            cluster.url = f"http://{network['IPAddress']}:8080"
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
