"""nginx's metrics on one machine, counted from the access log.

In containers nginx counts itself and serves the same names (web/container/metrics.js); Debian 12's nginx is too old for
that.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from tools.run.settings import LOOPBACK

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
ROUTES = frozenset({"single", "number", "batch", "explanation", "tensor", "probe", "page"})
MAX_READ_BYTES = 16 << 20  # at once
PROBE_BYTES = 65536
BETWEEN_TRIES = re.compile(r", | : ")
# A line as web/nginx/access_log.conf has it. A parser of JSON takes six times as long, which slows requests down on a
# small machine. Clients cannot write such a line: nginx escapes quotes in what they send.
ENTRY = re.compile(
    rb'"route":"([a-z]+)","method":"[^"\n]*","uri":"[^"\\\n]*(?:\\.[^"\\\n]*)*","status":(\d{1,3}),"bytes":\d+,'
    rb'"seconds":(\d+\.\d+),"upstream":"([\x20!#-~]*)","upstream_status":"([\x20!#-~]*)"'
)


class AccessLog:
    """Counts the requests in a log of JSON lines, to which nginx appends and which rotation empties."""

    def __init__(self, path: Path) -> None:
        """Start at the current end of the log: an earlier run counted what is there."""
        self._path = path
        self._offset = path.stat().st_size if path.exists() else 0
        self.requests: Counter[tuple[str, str]] = Counter()  # (route, status)
        self.tries: Counter[tuple[str, str]] = Counter()  # (upstream, status)
        self.buckets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS_S) + 1))  # by route
        self.seconds: defaultdict[str, float] = defaultdict(float)  # by route

    def read(self) -> None:
        """Count the lines that are new and complete."""
        try:
            with self._path.open("rb") as file:
                self._read(file)
        except OSError:
            return  # no log yet

    def _read(self, file: BinaryIO) -> None:
        if file.seek(0, 2) < self._offset:
            self._offset = 0  # rotated
        file.seek(self._offset)
        data = file.read(MAX_READ_BYTES)
        complete = data.rfind(b"\n") + 1
        if not complete and len(data) == MAX_READ_BYTES:
            complete = len(data)  # not a log of nginx: skip it
        self._offset += complete
        for found, count in Counter(ENTRY.findall(data, 0, complete)).items():
            self._count([field.decode() for field in found], count)

    def _count(self, entry: list[str], count: int) -> None:
        """Count requests whose entries are equal in all that is counted."""
        route, code, duration, upstreams, codes = entry
        if route not in ROUTES:
            return
        seconds = float(duration)
        self.requests[route, code.zfill(3)] += count
        self.seconds[route] += seconds * count
        self.buckets[route][bisect_left(BUCKETS_S, seconds)] += count
        for tried in zip(_tries(upstreams), _tries(codes), strict=False):
            self.tries[tried] += count


def _tries(field: str) -> list[str]:
    """Return the values of nginx's variable of an upstream: one for each server that was tried."""
    return BETWEEN_TRIES.split(field) if field else []


class NginxMetrics(Collector):
    """What is served: the counts of the access log, and whether logs can be written."""

    def __init__(self, log: AccessLog, run_dir: Path) -> None:
        self._log, self._run_dir = log, run_dir

    def collect(self) -> Iterator[Metric]:
        """Return the metrics; the names are those of web/container."""
        requests = CounterMetricFamily("digits_requests", "Requests by route and status.", labels=["route", "status"])
        for labels, count in sorted(self._log.requests.items()):
            requests.add_metric(labels, count)
        yield requests
        durations = HistogramMetricFamily(
            "digits_request_duration_seconds",
            "Time from the first byte of the request to the last byte of the response, by route.",
            labels=["route"],
        )
        bounds = [*map(str, map(float, BUCKETS_S)), "+Inf"]
        for route, counts in sorted(self._log.buckets.items()):
            durations.add_metric([route], list(zip(bounds, accumulate(counts), strict=True)), self._log.seconds[route])
        yield durations
        tries = CounterMetricFamily(
            "digits_upstream_responses", "Responses of upstreams, one for each try.", labels=["upstream", "status"]
        )
        for labels, count in sorted(self._log.tries.items()):
            tries.add_metric(labels, count)
        yield tries
        writable = GaugeMetricFamily("digits_disk_writable", "Whether nginx can write to its folder.")
        writable.add_metric([], is_writable(self._run_dir))
        yield writable


def is_writable(folder: Path) -> bool:
    """Whether there is room for a small file."""
    probe = folder / "probe"
    try:
        probe.write_bytes(b"\0" * PROBE_BYTES)
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def serve_metrics(log: AccessLog, run_dir: Path, port: int) -> None:
    """Serve the metrics on a port of loopback, in threads."""
    registry = CollectorRegistry()
    registry.register(NginxMetrics(log, run_dir))
    start_http_server(port, LOOPBACK, registry)
