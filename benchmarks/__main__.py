"""`python -m benchmarks`: compare this service with other servers around the same core, on the same work, in one run.

Rounds are interleaved: each measures every server before the next begins, so that a busy moment of the machine affects
all of them, and ratios are taken within a round. Writes benchmarks.json and its plots.
"""

import argparse
import contextlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import psutil
import requests

import handler
from benchmarks import plots, record, summary
from benchmarks.lineup import all_servers
from benchmarks.load_generator import closed_loop, open_loop
from benchmarks.samples import batch, batch_body, drawings, works
from benchmarks.servers import Server, model_folder
from handler.recognizer import Recognizer

# Work → numbers of clients. Batches are sent one after the other.
CLIENTS = {"page": (1, 8, 32, 64), "batch of 32": (1,), "batch of 256": (1,)}
RATES = (100, 200, 400, 800)  # requests a second of the open loop
SETTLED_CPU_S = 0.04  # of all servers together, in SETTLE_STEP_S
SETTLE_STEP_S, SETTLE_TIMEOUT_S = 0.2, 5


def check(server: Server) -> None:
    """Make sure that a server recognizes what it will be measured with.

    Raises:
        RuntimeError: A wrong answer.
    """
    if server.digit is None:
        return
    for digit, image in drawings():
        response = server.post(image)
        if response.status_code != 200 or server.digit(response.json()) != digit:
            raise RuntimeError(f"{server.name} answers {response.status_code} {response.text[:200]} to a {digit}")
    if server.batch_url:
        headers = {"Content-Type": "application/json"}
        answer = requests.post(server.batch_url, batch_body(256), headers=headers, timeout=60).json()
        if [prediction["digit"] for prediction in answer["predictions"]] != [digit for digit, _ in batch(256)]:
            raise RuntimeError(f"{server.name} answers a batch of 256 with wrong digits")


def core_batches_per_second(recognizer: Recognizer, seconds: float) -> float:
    """Measure the core on batches of 256, without a server."""
    images = [image for _, image in batch(256)]
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        recognizer.recognize([images])
        done += 1
    return done / (time.perf_counter() - began)


def settle() -> None:
    """Wait until the servers have finished what they were sent, so that it does not burden the next measurement."""

    def spent_s() -> float:
        used_s = 0.0
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                used_s += sum(process.cpu_times()[:2])
        return used_s

    began, before_s = time.monotonic(), spent_s()
    while time.monotonic() - began < SETTLE_TIMEOUT_S:
        time.sleep(SETTLE_STEP_S)
        now_s = spent_s()
        if now_s - before_s < SETTLED_CPU_S:
            return
        before_s = now_s


def measure(
    servers: list[Server], recognizer: Recognizer, folder: Path, rounds: int, seconds: int
) -> Iterator[dict[str, Any]]:
    """Yield each measurement as it is made."""
    todo = {server.name: works(server, folder) for server in servers}
    for work in todo.values():
        closed_loop(work["page"], 8, 1)  # warm up
    for turn in range(rounds):
        order = servers[turn % len(servers) :] + servers[: turn % len(servers)]
        for name, clients in [(name, clients) for name, counts in CLIENTS.items() for clients in counts]:
            for server in order:
                if name in todo[server.name] and clients <= server.max_clients:
                    settle()
                    measured = closed_loop(todo[server.name][name], clients, seconds)
                    yield {"round": turn, "server": server.name, "work": name, "clients": clients, **asdict(measured)}
        core = core_batches_per_second(recognizer, seconds)
        yield {"round": turn, "server": summary.CORE, "work": "batch of 256", "clients": 1, "per_second": core}
        for rate in RATES:
            for server in order:
                if server.max_clients == max(CLIENTS["page"]):
                    settle()
                    measured = open_loop(todo[server.name]["page"], rate, seconds)
                    yield {"round": turn, "server": server.name, "work": "page", "rate": rate, **asdict(measured)}


def line(measurement: dict[str, Any]) -> str:
    """Return a measurement as a line of progress."""
    times = "p50 {p50_ms:8.2f} ms  p99 {p99_ms:8.2f} ms" if "p50_ms" in measurement else ""
    form = "round {round}  {work:13}{load:>11}  {server:30}{per_second:8.1f}/s  " + times
    return form.format(**measurement, load=summary.load_of(measurement))


def main() -> None:
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--skip", nargs="*", default=[], help="servers to leave out, by a part of the name")
    parser.add_argument("--output", type=Path, default=record.RESULTS, help="folder; docs makes the published record")
    options = parser.parse_args()
    about = record.origin("benchmarks")
    with tempfile.TemporaryDirectory() as folder, model_folder() as model_dir:
        recognizer = Recognizer(model_dir, handler.__version__)
        answer = orjson.dumps(recognizer.recognize([[drawings()[0][1]]])[0][0])
        with all_servers(model_dir, answer, options.skip) as servers:
            for server in servers:
                check(server)
            print("Every server recognizes every drawing", flush=True)
            measurements = []
            for measurement in measure(servers, recognizer, Path(folder), options.rounds, options.seconds):
                measurements.append(measurement)
                print(line(measurement), flush=True)
    about |= {"rounds": options.rounds, "seconds": options.seconds, "machine": record.machine()}
    about["versions"] = record.versions() | record.peer_versions()
    found = {**about, **summary.of(measurements), "measurements": measurements}
    record.write(options.output / "benchmarks.json", found)
    plots.draw_comparison(found, options.output)


if __name__ == "__main__":
    main()
