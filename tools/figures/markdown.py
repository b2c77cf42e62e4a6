"""Tables in Markdown, and how numbers are written in them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def share(measured: Mapping[str, float]) -> str:
    """Return a measured share with its 95% interval."""
    return f"{measured['percent']:.2f}% ({measured['low']:.2f}–{measured['high']:.2f})"


def listed(values: Mapping[str, Any]) -> str:
    """Return names and values in a row."""
    return ", ".join(f"{name} {value}" for name, value in values.items())
