"""A deployment under traffic, second by second: requests are a fluid, replicas come when the autoscaler says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.capacity.autoscaler import SYNC_S, Autoscaler, Seen, Settings

SAMPLE_S = 15  # metrics-server's resolution: a sample is the mean of so many seconds, and is that old when it is used
LEAVING_S = 40  # a replica that leaves serves what it holds, in preStop and until TorchServe has ended


@dataclass(frozen=True)
class Replica:
    """What one replica is, as measured.

    Attributes:
        per_second: Requests that it answers within the service level.
        busy_cores: CPU that it uses then.
        requested_cores: CPU that is kept for it: its request.
        start_s: Seconds from when it is asked for until it answers.
        queue: Requests that wait in it; what comes on top gets a 503.
    """

    per_second: float
    busy_cores: float
    requested_cores: float
    start_s: int
    queue: int


@dataclass
class Outcome:
    """What came of it.

    Attributes:
        arrived: Requests.
        lost: Those that found every queue full.
        cpu_hours: What was kept for the replicas, from their begin to their end.
        most: Replicas at once.
        replicas: That were ready, at each sync.
        losses: Requests lost between syncs.
    """

    arrived: float = 0.0
    lost: float = 0.0
    cpu_hours: float = 0.0
    most: int = 0
    replicas: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)

    @property
    def lost_share(self) -> float:
        """Lost of arrived."""
        return self.lost / self.arrived if self.arrived else 0.0


class Deployment:
    """Pods by when they were asked for: those that answer, and those that start."""

    def __init__(self, replicas: int, start_s: int) -> None:
        self._start_s = start_s
        self.old = replicas  # ready for more than a sample's window
        self._young: list[tuple[int, int]] = []  # when they were asked for, how many

    @property
    def count(self) -> int:
        """All of them."""
        return self.old + sum(count for _, count in self._young)

    def ready(self, now_s: int) -> int:
        """Those that answer."""
        if not self._young:
            return self.old
        return self.old + sum(count for began, count in self._young if now_s - began >= self._start_s)

    def seen(self, now_s: int, mean_cores: float) -> Seen:
        """Those that answer and have a sample, those that start, and those of which nothing is known yet."""
        grown = [pod for pod in self._young if now_s - pod[0] >= self._start_s + SAMPLE_S]
        self.old += sum(count for _, count in grown)
        self._young = self._young[len(grown) :]
        missing = sum(count for began, count in self._young if now_s - began < 2 * SAMPLE_S)
        return Seen(self.old, mean_cores, self.count - self.old - missing, missing)

    def scale(self, now_s: int, replicas: int) -> None:
        """Ask for more, or let some go: those that do not answer yet first, then the newest."""
        surplus = self.count - replicas
        if surplus < 0:
            self._young.append((now_s, -surplus))
        while surplus > 0 and self._young:
            began, count = self._young.pop()
            if count > surplus:
                self._young.append((began, count - surplus))
            surplus -= min(count, surplus)
        self.old -= max(surplus, 0)


def _serve(
    arrivals: Sequence[float], ready: Sequence[int], waiting: float, replica: Replica
) -> tuple[float, float, float]:
    """Return how many requests are answered and lost in some seconds, and how many wait after them."""
    if not waiting and max(arrivals) <= min(ready) * replica.per_second:
        return sum(arrivals), 0.0, 0.0
    served = lost = 0.0
    for arriving, replicas in zip(arrivals, ready, strict=True):
        waiting += arriving
        done = min(waiting, replicas * replica.per_second)
        turned_away = max(0.0, waiting - done - replicas * replica.queue)
        waiting -= done + turned_away
        served, lost = served + done, lost + turned_away
    return served, lost, waiting


def simulate(arrivals: Iterable[float], replica: Replica, settings: Settings, replicas: int | None = None) -> Outcome:
    """Run traffic through a deployment that one autoscaler watches.

    Args:
        arrivals: Requests in each second.
        replica: What a replica can do.
        settings: The autoscaler's.
        replicas: That are there at the begin; by default as many as the first second needs at the target.
    """
    arrivals = list(arrivals)
    share = settings.target_cores / replica.busy_cores
    needed = replicas or round(arrivals[0] / replica.per_second / share + 0.5)
    deployment = Deployment(min(max(needed, settings.min_replicas), settings.max_replicas), replica.start_s)
    autoscaler, outcome = Autoscaler(settings), Outcome(arrived=sum(arrivals))
    waiting = kept = 0.0
    samples: list[float] = [min(share, arrivals[0] / replica.per_second / deployment.count)]
    for began in range(0, len(arrivals), SYNC_S):
        window = arrivals[began : began + SYNC_S]
        ready = [deployment.ready(began + second) for second in range(len(window))]
        served, lost, waiting = _serve(window, ready, waiting, replica)
        capacity = sum(ready) * replica.per_second
        now_s = began + SYNC_S
        outcome.losses.append(lost)
        outcome.replicas.append(ready[-1])
        kept += deployment.count * SYNC_S
        samples.append(served / capacity if capacity else 0.0)
        seen = deployment.seen(now_s, samples[-2] * replica.busy_cores)
        count = autoscaler.sync(now_s, deployment.count, seen)
        kept += max(0, deployment.count - count) * LEAVING_S
        deployment.scale(now_s, count)
        outcome.most = max(outcome.most, count)
    outcome.lost = sum(outcome.losses)
    outcome.cpu_hours = kept * replica.requested_cores / 3600
    return outcome
