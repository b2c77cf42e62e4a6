"""`python -m benchmarks.capacity`: what one replica does and what it costs.

Writes capacity.json after each part, and its plots. `--only` keeps the record of the other parts. `--output docs` makes
the published record, from which the values in k8s/base are derived.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import plots, record
from benchmarks.capacity import containers, knee, sizing, soak

Record = dict[str, Any]
IN_CONTAINERS = {"replica", "halves"}


def parts(options: argparse.Namespace) -> dict[str, Callable[[Record], Record]]:
    """Return what is measured, in order; each part may use the record of those before it."""
    return {
        "knee": lambda _: knee.measure(options.rounds, options.step_seconds),
        "soak": lambda measured: soak.measure(measured["knee"]["per_second"], options.soak_minutes),
        "replica": lambda _: containers.cost(options.starts, options.seconds),
        "halves": lambda _: containers.halves(options.halves_rounds, options.seconds),
    }


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument(
        "--only", nargs="+", choices=list(parts(argparse.Namespace())), help="measure these parts alone"
    )
    parser.add_argument("--rounds", type=int, default=3, help="searches for the knee")
    parser.add_argument("--step-seconds", type=float, default=10, help="of each rate")
    parser.add_argument("--soak-minutes", type=float, default=10)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--halves-rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=10, help="of each load on containers")
    parser.add_argument("--output", type=Path, default=record.RESULTS, help="folder; docs makes the published record")
    return parser.parse_args()


def main() -> None:
    """Measure, write the record, and print where k8s/base differs from it."""
    options = arguments()
    path = options.output / "capacity.json"
    measured = record.read(path)
    chosen = {name: part for name, part in parts(options).items() if not options.only or name in options.only}
    if IN_CONTAINERS & chosen.keys():
        containers.build()
    for name, part in chosen.items():
        print(f"— {name}", flush=True)
        origin = record.origin("benchmarks.capacity")
        found = part(measured)
        measured |= {"machine": record.machine(), "versions": record.versions(), name: {**origin, **found}}
        record.write(path, measured)
    plots.draw_capacity(measured, options.output)
    if parts(options).keys() <= measured.keys():
        found_differences = sizing.differences(sizing.derive(measured), sizing.in_manifests())
        print("\n".join(found_differences) or "k8s/base has the values that follow from this record.")


if __name__ == "__main__":
    main()
