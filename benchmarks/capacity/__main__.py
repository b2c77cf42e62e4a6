"""`python -m benchmarks.capacity`: what one replica can do, what it costs, and what an autoscaler makes of it.

Writes capacity.json after each part, then the pictures, and prints the tables. With `--only` the other parts' figures
stay as they are. `--output docs` makes the record that k8s/base is held to, with the tables in docs/capacity.md.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.capacity import knee, outlook, pictures, replica, report, sizing, soak
from tools.stack import ROOT

Measured = dict[str, Any]


def parts(options: argparse.Namespace) -> dict[str, Callable[[Measured], Measured]]:
    """Return what is measured, in order; each may use the figures of those before it."""
    return {
        "knee": lambda _: knee.measure(options.rounds, options.step_seconds),
        "soak": lambda measured: soak.measure(measured["knee"]["per_second"], options.soak_minutes),
        "replica": lambda _: replica.cost(options.starts, options.seconds),
        "halves": lambda _: replica.halves(options.halves_rounds, options.seconds),
        "simulation": outlook.measure,
    }


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument(
        "--only", nargs="*", choices=list(parts(argparse.Namespace())), help="measure these alone; without a name, none"
    )
    parser.add_argument("--rounds", type=int, default=3, help="searches for the knee")
    parser.add_argument("--step-seconds", type=float, default=10, help="of each rate")
    parser.add_argument("--soak-minutes", type=float, default=10)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--halves-rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=10, help="of each load on containers")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args()


def write(path: Path, measured: Measured) -> None:
    """Write it whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


def main() -> None:
    """Measure, report, and say where k8s/base differs."""
    options = arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    path, page = options.output / "capacity.json", options.output / "capacity.md"
    measured: Measured = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    times = measured.get("machine", {}).get("measured_at", {})
    chosen = {name: part for name, part in parts(options).items() if options.only is None or name in options.only}
    if {"replica", "halves"} & chosen.keys():
        replica.build()
    for name, part in chosen.items():
        print(f"— {name}", flush=True)
        load = machine.load_average()
        measured[name] = part(measured)
        times[name] = f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC at a load average of {load}"
        measured["machine"] = {**machine.of_this_service(), "measured_at": times}
        write(path, measured)
    pictures.draw(measured, options.output)
    if page.exists():
        report.write_into(page, measured)
    print(report.tables(measured))
    if parts(options).keys() <= measured.keys():
        found = sizing.differences(sizing.derive(measured), sizing.in_manifests())
        print("\n".join(found) or "k8s/base has the values that follow from this.")


if __name__ == "__main__":
    main()
