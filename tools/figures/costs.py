"""The CPU time of one request, from docs/costs.json."""

from collections.abc import Sequence
from typing import Any

from tools.figures.markdown import table as markdown_table


def table(records: Sequence[dict[str, Any]]) -> str:
    """Return the CPU microseconds of one request, by process."""
    rows = [
        (
            record["server"],
            record["clients"],
            f"{sum(record['cpu_us'].values()):.0f}",
            ", ".join(f"{process} {used:.0f}" for process, used in record["cpu_us"].items()),
        )
        for record in records
    ]
    return markdown_table(("server", "clients", "CPU µs per request", "by process"), rows)
