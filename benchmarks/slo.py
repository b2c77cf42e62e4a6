"""The service level that a load test must find, or fail."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing locust replaces Python's sockets and threads
    from locust.stats import RequestStats, StatsEntry


@dataclass(frozen=True)
class ServiceLevel:
    """The most that is tolerated; times in milliseconds are of single recognitions, the failures of all requests.

    The environment overrides each: SLO_P99_MS=200.
    """

    failure_ratio: float = 0.001
    p50_ms: float = 50
    p95_ms: float = 150
    p99_ms: float = 300

    @classmethod
    def from_environment(cls) -> "ServiceLevel":
        """Read what is set."""
        names = {field.name: f"SLO_{field.name.upper()}" for field in fields(cls)}
        return cls(**{name: float(os.environ[key]) for name, key in names.items() if key in os.environ})

    def breaches(self, stats: "RequestStats", single: "StatsEntry") -> list[str]:
        """Compare a finished test with the level.

        Args:
            stats: Everything that was measured.
            single: The part of it that answered people.

        Returns:
            What was missed, in words; empty if all was met. A test without requests has met nothing.
        """
        if single.num_requests == 0:
            return ["no single recognition was asked for"]
        times_ms = {percent: single.get_response_time_percentile(percent / 100) for percent in (50, 95, 99)}
        return self.missed(stats.total.fail_ratio, times_ms)

    def missed(self, failure_ratio: float, times_ms: Mapping[int, float]) -> list[str]:
        """Compare figures with the level.

        Args:
            failure_ratio: Failed of all requests.
            times_ms: By percentile: 50, 95 and 99.

        Returns:
            What was missed, in words.
        """
        missed = []
        if failure_ratio > self.failure_ratio:
            missed.append(f"{failure_ratio:.2%} of the requests failed, {self.failure_ratio:.2%} may")
        for percent, limit in ((50, self.p50_ms), (95, self.p95_ms), (99, self.p99_ms)):
            if times_ms[percent] > limit:
                missed.append(f"p{percent} is {times_ms[percent]:.0f} ms, {limit:.0f} ms are allowed")
        return missed
