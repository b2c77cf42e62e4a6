"""What an attack must not do: fail a correct request, delay it, kill a worker, keep memory, or write to nginx's log."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import psutil
import pytest
import yaml

from tests.attack.java import collect_garbage
from tests.attack.scale import scaled
from tests.attack.steady_traffic import BATCHES_FROM, Seen, steady_traffic
from tools.stack import ROOT, Stack

SLOWEST_S = 1.0
SAMPLE_EVERY_S = 0.25
AFTERMATH_S = scaled(5.0, 1.0)  # correct traffic goes on after the attack: some harm comes late
SETTLE_S = 15.0  # the longest wait for memory to be given back
MIB = 1 << 20
WEB = yaml.safe_load((ROOT / "k8s" / "base" / "web" / "deployment.yaml").read_text())
NGINX_LIMIT_MIB = float(
    WEB["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"].removesuffix("Mi")
)
MARGIN_MIB = 32.0  # that may remain after an attack, in nginx, in Java, and in each worker


@dataclass
class Observed:
    """What an attack did.

    Attributes:
        traffic: What the correct clients saw.
        most_mib: The most memory of each part of the service at one time.
        before_mib: The memory of each part before.
        after_mib: The memory of each part after it has settled.
        workers: How many there are.
    """

    traffic: Seen = field(default_factory=Seen)
    most_mib: dict[str, float] = field(default_factory=dict)
    before_mib: dict[str, float] = field(default_factory=dict)
    after_mib: dict[str, float] = field(default_factory=dict)
    workers: int = 1

    def grown(self) -> dict[str, float]:
        """Return how much more each part holds than before, if that is more than the margin."""
        more_mib = {name: self.after_mib[name] - held for name, held in self.before_mib.items()}
        return {
            name: mib for name, mib in more_mib.items() if mib > MARGIN_MIB * (self.workers if name == "workers" else 1)
        }

    def line(self) -> str:
        """Return it in one line."""
        memory = ", ".join(
            f"{name} {self.before_mib[name]:.0f} → {self.most_mib[name]:.0f} → {self.after_mib.get(name, 0):.0f} MiB"
            for name in self.before_mib
        )
        traffic = "".join(
            f"{len(self.traffic.failures)} of {len(self.traffic.answers)} failed, slowest {took_s:.2f} s; "
            for _, took_s in self.traffic.slowest(1)
        )
        return traffic + memory


def parts(service: Stack) -> dict[str, list[psutil.Process]]:
    """Return the processes of nginx, of Java, and of its workers. A worker's own children are none."""
    found: dict[str, list[psutil.Process]] = {"nginx": [], "java": [], "workers": []}
    for process in service.processes():
        try:
            name, command = process.name(), process.cmdline()
            parent = process.parent()
        except psutil.NoSuchProcess:
            continue
        if name in ("nginx", "java"):
            found[name].append(process)
        elif any("model_service_worker.py" in word for word in command) and parent and parent.name() == "java":
            found["workers"].append(process)
    return found


def memory_mib(service: Stack) -> dict[str, float]:
    """Return the memory of each part that no other process shares."""

    def used(process: psutil.Process) -> float:
        try:
            return float(process.memory_full_info().uss) / MIB
        except psutil.NoSuchProcess:
            return 0.0

    return {name: sum(map(used, processes)) for name, processes in parts(service).items()}


def pids(service: Stack) -> dict[str, set[int]]:
    """Return the process ids of each part."""
    return {name: {process.pid for process in processes} for name, processes in parts(service).items()}


class Sampler(threading.Thread):
    """Notes the most memory of each part until it is stopped."""

    def __init__(self, service: Stack) -> None:
        super().__init__(daemon=True)
        self.most_mib: dict[str, float] = {}
        self.stopped = threading.Event()
        self._service = service

    def run(self) -> None:
        """Sample."""
        while not self.stopped.wait(SAMPLE_EVERY_S):
            for name, used in memory_mib(self._service).items():
                self.most_mib[name] = max(used, self.most_mib.get(name, 0.0))


def clean_mib(service: Stack) -> dict[str, float]:
    """Return the memory of each part, Java's without garbage."""
    for java in parts(service)["java"]:
        collect_garbage(java.pid)
    return memory_mib(service)


def settle(service: Stack, observed: Observed) -> None:
    """Wait until the memory is back, or for SETTLE_S, and note it."""
    deadline = time.monotonic() + SETTLE_S
    while True:
        observed.after_mib = clean_mib(service)
        if time.monotonic() > deadline or not observed.grown():
            return
        time.sleep(0.5)


@contextmanager
def unharmed(service: Stack, *, has_traffic: bool = True, slowest_batch_s: float = SLOWEST_S) -> Iterator[Observed]:
    """Check that the attack in the `with` block does no harm to correct traffic beside it, nor to the service.

    Args:
        service: The service under attack.
        has_traffic: Whether there is correct traffic. Under overload it would be refused, as it should be.
        slowest_batch_s: The most that a correct batch may take. A drawing or the page may take SLOWEST_S.
    """
    logs = {log: (service.run_dir / log).stat().st_size for log in ("nginx.log", "access.log")}
    pids_before = pids(service)
    observed = Observed(before_mib=clean_mib(service), workers=len(pids_before["workers"]))
    sampler = Sampler(service)
    sampler.start()
    try:
        with ExitStack() as traffic:
            if has_traffic:
                observed.traffic = traffic.enter_context(steady_traffic(service.url))
            yield observed
            time.sleep(AFTERMATH_S)
        settle(service, observed)
    finally:
        sampler.stopped.set()
        sampler.join()
        observed.most_mib = sampler.most_mib
        print(f"\n{os.environ['PYTEST_CURRENT_TEST']}: {observed.line()}")
    found = list(harm(observed, slowest_batch_s))
    if pids(service) != pids_before:
        found.append(f"processes {pids_before} became {pids(service)}")
    if lines := added(service, "nginx.log", logs["nginx.log"]).splitlines():
        found.append(f"nginx.log: {len(lines)} lines: {lines[:5]}")
    found.extend(invalid_lines(added(service, "access.log", logs["access.log"])))
    if found:
        pytest.fail("\n".join(found))


def harm(observed: Observed, slowest_batch_s: float) -> Iterator[str]:
    """Say what the correct clients and the memory of the service suffered."""
    if failures := observed.traffic.failures:
        yield f"{len(failures)} of {len(observed.traffic.answers)} correct requests failed: {failures[:5]}"
    slow = [
        (address, took_s)
        for address, took_s in observed.traffic.slowest(len(observed.traffic.answers))
        if took_s > (slowest_batch_s if address == BATCHES_FROM else SLOWEST_S)
    ]
    if slow:
        yield f"slow answers to correct requests: {slow[:5]}"
    if (most_mib := observed.most_mib["nginx"]) > NGINX_LIMIT_MIB / 2:
        yield f"nginx took {most_mib:.0f} MiB"
    for name, mib in observed.grown().items():
        yield f"{name} kept {mib:.0f} MiB"


def invalid_lines(lines: bytes) -> Iterator[str]:
    """Say which lines of the access log are not JSON in UTF-8."""
    for line in lines.splitlines():
        try:
            json.loads(line.decode())
        except ValueError as error:
            yield f"access.log: {error}: {line[:300]!r}"


def added(service: Stack, log: str, offset: int) -> bytes:
    """Return the whole lines that were added to a log. One that was moved away is read from its beginning."""
    data = (service.run_dir / log).read_bytes()
    start = offset if offset <= len(data) else 0
    is_within_line = start > 0 and data[start - 1 : start] != b"\n"
    return data[start:].partition(b"\n")[2] if is_within_line else data[start:]
