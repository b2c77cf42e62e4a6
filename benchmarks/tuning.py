"""`python -m benchmarks.tuning`: workers × batch size × batch delay × patched batching × Java's options.

All run at once and are measured in turns. Prints, for each, the median throughput and p99 on the page's drawing
at some numbers of clients, the images a second in batches of 256, and the memory that Java and the workers then hold.
"""

import argparse
import contextlib
import itertools
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import yaml

from benchmarks.capacity.usage import usage
from benchmarks.load import Measured, closed_loop
from benchmarks.samples import Samples, works
from benchmarks.servers import BATCH, NO_LIMIT, SINGLE, Server
from tools.stack import ROOT, Stack, ready_stack

CLIENTS = (1, 8, 32)
BATCH_CLIENTS = 4


def repack(target: Path, **settings: int) -> None:
    """Copy digits.mar with other settings in its model-config.yaml."""
    with zipfile.ZipFile(ROOT / "model_store" / "digits.mar") as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "model-config.yaml":
                data = yaml.safe_dump({**yaml.safe_load(data), **settings}).encode()
            archive.writestr(name, data)


@contextlib.contextmanager
def setting(workers: int, batch: int, delay_ms: int, patch: str, java: str) -> Iterator[tuple[Server, Stack]]:
    """Start the service with one setting."""
    with tempfile.TemporaryDirectory() as folder:
        changes = {"minWorkers": workers, "maxWorkers": workers, "batchSize": batch, "maxBatchDelay": delay_ms}
        repack(Path(folder) / "digits.mar", **changes)
        waits = "no waiting" if patch == "yes" else f"{delay_ms} ms"
        with ready_stack(MODEL_STORE=folder, PATCH_BATCHING=patch, JAVA_TOOL_OPTIONS=java, **NO_LIMIT) as stack:
            yield Server(f"{workers} × {batch}, {waits} {java}".rstrip(), stack.url + SINGLE, stack.url + BATCH), stack


def main() -> None:
    """Measure every setting in every round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--delay", type=int, nargs="+", default=[1])
    parser.add_argument("--patch", nargs="+", default=["no", "yes"], choices=["no", "yes"], help="of the batching")
    parser.add_argument("--java", action="append", help="options on top of torchserve/entrypoint's; --java= for none")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    samples, measured = Samples(), defaultdict[tuple[str, int | str], list[Measured]](list)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        settings = itertools.product(options.workers, options.batch, options.delay, options.patch, options.java or [""])
        servers = dict(stack.enter_context(setting(*chosen)) for chosen in settings)
        todo = {server.name: works(server, samples, Path(folder)) for server in servers}
        for work in todo.values():
            closed_loop(work["page"], 8, 1)  # warm up
        for _, clients, (name, work) in itertools.product(range(options.rounds), CLIENTS, todo.items()):
            measured[name, clients].append(closed_loop(work["page"], clients, options.seconds))
        for _, (name, work) in itertools.product(range(options.rounds), todo.items()):
            measured[name, BATCH].append(closed_loop(work["batch of 256"], BATCH_CLIENTS, options.seconds))
        memory = {server.name: usage(running.processes()).mib for server, running in servers.items()}
    print("| workers × batch, delay |" + "".join(f" {clients} clients: /s, p99 ms |" for clients in CLIENTS), end="")
    print(" images/s in batches | MiB of Java, workers |")
    print("|---|" + "---|" * (len(CLIENTS) + 2))
    for name in todo:
        rows = [measured[name, clients] for clients in CLIENTS]
        cells = (f" {median(x.per_second for x in row):.0f}, {median(x.p99_ms for x in row):.1f} |" for row in rows)
        images = 256 * median(x.per_second for x in measured[name, BATCH])
        held = f"{memory[name]['front end']:.0f}, {memory[name]['worker']:.0f}"
        print(f"| {name} |" + "".join(cells) + f" {images:.0f} | {held} |")


if __name__ == "__main__":
    main()
