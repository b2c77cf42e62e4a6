"""Kubernetes' HorizontalPodAutoscaler (autoscaling/v2) on the CPU's AverageValue, as its controller works."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

SYNC_S = 15  # --horizontal-pod-autoscaler-sync-period


@dataclass(frozen=True)
class Policy:
    """How many pods may come or go within a period, as a number or in percent of those at its begin."""

    kind: Literal["Percent", "Pods"]
    value: int
    period_s: int


@dataclass(frozen=True)
class Rules:
    """How fast one direction may go; of several policies the one that allows most counts (selectPolicy Max)."""

    policies: tuple[Policy, ...]
    stabilization_s: int


UP = Rules((Policy("Percent", 100, 15), Policy("Pods", 4, 15)), 0)  # Kubernetes' defaults
DOWN = Rules((Policy("Percent", 100, 15),), 300)


@dataclass(frozen=True)
class Settings:
    """A HorizontalPodAutoscaler.

    Attributes:
        target_cores: CPU that a pod shall use on average.
        tolerance: Share by which the average may differ before anything is done.
    """

    target_cores: float
    min_replicas: int
    max_replicas: int
    up: Rules = UP
    down: Rules = DOWN
    tolerance: float = 0.1

    @classmethod
    def from_manifest(cls, manifest: dict[str, Any]) -> "Settings":
        """Read a manifest whose only metric is the CPU's AverageValue."""
        spec = manifest["spec"]
        [metric] = spec["metrics"]
        behavior = spec.get("behavior", {})
        return cls(
            cores(metric["resource"]["target"]["averageValue"]),
            spec["minReplicas"],
            spec["maxReplicas"],
            _rules(behavior.get("scaleUp"), UP),
            _rules(behavior.get("scaleDown"), DOWN),
        )

    def behavior(self) -> dict[str, Any]:
        """Return what a manifest says of both directions."""
        return {
            name: {
                "stabilizationWindowSeconds": rules.stabilization_s,
                "policies": [
                    {"type": policy.kind, "value": policy.value, "periodSeconds": policy.period_s}
                    for policy in rules.policies
                ],
            }
            for name, rules in (("scaleUp", self.up), ("scaleDown", self.down))
        }


def cores(quantity: str) -> float:
    """Read a quantity of CPU: "650m" or "2"."""
    return float(quantity[:-1]) / 1000 if quantity.endswith("m") else float(quantity)


def _rules(described: dict[str, Any] | None, default: Rules) -> Rules:
    if described is None:
        return default
    policies = tuple(Policy(x["type"], x["value"], x["periodSeconds"]) for x in described.get("policies", []))
    return Rules(policies or default.policies, described.get("stabilizationWindowSeconds", default.stabilization_s))


@dataclass(frozen=True)
class Seen:
    """What the autoscaler sees of the pods.

    Attributes:
        ready: Pods that count, each with a sample of its CPU.
        mean_cores: The mean of these samples.
        unready: Pods that start, or are ready for less than a sample's window: their samples are not looked at.
        missing: Pods without a sample.
    """

    ready: int
    mean_cores: float
    unready: int = 0
    missing: int = 0


def wanted(settings: Settings, replicas: int, seen: Seen) -> int:
    """Return how many replicas would bring the average to the target, before limits and rates.

    Args:
        settings: The autoscaler.
        replicas: As many as the deployment is told to have.
        seen: The pods.
    """
    if seen.ready == 0:
        return replicas  # no sample that counts: the controller leaves everything as it is
    ratio = seen.mean_cores / settings.target_cores
    idle = seen.unready if ratio > 1 else 0
    if not idle and not seen.missing:
        return replicas if abs(1 - ratio) <= settings.tolerance else _ceil(ratio * seen.ready)
    # The careful guess: who is not known idles when more are wanted, and is on target when fewer are.
    guessed = seen.missing if ratio < 1 else 0.0
    pods = seen.ready + seen.missing + idle
    careful = (ratio * seen.ready + guessed) / pods
    if abs(1 - careful) <= settings.tolerance or ratio < 1 < careful or careful < 1 < ratio:
        return replicas
    count = _ceil(careful * pods)
    turns = count > replicas if careful < 1 else count < replicas
    return replicas if turns else count


def _ceil(value: float) -> int:
    return math.ceil(round(value, 9))  # 3 × 1.1 / 1.1 is 3, whatever the last bit says


class Highest:
    """The highest of the values that were noted within a window."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._falling: deque[tuple[float, int]] = deque()  # when and what; a value ends the lower ones before it

    def note(self, now_s: float, value: int) -> int:
        """Add a value and return the highest that is younger than the window, this one included."""
        while self._falling and self._falling[-1][1] <= value:
            self._falling.pop()
        self._falling.append((now_s, value))
        while self._falling[0][0] != now_s and now_s - self._falling[0][0] >= self._window_s:
            self._falling.popleft()
        return self._falling[0][1]


class Autoscaler:
    """The controller with its memory: what it has recommended and done lately."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._most_lately = Highest(settings.down.stabilization_s)
        self._least_lately = Highest(settings.up.stabilization_s)  # of the recommendations with a minus
        self._changes: deque[tuple[float, int]] = deque()
        self._longest_period_s = max(policy.period_s for policy in settings.up.policies + settings.down.policies)

    def sync(self, now_s: float, replicas: int, seen: Seen) -> int:
        """Return the new number of replicas; to be called every SYNC_S seconds."""
        while self._changes and now_s - self._changes[0][0] >= self._longest_period_s:
            self._changes.popleft()
        recommendation = wanted(self._settings, replicas, seen)
        # Up to the least, and down to the most, of what was recommended within the direction's window.
        least, most = -self._least_lately.note(now_s, -recommendation), self._most_lately.note(now_s, recommendation)
        stable = min(max(replicas, least), most)
        limited = min(max(stable, self._fewest(now_s, replicas)), self._most(now_s, replicas))
        result = min(max(limited, self._settings.min_replicas), self._settings.max_replicas)
        if result != replicas:
            self._changes.append((now_s, result - replicas))
        return result

    def _most(self, now_s: float, replicas: int) -> int:
        return max(
            replicas,
            *(
                began + policy.value if policy.kind == "Pods" else _ceil(began * (1 + policy.value / 100))
                for policy, began in self._begun(now_s, replicas, self._settings.up)
            ),
        )

    def _fewest(self, now_s: float, replicas: int) -> int:
        return min(
            replicas,
            *(
                began - policy.value if policy.kind == "Pods" else int(began * (1 - policy.value / 100))
                for policy, began in self._begun(now_s, replicas, self._settings.down)
            ),
        )

    def _begun(self, now_s: float, replicas: int, rules: Rules) -> Iterator[tuple[Policy, int]]:
        """Yield each policy with the number of replicas at the begin of its period."""
        for policy in rules.policies:
            lately = sum(change for time, change in self._changes if now_s - time < policy.period_s)
            yield policy, replicas - lately
