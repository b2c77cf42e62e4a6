"""Measurements → the tables of docs/capacity.md."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.capacity import sizing
from benchmarks.capacity.sweep import CROWD_LOST_SHARE, LOST_SHARE

Measured = dict[str, Any]
BEGIN, END = "<!-- measured: `make capacity` writes what stands between these lines -->\n", "<!-- /measured -->\n"
AXES = {
    "target": "target, of the CPU at the knee",
    "floor": "minReplicas, of what the peak needs",
    "up": "scale up by",
    "up_window_s": "… after s",
    "down": "scale down by",
    "down_window_s": "… after s",
}


def tables(measured: Measured) -> str:
    """Return every table for which there are figures, as Markdown."""
    parts: dict[str, Callable[[Measured], str]] = {
        "knee": _knee,
        "soak": _soak,
        "replica": _replica,
        "halves": _halves,
        "simulation": _simulation,
    }
    found = [_about(measured["machine"]), *(table(measured[name]) for name, table in parts.items() if name in measured)]
    if parts.keys() <= measured.keys():
        found.append(_values(sizing.derive(measured)))
    return "\n\n".join(found) + "\n"


def write_into(page: Path, measured: Measured) -> None:
    """Put the tables into a page, in the place of those that stand there."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{tables(measured)}\n{END}{rest.split(END)[1]}", encoding="utf-8")


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _about(machine: dict[str, Any]) -> str:
    said = ", ".join(f"{name} {value}" for name, value in machine.items() if name != "measured_at")
    times = ", ".join(f"{phase} {when}" for phase, when in machine.get("measured_at", {}).items())
    return f"Machine: {said}. Measured: {times}."


def _knee(knee: Measured) -> str:
    cores, mib, rounds = knee["cores"], knee["mib"], knee["per_second_of_the_rounds"]
    spread = f"{min(rounds):.0f}–{max(rounds):.0f} , n = {len(rounds)}, steps of {knee['step_seconds']:g} s"
    rows = [
        ("requests a second within the service level", f"**{knee['per_second']:.0f}** ({spread})"),
        ("p50, p99 at that rate", f"{knee['p50_ms']} ms, {knee['p99_ms']} ms"),
        ("CPU of the replica: worker + front end", f"{cores['worker']:.2f} + {cores['front end']:.2f} cores"),
        ("CPU of nginx; of the load's own client", f"{cores['nginx']:.2f}; {cores['client']:.2f} cores"),
        ("requests a second a core (replica and nginx)", f"**{knee['per_second_a_core']:.0f}**"),
        ("memory of the replica: worker + front end", f"{mib['worker']:.0f} + {mib['front end']:.0f} MiB"),
        ("memory of nginx", f"{mib['nginx']:.0f} MiB"),
    ]
    return "**The knee of one replica**\n\n" + _table(("", "measured"), rows)


def _soak(soak: Measured) -> str:
    verdict = "flat" if soak["is_flat"] else "**not flat**"
    kept = "kept" if not soak["missed"] else f"missed: {'; '.join(soak['missed'])}"
    rows = [
        ("load", f"{soak['per_second']:.0f} requests a second for {soak['minutes']:g} min"),
        ("answered; failed", f"{soak['answered']}; {soak['errors']}"),
        ("p50, p99", f"{soak['p50_ms']} ms, {soak['p99_ms']} ms; the service level was {kept}"),
        ("most memory of the replica", f"{soak['most_mib']:.0f} MiB"),
        ("slope, once warm", f"{soak['slope_mib_an_hour']:+.1f} MiB an hour: {verdict}"),
    ]
    return "**Soak**\n\n" + _table(("", "measured"), rows)


def _replica(replica: Measured) -> str:
    start, each = replica["start_s"], replica["start_s_each"]
    phases = ", ".join(f"{name} {seconds:.1f}" for name, seconds in start.items() if name != "all")
    head = (
        f"**A replica at one CPU** (`docker run --cpus 1`): ready after **{start['all']:.1f} s** "
        f"({min(each):.1f}–{max(each):.1f}, n = {replica['starts']}; at most 20 wanted): {phases}."
    )
    worker = _table(
        ("a worker's start, step by step", "s", "MiB"),
        [(step["name"], f"{step['seconds']:.2f}", f"{step['mib']:.0f}") for step in replica["worker"]]
        + [["all"] + [f"{sum(step[key] for step in replica['worker']):.1f}" for key in ("seconds", "mib")]],
    )
    kinds = {"worker": "worker", "front end": "front end", "all": "both", "working set": "the container's working set"}
    memory = _table(
        ("resident MiB (at most 450 wanted under drawings)", *kinds.values()),
        [(load, *(f"{mib[kind]:.0f}" for kind in kinds)) for load, mib in replica["mib"].items()],
    )
    return "\n\n".join((head, worker, memory))


def _halves(halves: Measured) -> str:
    ratios = halves["ratios"]
    return (
        f"**Two replicas at half a CPU each ÷ one at half a CPU**, behind one nginx, n = {halves['rounds']} rounds in "
        f"turns, {halves['seconds']:g} s each: **{halves['ratio']:.2f}** "
        f"({min(ratios):.2f}–{max(ratios):.2f}; at least 1.8 wanted)."
    )


def _simulation(simulation: Measured) -> str:
    replica = simulation["replica"]
    parts = [
        f"**Simulation**: a replica answers {replica['per_second']:.0f} requests a second with "
        f"{replica['busy_cores']:.2f} cores, {replica['start_s']} s after the autoscaler asked for it; "
        f"{replica['queue']} requests wait in it."
    ]
    for name in ("base", "million"):
        parts += _case(simulation[name])
    deployed = simulation["deployed"]
    parts.append(f"k8s/base as it stood, at the small peak: {_outcome(deployed)}.")
    return "\n\n".join(parts)


def _outcome(result: Measured) -> str:
    return (
        f"{result['day_cpu_hours']:,.0f} CPU-hours a day, of whose requests {result['day_lost_share']:.3%} are lost; "
        f"{result['crowd_lost_share']:.2%} of a crowd's"
    )


def _case(case: Measured) -> list[str]:
    best = case["best"]
    choice = best["choice"]
    head = (
        f"**A peak of {case['peak']:,.0f} requests a second**, {case['combinations']} combinations of settings. Best "
        f"(cheap, with at most {LOST_SHARE:.1%} of the day's requests lost, and {CROWD_LOST_SHARE:.0%} of a crowd's): "
        f"target {choice['target']:.0%}, minReplicas {best['min_replicas']}, up {choice['up']} after "
        f"{choice['up_window_s']} s, down {choice['down']} after {choice['down_window_s']} s: {_outcome(best)}; "
        f"at most {best['most_replicas']} replicas on the day."
    )
    rows = [
        (
            AXES[near["axis"]],
            f"**{near['choice'][near['axis']]}**" if near["choice"] == choice else near["choice"][near["axis"]],
            f"{near['day_cpu_hours']:,.0f}",
            f"{near['day_lost_share']:.3%}",
            f"{near['crowd_lost_share']:.2%}",
        )
        for near in case["neighbours"]
        if [other["axis"] for other in case["neighbours"]].count(near["axis"]) > 1
    ]
    head_of_table = ("one setting changed", "to", "CPU-hours a day", "lost on the day", "lost of a crowd")
    starts = ", ".join(f"{start['start_s']} s: {start['crowd_lost_share']:.2%}" for start in case["starts"])
    return [head, _table(head_of_table, rows), f"Lost of a crowd by the time that a replica takes to answer: {starts}."]


def _values(derived: Measured) -> str:
    rows = []
    for service, values in derived.items():
        for kind in ("requests", "limits"):
            rows += [(service, f"{what}, {kind}", value) for what, value in values.get(kind, {}).items()]
        rows.append((service, "HPA target", values["averageValue"]))
        for direction, rules in values.get("behavior", {}).items():
            step = " or ".join(f"{x['value']} {x['type']} in {x['periodSeconds']} s" for x in rules["policies"])
            rows.append((service, direction, f"{step}, after {rules['stabilizationWindowSeconds']} s"))
    return "**What k8s/base asks for**\n\n" + _table(("", "", "value"), rows)
