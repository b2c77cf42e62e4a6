"""TorchServe serves what the handler counts of the pictures that it sees."""

import re

import requests

from handler.torchserve_metrics import FLUSH_SECONDS
from tests import drawings
from tests.integration.api import SINGLE, post
from tests.waiting import wait_until
from tools.stack import Stack

SAMPLE = re.compile(r'^(digits_\w+){(?:property="(\w+)",)?bin="([\w.]+)",Hostname="[^"]*",?} ([\d.]+)$', re.MULTILINE)


def counts(stack: Stack) -> dict[tuple[str, str, str], float]:
    """Return the handler's counters by name, property and bin."""
    text = requests.get(f"http://127.0.0.1:{stack.ports['METRICS_PORT']}/metrics", timeout=10).text
    found = SAMPLE.findall(text)
    assert text.count("\ndigits_") == len(found)  # no other labels
    return {(name, property_, label): float(value) for name, property_, label, value in found}


def test_pictures_and_batches_are_counted_by_bin_and_soon(stack: Stack) -> None:
    before = counts(stack)
    assert ("digits_pictures_total", "confidence", "inf") in before
    for _ in range(20):
        post(stack, SINGLE, drawings.seven())
    post(stack, SINGLE, drawings.blank())

    def grown(name: str, property_: str, label: str) -> float:
        return counts(stack)[name, property_, label] - before[name, property_, label]

    def are_counted() -> bool:
        assert requests.get(f"{stack.url}/readyz", timeout=10).ok  # a probe or a request sends what was counted before
        counted = [
            ("digits_pictures_total", "digit", "7"),
            ("digits_pictures_total", "path", "plain"),
            ("digits_batches_total", "", "1"),
        ]
        # Each worker sends in its own time, and what other tests drew before is still to be sent, too.
        return all(grown(*counter) >= 20 for counter in counted)

    wait_until(are_counted, timeout_s=4 * FLUSH_SECONDS)
