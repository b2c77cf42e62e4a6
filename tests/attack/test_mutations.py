"""Requests that were changed at random: each gets an answer of the contract, and none of them harms the service.

A failure names the seed and the request; ATTACK_SEED=… repeats a run.
"""

import asyncio
import os
import time
from collections import Counter

from tqdm import tqdm

from tests.attack.answers import broken
from tests.attack.client import Answer, Connection, addresses, parsed_answer
from tests.attack.harm import unharmed
from tests.attack.mutations import TENSORS, Mutant, mutant
from tests.attack.scale import FULL, scaled
from tools.stack import Stack

SEED = int(os.environ.get("ATTACK_SEED") or time.time())
COUNT = scaled(100_000, 2_000)
CLIENTS = 8


class Sender:
    """A client that keeps its connection while the server does."""

    def __init__(self, service: Stack, address: str) -> None:
        self._service = service
        self._address = address
        self._kept: Connection | None = None

    async def fault(self, sent: Mutant) -> tuple[str, Answer | None]:
        """Send a request; return what is wrong with its answer, or "", and the answer."""
        answer = await (self._framed(sent) if sent.is_framed else self._unframed(sent))
        if answer is None:
            return ("no answer" if sent.is_framed else ""), None
        return broken(answer, is_tensor=sent.kind == TENSORS) or "", answer

    async def _framed(self, sent: Mutant) -> Answer | None:
        connection = self._kept or await Connection.open(self._service, self._address)
        self._kept = None
        try:
            await connection.send(sent.data)
            answer = await connection.answer()
        except (OSError, TimeoutError):
            connection.abort()
            return None
        if answer.headers.get("connection") == "close":
            connection.close()
        else:
            self._kept = connection
        return answer

    async def _unframed(self, sent: Mutant) -> Answer | None:
        """Nobody knows where it ends: say that nothing more comes. nginx need not answer half a request."""
        connection = await Connection.open(self._service, self._address)
        try:
            await connection.send(sent.data)
            connection.end()
            data = await connection.rest()
        except ConnectionError:
            return None
        finally:
            connection.close()
        return parsed_answer(data) if data.startswith(b"HTTP/1.1 ") else None

    def close(self) -> None:
        """Close the connection."""
        if self._kept is not None:
            self._kept.close()


def test_mutated_requests_get_answers_of_the_contract(service: Stack) -> None:
    statuses: Counter[tuple[str, int]] = Counter()
    faults: list[str] = []
    progress = tqdm(total=COUNT, disable=not FULL, desc="mutated requests", mininterval=5)

    async def send(address: str, indices: range) -> None:
        sender = Sender(service, address)
        for index in indices:
            sent = mutant(SEED, index)
            fault, answer = await sender.fault(sent)
            statuses[sent.kind, answer.status if answer else 0] += 1
            if fault:
                faults.append(f"mutant({SEED}, {index}), {sent.kind}: {fault}: {sent.data[:300]!r}: {answer}")
            progress.update()
        sender.close()

    async def send_all() -> None:
        source = addresses(CLIENTS)
        await asyncio.gather(*(send(next(source), range(start, COUNT, CLIENTS)) for start in range(CLIENTS)))

    with unharmed(service), progress:
        asyncio.run(send_all())
    print(f"seed {SEED}: {sorted(statuses.items())}")
    assert faults == []
    unframed = Counter({status: count for (kind, status), count in statuses.items() if kind == "bytes"})
    assert unframed[0] < unframed.total() / 2  # most are answered all the same
    assert sum(count for (_, status), count in statuses.items() if status == 200) > COUNT / 10
