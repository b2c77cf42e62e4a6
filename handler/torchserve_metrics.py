"""Counts for Prometheus, through TorchServe, which serves those that torchserve/metrics.yaml declares."""

import logging
import time
from bisect import bisect_left
from collections import Counter
from typing import Any

from ts.metrics.metric_type_enum import MetricTypes

from handler.observations import BINS, Observations

FLUSH_SECONDS = 5.0
BATCHES = (1, 2, 4, 8, 16)  # upper bounds of the bins of batch sizes; one more is for larger ones


class TorchServeMetrics:
    """Sends what was counted since the last time, at most every `FLUSH_SECONDS`.

    Each count is a line on the worker's output that TorchServe's Java side parses, which is too slow for each picture.

    Args:
        cache: TorchServe's metrics of this worker, `context.metrics`.
    """

    def __init__(self, cache: Any) -> None:
        self._pictures = cache.get_metric("digits_pictures_total", MetricTypes.COUNTER)
        self._batches = cache.get_metric("digits_batches_total", MetricTypes.COUNTER)
        self._sizes: Counter[str] = Counter()
        self._flushed = time.monotonic()
        # Prometheus misses the first value of a counter that is not zero.
        self._send({(name, label): 0 for name, labels in BINS.items() for label in labels}, dict.fromkeys(_SIZES, 0))

    def update(self, observations: Observations, batch_size: int) -> None:
        """Count a batch of `batch_size` requests, 0 for one of probes, and send the counts if it is time."""
        if batch_size:
            self._sizes[_SIZES[bisect_left(BATCHES, batch_size)]] += 1
        now = time.monotonic()
        if now - self._flushed >= FLUSH_SECONDS:
            self._flushed = now
            sizes, self._sizes = dict(self._sizes), Counter()
            self._send(observations.take(), sizes)

    def _send(self, pictures: dict[tuple[str, str], int], sizes: dict[str, int]) -> None:
        _LINES.setLevel(logging.INFO)
        for labels, count in pictures.items():
            self._pictures.add_or_update(count, list(labels))
        for label, count in sizes.items():
            self._batches.add_or_update(count, [label])
        _LINES.setLevel(logging.WARNING)  # or TorchServe would write a metric of its own for every batch


_SIZES = (*map(str, BATCHES), "inf")
_LINES = logging.getLogger("ts.metrics.caching_metric")
