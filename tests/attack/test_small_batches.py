"""Small batches among single drawings: they are not refused for the sake of large ones."""

import asyncio
import random

from benchmarks.samples import batch, batch_body, drawings
from benchmarks.servers import BATCH, SINGLE
from tests.attack.client import Connection, addresses, request_bytes
from tests.attack.harm import unharmed
from tests.attack.scale import scaled
from tools.stack import Stack

CLIENTS = 32
LARGEST_BATCH = 17


def test_small_batches_of_many_clients_are_all_answered(service: Stack) -> None:
    """A quarter of the requests are batches of 1 to 17 drawings; each client sends the next at once."""
    source = addresses(CLIENTS)
    failures: list[str] = []
    answered = 0

    async def send_all(seed: int) -> None:
        nonlocal answered
        chance = random.Random(seed)
        connection = await Connection.open(service, next(source))
        for _ in range(scaled(380, 60)):
            size = chance.randint(1, LARGEST_BATCH) if chance.random() < 1 / 4 else 0
            await connection.send(batch_of(size) if size else DRAWING)
            answer = await connection.answer()
            found = answer.status == 200 and digits(answer.json())
            if found != [digit for digit, _ in batch(size or 1)]:
                failures.append(f"{size or 'no'} batch: {answer.status} {answer.body[:200]!r}")
            answered += 1
        connection.close()

    async def all_clients() -> None:
        await asyncio.gather(*map(send_all, range(CLIENTS)))

    with unharmed(service):
        asyncio.run(all_clients())
        print(f"\n{len(failures)} of {answered} refused")
    assert answered == CLIENTS * scaled(380, 60)
    assert failures == []


DRAWING = request_bytes(SINGLE, drawings()[0][1])


def batch_of(size: int) -> bytes:
    """Return a batch request of so many drawings."""
    return request_bytes(BATCH, batch_body(size), "application/json")


def digits(answer: dict[str, object]) -> list[object]:
    """Return the digits of a batch or of a single recognition."""
    predictions = answer.get("predictions", [answer])
    assert isinstance(predictions, list)
    return [prediction["digit"] for prediction in predictions]
