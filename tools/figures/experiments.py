"""Experiments on the training, from research/*.json."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from tools.figures.markdown import listed, share
from tools.figures.markdown import table as markdown_table

COLUMNS = {
    "mnist": "MNIST",
    "drawn": "drawn",
    "pen_6": "pen 6 px",
    "pen_28": "pen 28 px",
    "small": "small",
    "auroc_reject": "AUROC",
    "auroc_energy": "by energy",
    "half_wrong_sure": "half-drawn",
}


def table(subject: str, measured: Mapping[str, Any]) -> str:
    """Return one row for each variant; of several networks, their means.

    Args:
        subject: What the variants are.
        measured: Variant → its figures, or a list of them.
    """
    rows = []
    for name, figures in measured.items():
        networks: Sequence[Mapping[str, float]] = figures if isinstance(figures, list) else [figures]
        title = f"{name} (n = {len(networks)})" if len(networks) > 1 else name
        rows.append((title, *(f"{mean(network[key] for network in networks):.2f}" for key in COLUMNS)))
    return markdown_table((subject, *COLUMNS.values()), rows)


def weights(measured: Mapping[str, Any]) -> str:
    """Return one row for each set of weights of a number's pieces.

    Args:
        measured: Set → its weights, and how numbers are read with them.
    """
    rows = [
        (
            name,
            share(part["whole"]),
            f"{part['mean_share']:.2f}%",
            part["whole"]["n"],
            listed(part["weights"]),
        )
        for name, part in measured.items()
    ]
    return markdown_table(("weights", "read whole", "mean share of the reading", "n", "values"), rows)


def forward_pass(measured: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Return one row for each variant of the forward pass; costs are ratios to the first variant.

    Args:
        measured: Vector instructions → variant → its figures.
    """
    titles = {"cold": "one, cold", "1": "one, warm", "32": "32", "256": "256"}
    columns = [(instructions, key) for instructions in sorted(measured) for key in titles]
    variants = measured[columns[0][0]]
    first = next(iter(variants))

    def ratio(name: str, instructions: str, key: str) -> str:
        costs = measured[instructions]
        return f"{costs[name][key] / costs[first][key]:.2f}" if name in costs else "–"

    rows = []
    for name, figures in variants.items():
        size = f"{figures['multiplications'] / 1e6:.2f} M" if "multiplications" in figures else "–"
        rows.append((name, size, *(ratio(name, *column) for column in columns)))
    heads = [f"{instructions}: {titles[key]}" for instructions, key in columns]
    return markdown_table(("variant", "multiplications", *heads), rows)
