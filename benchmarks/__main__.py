"""`python -m benchmarks`: this service and others around the same recognising core, on the same work, in one run.

Rounds are interleaved: each measures every server before the next begins, so that a busy moment of the machine meets
all of them, and ratios are taken within a round. Writes results.json, tables.md and pictures.
"""

import argparse
import contextlib
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
import requests

import handler
from benchmarks import answers, machine, report
from benchmarks.load import closed_loop, open_loop
from benchmarks.samples import BATCHES, PICTURES, SAMPLES, Samples, works
from benchmarks.servers import Server, constant, in_json, in_list, model_folder, ours, peer, stock
from handler.recognizer import Recognizer
from tools.stack import ROOT

CLIENTS = (1, 8, 32, 64)
RATES = (100, 200, 400, 800)  # requests a second of the open loop
CORE = "the core in-process"

UVICORN = ["uvicorn", "benchmarks.peers.fastapi_app:app", "--port", "PORT", "--no-access-log", "--log-level", "warning"]
LITSERVE = ["python", str(ROOT / "benchmarks" / "peers" / "litserve_app.py")]
BENTOML = ["bentoml", "serve", "benchmarks.peers.bentoml_service:Digits", "--host", "127.0.0.1", "--port", "PORT"]
GUNICORN = ["gunicorn", "--workers", "2", "--bind", "127.0.0.1:PORT", "benchmarks.peers.flask_app:app"]


@contextlib.contextmanager
def all_servers(model_dir: Path, answer: bytes, skip: list[str]) -> Iterator[list[Server]]:
    """Start every server but those of which a part of the name is given."""
    starting = [
        constant(answer),
        stock(),
        peer("FastAPI, 1 worker", UVICORN, model_dir, batch=True),
        peer("FastAPI, 2 workers", [*UVICORN, "--workers", "2"], model_dir, batch=True),
        peer("LitServe", LITSERVE, model_dir, in_json),
        peer("BentoML", BENTOML, model_dir, in_list, digit=lambda answer: answer[0]["digit"]),
        peer("Flask drawing Matplotlib", GUNICORN, model_dir, most_clients=8),
    ]
    with contextlib.ExitStack() as stack:
        print("Starting the servers", flush=True)
        servers = [*stack.enter_context(ours()), *map(stack.enter_context, starting)]
        yield [server for server in servers if not any(part in server.name for part in skip)]


def check(server: Server, samples: Samples) -> None:
    """Make sure that a server answers rightly what it will be measured with.

    Raises:
        RuntimeError: A wrong answer.
    """
    if server.digit is None:
        return
    for images in samples.images.values():
        for digit, image in zip(samples.digits, images, strict=True):
            headers = {"Content-Type": server.content_type}
            response = requests.post(server.url, server.shape(image), headers=headers, timeout=60)
            if response.status_code != 200 or server.digit(response.json()) != digit:
                raise RuntimeError(f"{server.name} answers {response.status_code} {response.text[:200]} to a {digit}")
    if server.batch_url:
        headers = {"Content-Type": "application/json"}
        answer = requests.post(server.batch_url, samples.batch(256), headers=headers, timeout=60).json()
        if found := answers.batch_fault(answer, [samples.digits[index % SAMPLES] for index in range(256)]):
            raise RuntimeError(f"{server.name}, batch of 256: {found}")


def plan(work_names: list[str]) -> Iterator[tuple[str, int]]:
    """Yield each work and its numbers of clients; batches are sent one after the other."""
    for name in work_names:
        for clients in CLIENTS if name == "page" else (32,) if name in PICTURES else (1,):
            yield name, clients


def core_images_per_second(recognizer: Recognizer, samples: Samples, seconds: float) -> float:
    """Measure the core on batches of 256, without any server."""
    images = [samples.images["page"][index % SAMPLES] for index in range(256)]
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        recognizer.recognize([images])
        done += len(images)
    return done / (time.perf_counter() - began)


def settle(at_most_s: float = 5) -> None:
    """Wait until the servers have worked off what they were sent, so that one measurement does not burden the next."""

    def spent() -> float:
        used = 0.0
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                used += sum(process.cpu_times()[:2])
        return used

    began = time.monotonic()
    before = spent()
    while time.monotonic() - began < at_most_s:
        time.sleep(0.2)
        now = spent()
        if now - before < 0.04:  # a fifth of a core, all servers together
            return
        before = now


def measure(
    servers: list[Server], samples: Samples, recognizer: Recognizer, folder: Path, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Yield each measurement as it is made."""
    todo = {server.name: works(server, samples, folder) for server in servers}
    for by_name in todo.values():
        closed_loop(by_name["page"], 8, 1)  # warm up
    for turn in range(options.rounds):
        order = servers[turn % len(servers) :] + servers[: turn % len(servers)]
        for name, clients in plan([*PICTURES, *BATCHES]):
            for server in order:
                work = todo[server.name].get(name)
                if work and clients <= server.most_clients:
                    settle()
                    figures = asdict(closed_loop(work, clients, options.seconds))
                    yield {"round": turn, "server": server.name, "work": name, "clients": clients, **figures}
        core = core_images_per_second(recognizer, samples, options.seconds) / 256
        yield {"round": turn, "server": CORE, "work": "batch of 256", "clients": 1, "per_second": core}
        for rate in RATES:
            for server in order:
                if server.most_clients == max(CLIENTS):
                    settle()
                    figures = asdict(open_loop(todo[server.name]["page"], rate, options.seconds))
                    yield {"round": turn, "server": server.name, "work": "page", "rate": rate, **figures}


def main() -> None:
    """Measure, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--skip", nargs="*", default=[], help="servers to leave out, by a part of the name")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    samples = Samples()
    with tempfile.TemporaryDirectory() as name, model_folder() as model_dir:
        recognizer = Recognizer(model_dir, handler.__version__)
        answer = json.dumps(recognizer.recognize([samples.images["page"][:1]])[0][0], separators=(",", ":")).encode()
        with all_servers(model_dir, answer, options.skip) as servers:
            for server in servers:
                check(server, samples)
            print("Every server answers rightly", flush=True)
            before = machine.load_average()
            records = []
            for record in measure(servers, samples, recognizer, Path(name), options):
                records.append(record)
                print(report.line(record), flush=True)
    about = {**machine.describe(), "load_average_before": before, "seconds": options.seconds, "rounds": options.rounds}
    (options.output / "results.json").write_text(json.dumps({"machine": about, "measurements": records}, indent=1))
    tables = report.tables(about, records)
    (options.output / "tables.md").write_text(tables, encoding="utf-8")
    report.draw(records, options.output)
    print(tables)


if __name__ == "__main__":
    main()
