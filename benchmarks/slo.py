"""The service level that a load test must find, or fail."""

import os
from dataclasses import dataclass, fields

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

    def breaches(self, stats: RequestStats, single: StatsEntry) -> list[str]:
        """Compare a finished test with the level.

        Args:
            stats: Everything that was measured.
            single: The part of it that answered people.

        Returns:
            What was missed, in words; empty if all was met. A test without requests has met nothing.
        """
        if single.num_requests == 0:
            return ["no single recognition was asked for"]
        missed = []
        if stats.total.fail_ratio > self.failure_ratio:
            missed.append(f"{stats.total.fail_ratio:.2%} of the requests failed, {self.failure_ratio:.2%} may")
        for percent, limit in ((50, self.p50_ms), (95, self.p95_ms), (99, self.p99_ms)):
            measured = single.get_response_time_percentile(percent / 100)
            if measured > limit:
                missed.append(f"p{percent} is {measured:.0f} ms, {limit:.0f} ms are allowed")
        return missed
