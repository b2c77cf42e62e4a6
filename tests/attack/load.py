"""Load at and beyond what the service can do: clients in a closed loop, and requests at a constant rate."""

import asyncio
import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.attack.exchange import Pool
from tools.stack import Stack

TICK_S = 0.002
MOST_LATE_S = 0.02
DRAIN_S = 5.0
LEAD_S = 1.0  # not counted: the clients open their connections


@dataclass
class Outcome:
    """What came of a load.

    Attributes:
        sent: Requests.
        took_s: From the first request to the last.
        answered_s: How long each answer with status 200 took.
        statuses: The number of answers by status.
        gave_up: Requests whose client's patience ended.
        unanswered: Requests whose connection the server closed, or for which no connection was left.
    """

    sent: int = 0
    took_s: float = 0.0
    answered_s: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    gave_up: int = 0
    unanswered: int = 0

    @property
    def per_second(self) -> float:
        """Answers with status 200 a second."""
        return len(self.answered_s) / self.took_s

    @property
    def offered_per_second(self) -> float:
        """Requests a second."""
        return self.sent / self.took_s

    def percentile_ms(self, percent: int) -> float:
        """Return a percentile of the answers' times."""
        ordered = sorted(self.answered_s)
        return 1000 * ordered[min(len(ordered) - 1, percent * len(ordered) // 100)] if ordered else math.inf

    def line(self) -> str:
        """Return it in one line."""
        return (
            f"{self.per_second:.0f} of {self.offered_per_second:.0f} answered a second, "
            f"p50 {self.percentile_ms(50):.0f} ms, p99 {self.percentile_ms(99):.0f} ms, {self.statuses}, "
            f"{self.gave_up} gave up, {self.unanswered} unanswered"
        )


class Load:
    """Requests to the service, and what comes of them."""

    def __init__(self, service: Stack, requests: Sequence[bytes], patience_s: float) -> None:
        self.outcome = Outcome()
        self._pool = Pool(service)
        self._requests = requests
        self._patience_s = patience_s
        self._loop = asyncio.get_running_loop()

    async def send(self, index: int) -> None:
        """Send one request and count its outcome."""
        began = self._loop.time()
        self.outcome.sent += 1
        try:
            connection = await self._pool.take()
        except OSError:
            self.outcome.unanswered += 1
            return
        waiting = connection.send(self._requests[index % len(self._requests)])
        patience = self._loop.call_at(began + self._patience_s, waiting.cancel)
        try:
            status = await waiting
        except asyncio.CancelledError:
            self.outcome.gave_up += 1
            connection.abort()
        except OSError:
            self.outcome.unanswered += 1
        else:
            self.outcome.statuses[status] = self.outcome.statuses.get(status, 0) + 1
            if status == 200:
                self.outcome.answered_s.append(self._loop.time() - began)
        finally:
            patience.cancel()
            self._pool.give_back(connection)

    async def closed(self, clients: int, seconds: float) -> Outcome:
        """Let each client send its next request as soon as it has the answer to the last one."""
        start = self._loop.time()

        async def client(number: int) -> None:
            while self._loop.time() < start + seconds:
                await self.send(number)
                number += clients

        await asyncio.gather(*map(client, range(clients)))
        self.outcome.took_s = self._loop.time() - start
        return self.outcome

    async def open(self, per_second: float, seconds: float) -> Outcome:
        """Send requests at a constant rate, whether or not the earlier ones are answered.

        If other work has kept the clients from their core, what they have missed is not sent in a burst, but left out.
        """
        start = due = self._loop.time()
        under_way: set[asyncio.Task[None]] = set()
        sent = 0
        while (now := self._loop.time()) < start + seconds:
            due = max(due, now - MOST_LATE_S)
            while due <= now:
                task = asyncio.create_task(self.send(sent))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                sent += 1
                due += 1 / per_second
            await asyncio.sleep(TICK_S)
        self.outcome.took_s = self._loop.time() - start
        late = (await asyncio.wait(under_way, timeout=DRAIN_S))[1] if under_way else set()
        self.outcome.unanswered += len(late)
        for task in late:
            task.cancel()
        return self.outcome

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


def closed_loop(service: Stack, requests: Sequence[bytes], clients: int, seconds: float) -> Outcome:
    """Let so many clients send one request after another for some time."""

    async def run() -> Outcome:
        load = Load(service, requests, DRAIN_S)
        with contextlib.closing(load):
            return await load.closed(clients, seconds)

    return asyncio.run(run())


def open_loop(
    service: Stack, requests: Sequence[bytes], per_second: float, seconds: float, patience_s: float
) -> Outcome:
    """Send requests at a constant rate, from clients that give up after some time."""

    async def run() -> Outcome:
        load = Load(service, requests, patience_s)
        with contextlib.closing(load):
            await load.open(per_second, LEAD_S)
            load.outcome = Outcome()
            return await load.open(per_second, seconds)

    return asyncio.run(run())
