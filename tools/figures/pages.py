"""Figures in Markdown pages: `<!-- figure NAME -->…<!-- /figure -->`. A rendered page does not show the markers.

NAME is either a key of `FIGURES`, or the path of a value in a measurement, with a format if needed:
`capacity.knee.per_second:,.0f` is `knee.per_second` in `docs/capacity.json` with a thousands separator.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.figures import accuracy, capacity, comparison, costs, experiments
from tools.figures.markdown import listed

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/*.md", "research/*.md")
MEASUREMENTS = ("model_store/digits.json", "docs/*.json", "research/*.json")

Measured = dict[str, Any]  # the name of a JSON file without its suffix → what the file holds

FIGURES: dict[str, Callable[[Measured], str]] = {
    "accuracy-summary": lambda measured: accuracy.summary(measured["digits"]),
    "accuracy": lambda measured: accuracy.table(measured["digits"]),
    "accuracy-by-digit": lambda measured: accuracy.by_digit(measured["digits"]),
    "accuracy-by-canvas": lambda measured: accuracy.by_canvas(measured["digits"]),
    "accuracy-by-picture": lambda measured: accuracy.by_picture(measured["digits"]),
    "accuracy-by-blank-picture": lambda measured: accuracy.by_blank_picture(measured["digits"]),
    "accuracy-by-no-digit": lambda measured: accuracy.by_no_digit(measured["digits"]),
    "accuracy-by-number": lambda measured: accuracy.by_number(measured["digits"]),
    "speed-summary": lambda measured: capacity.summary(measured["capacity"], measured["benchmarks"]),
    "knee": lambda measured: capacity.knee(measured["capacity"]["knee"]),
    "soak": lambda measured: capacity.soak(measured["capacity"]["soak"]),
    "start": lambda measured: capacity.start(measured["capacity"]["replica"]),
    "memory": lambda measured: capacity.memory(measured["capacity"]["replica"]),
    "comparison": lambda measured: comparison.ratios(measured["benchmarks"]["ratios"]),
    "comparison-throughput": lambda measured: comparison.throughput(measured["benchmarks"]["medians"]),
    "comparison-latency": lambda measured: comparison.latency(measured["benchmarks"]["medians"], constant_rate=False),
    "comparison-open-loop": lambda measured: comparison.latency(measured["benchmarks"]["medians"], constant_rate=True),
    "comparison-versions": lambda measured: listed(measured["benchmarks"]["versions"]),
    "machine": lambda measured: listed(measured["capacity"]["machine"]),
    "costs": lambda measured: costs.table(measured["costs"]["measurements"]),
    "ablation": lambda measured: experiments.table("training", measured["ablation"]),
    "piece-costs": lambda measured: experiments.weights(measured["piece_costs"]),
    "distillation": lambda measured: experiments.table("network", measured["distillation"]),
    "forward-pass": lambda measured: experiments.forward_pass(measured["forward_pass"]),
}

SPAN = re.compile(r"(<!-- figure (.+?) -->).*?(<!-- /figure -->)", re.DOTALL)


def write_all() -> dict[Path, str]:
    """Return every page's text with its figures as measured.

    Raises:
        LookupError: A marker names nothing.
    """
    measured = load()
    texts = {}
    for page in (page for pattern in PAGES for page in sorted(ROOT.glob(pattern))):
        try:
            texts[page] = write(page.read_text(encoding="utf-8"), measured)
        except LookupError as error:
            raise LookupError(f"{page.relative_to(ROOT)}: {error.args[0]}") from error
    return texts


def load() -> Measured:
    """Read all measurements."""
    files = (file for pattern in MEASUREMENTS for file in ROOT.glob(pattern))
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def write(text: str, measured: Measured) -> str:
    """Return a page's text with every marked figure as measured."""
    return SPAN.sub(lambda span: f"{span[1]}{figure(span[2], measured)}{span[3]}", text)


def figure(name: str, measured: Measured) -> str:
    """Return a figure; a table stands on lines of its own.

    Raises:
        LookupError: There is no such figure or value.
    """
    if name in FIGURES:
        text = FIGURES[name](measured)
        return f"\n{text}\n" if "\n" in text else text
    path, _, form = name.partition(":")
    value: Any = measured
    try:
        for key in path.split("."):
            value = value[int(key) if isinstance(value, list) else key]
    except (LookupError, ValueError, TypeError) as error:
        raise LookupError(f"no figure and no measured value is called {name!r}") from error
    return format(value, form)
