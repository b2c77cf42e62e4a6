"""Measurements → tables, ratios and pictures."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

Record = dict[str, Any]
OURS = "this service"
PEERS = ("FastAPI, 1 worker", "FastAPI, 2 workers", "LitServe", "BentoML")
WORK_CLIENTS = (("page", 1), ("page", 8), ("page", 32), ("page", 64), ("canvas 280", 32))
BATCH_WORK = (("batch of 32", 1), ("batch of 256", 1))


def line(record: Record) -> str:
    """Return a measurement for the eye, while it runs."""
    load = f"{record['rate']}/s" if "rate" in record else f"{record['clients']} clients"
    times = f"p50 {record['p50_ms']:8.2f} ms  p99 {record['p99_ms']:8.2f} ms" if "p50_ms" in record else ""
    errors = f"  {record['errors']} errors" if record.get("errors") else ""
    where = f"round {record['round'] + 1}  {record['work']:13}{load:>11}"
    return f"{where}  {record['server']:30}{record['per_second']:8.1f}/s  {times}{errors}"


def tables(about: Record, records: Sequence[Record]) -> str:
    """Return everything that the documentation quotes, as Markdown."""
    said = ", ".join(f"{key} {value}" for key, value in about.items())
    parts = [said, _ratios(records)]
    parts.append(_table("Requests a second (smallest to largest of the rounds)", records, WORK_CLIENTS, _rate))
    parts.append(_table("p50 / p99 in ms", records, WORK_CLIENTS, _times))
    parts.append(_table("Batches a second (smallest to largest of the rounds)", records, BATCH_WORK, _rate))
    rates = sorted({record["rate"] for record in records if "rate" in record})
    load = [("page", rate) for rate in rates]
    parts.append(_table("Constant arrival rate: p50 / p99 in ms", records, load, _times, by="rate"))
    return "\n\n".join(parts) + "\n"


def _values(records: Sequence[Record], figure: str, server: str, work: str, load: int, by: str) -> list[float]:
    """Return a figure of each round."""
    return [r[figure] for r in records if (r["server"], r["work"], r.get(by)) == (server, work, load) and figure in r]


def _rate(records: Sequence[Record], server: str, work: str, load: int, by: str) -> str:
    found = _values(records, "per_second", server, work, load, by)
    digits = 0 if found and min(found) > 100 else 1
    return f"{median(found):.{digits}f} ({min(found):.{digits}f}–{max(found):.{digits}f})" if found else "–"


def _times(records: Sequence[Record], server: str, work: str, load: int, by: str) -> str:
    p50, p99 = (_values(records, figure, server, work, load, by) for figure in ("p50_ms", "p99_ms"))
    if not p50:
        return "–"
    unanswered = sum(_values(records, "errors", server, work, load, by))
    return f"{median(p50):.1f} / {median(p99):.1f}" + (f", {unanswered} failed" if unanswered else "")


def _table(
    title: str,
    records: Sequence[Record],
    columns: Sequence[tuple[str, int]],
    cell: Callable[[Sequence[Record], str, str, int, str], str],
    by: str = "clients",
) -> str:
    unit = "/s" if by == "rate" else " clients"
    heads = [f"{work}, {load}{unit if load != 1 or by == 'rate' else ' client'}" for work, load in columns]
    rows = [f"**{title}**", "", f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(columns)}"]
    for server in dict.fromkeys(record["server"] for record in records):
        cells = [cell(records, server, work, load, by) for work, load in columns]
        if set(cells) != {"–"}:
            rows.append(f"| {server} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _ratios(records: Sequence[Record]) -> str:
    """Compare this service with each other one, round by round."""
    present = {record["server"] for record in records}
    peers = [name for name in PEERS if name in present]
    # What is compared, of which work with how many clients, with which others; whether more of it is better.
    wanted: list[tuple[str, str, str, int, list[str], bool]] = [
        ("throughput ÷ TorchServe's ceiling", "per_second", "page", 32, ["TorchServe, constant answer"], True),
        ("throughput ÷ the best peer", "per_second", "page", 32, peers, True),
        ("p99 ÷ the best peer", "p99_ms", "page", 32, peers, False),
        ("p50 ÷ FastAPI", "p50_ms", "page", 1, ["FastAPI, 1 worker"], False),
        ("throughput ÷ TorchServe as its example", "per_second", "page", 32, ["TorchServe, as its example"], True),
        ("throughput ÷ Flask drawing Matplotlib", "per_second", "page", 8, ["Flask drawing Matplotlib"], True),
        ("images ÷ the core in-process", "per_second", "batch of 256", 1, ["the core in-process"], True),
    ]
    rows = ["| ratio | median of the rounds | smallest to largest |", "|---|---|---|"]
    for title, figure, work, clients, others, more_is_better in wanted:
        measured = {name: _values(records, figure, name, work, clients, "clients") for name in others}
        measured = {name: values for name, values in measured.items() if values}
        if not measured:
            continue
        best = (max if more_is_better else min)(measured, key=lambda name: median(measured[name]))
        pairs = zip(_values(records, figure, OURS, work, clients, "clients"), measured[best], strict=True)
        ratios = [mine / theirs for mine, theirs in pairs if theirs]
        if not ratios:
            continue
        named = f"{title} ({best})" if len(others) > 1 else title
        spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
        rows.append(f"| {work}, {clients} client{'s'[: clients > 1]}: {named} | {median(ratios):.2f} | {spread} |")
    return "\n".join(rows)


def draw(records: Sequence[Record], folder: Path) -> None:
    """Draw throughput and latency against load."""
    panels = [
        ("throughput.svg", "clients", "per_second", "requests a second"),
        ("latency.svg", "clients", "p99_ms", "p99 in ms, closed loop"),
        ("open-loop.svg", "rate", "p99_ms", "p99 in ms, from when a request was due"),
    ]
    for file, by, figure, label in panels:
        curves: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
        for record in records:
            if record["work"] == "page" and by in record:
                curves[record["server"]][record[by]].append(record[figure])
        plot, axes = plt.subplots(figsize=(8, 5))
        for index, (server, points) in enumerate(curves.items()):
            style: dict[str, Any] = {"linewidth": 3 if server == OURS else 1.2}
            medians = [median(values) for values in points.values()]
            axes.plot(list(points), medians, marker="o", markersize=4, color=f"C{index}", label=server, **style)
        axes.set(xscale="log", yscale="log", xlabel="clients" if by == "clients" else "requests a second", ylabel=label)
        ticks = sorted({load for points in curves.values() for load in points})
        axes.set_xticks(ticks, [str(tick) for tick in ticks], minor=False)
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
        plot.savefig(folder / file, bbox_inches="tight")
        plt.close(plot)
