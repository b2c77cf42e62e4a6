"""`python -m benchmarks.regression CHECKOUT`: is the service slower than another checkout of it? Measured in one run.

Both services run at once and take turns, and the one that begins alternates, so that a busy moment of the machine
affects both. They are started several times, each first in turn: the same service is up to 6% faster or slower after
another start. CHECKOUT needs a `model_store/digits.mar`; both run in this Python environment. Prints medians of the
ratios of each pair, this checkout ÷ the other; ratios of CPU time are the least disturbed by other programs.
"""

import argparse
import contextlib
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from benchmarks.load_generator import Work, closed_loop
from benchmarks.samples import works
from benchmarks.servers import NO_LIMIT, SINGLE, Server
from benchmarks.usage import usage
from tools.stack import ROOT, Stack, starting_stack

CLIENTS = (1, 32)
WARM_UP_S = 5

Figures = dict[str, float]
Pair = tuple[Figures, Figures]


def measure(stack: Stack, work: Work, clients: int, seconds: float) -> Figures:
    """Return throughput, latencies, and CPU time a request of a service under load, by kind of process.

    Raises:
        RuntimeError: A request failed.
    """
    before = usage(stack.processes()).cpu_s
    measured = closed_loop(work, clients, seconds)
    if measured.errors:
        raise RuntimeError(f"{measured.errors} requests to {stack.url} failed.")
    count = measured.per_second * seconds
    cpu_us = {kind: 1e6 * (now - before[kind]) / count for kind, now in usage(stack.processes()).cpu_s.items()}
    return {
        "requests a second": measured.per_second,
        "p50, ms": measured.p50_ms,
        "p99, ms": measured.p99_ms,
        **{f"CPU of {kind}, µs a request": value for kind, value in cpu_us.items()},
        "CPU of all, µs a request": sum(cpu_us.values()),
    }


def compare(roots: Sequence[Path], pairs: int, seconds: float) -> dict[int, list[Pair]]:
    """Start the services of two checkouts, in this order, and return their figures in pairs, by number of clients."""
    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        stacks = [held.enter_context(starting_stack(root, **NO_LIMIT)) for root in roots]
        page = []
        for name, stack in zip("ab", stacks, strict=True):
            stack.wait_until_ready()
            page.append(works(Server(name, stack.url + SINGLE), folder)["page"])
        both = list(zip(stacks, page, strict=True))
        found: dict[int, list[Pair]] = {}
        for clients in CLIENTS:
            for _, work in both:
                closed_loop(work, clients, WARM_UP_S)
            found[clients] = []
            for turn in range(pairs):
                order = both if turn % 2 else both[::-1]
                first, second = (measure(stack, work, clients, seconds) for stack, work in order)
                found[clients].append((first, second) if turn % 2 else (second, first))
    return found


def main() -> None:
    """Start both services, measure them in turns, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path, help="the other checkout of this repository")
    parser.add_argument("--starts", type=int, default=4, help="how often both are started")
    parser.add_argument("--pairs", type=int, default=4, help="turns of each service after a start")
    parser.add_argument("--seconds", type=int, default=5, help="of each turn")
    arguments = parser.parse_args()
    if not (arguments.checkout / "model_store" / "digits.mar").exists():
        parser.error(f"{arguments.checkout} has no model_store/digits.mar; run `make archive` in that checkout first.")
    pairs: dict[int, list[Pair]] = {clients: [] for clients in CLIENTS}
    for start in tqdm(range(arguments.starts), "starts", disable=None):
        roots = [ROOT, arguments.checkout.resolve()]
        found = compare(roots if start % 2 else roots[::-1], arguments.pairs, arguments.seconds)
        for clients, figures in found.items():
            pairs[clients] += figures if start % 2 else [pair[::-1] for pair in figures]
    for clients, figures in pairs.items():
        _print(clients, figures)


def _print(clients: int, pairs: Sequence[Pair]) -> None:
    ratios, values = defaultdict(list), defaultdict(list)
    for this, other in pairs:
        for name in this.keys() & other.keys():
            ratios[name].append(this[name] / other[name])
            values[name].append((this[name], other[name]))
    print(f"{clients} clients, {len(pairs)} pairs: this checkout, the other, median ratio (all)")
    for name in pairs[0][0]:
        this_value, other_value = (statistics.median(column) for column in zip(*values[name], strict=True))
        each = " ".join(f"{ratio:.2f}" for ratio in ratios[name])
        print(f"  {name}: {this_value:.1f}, {other_value:.1f}, {statistics.median(ratios[name]):.3f} ({each})")


if __name__ == "__main__":
    main()
