"""Clients that leave before they have their answer."""

import asyncio
import random

import pytest

from benchmarks.samples import batch_body, drawings
from benchmarks.servers import BATCH, SINGLE
from tests.attack.client import Connection, paced, request_bytes
from tests.attack.harm import unharmed
from tests.attack.scale import FULL, scaled
from tools.stack import Stack

LARGEST_BYTES = 8 << 20
DRAWING = request_bytes(SINGLE, drawings()[0][1])
# Where a client leaves: at once, in the headers, in the body, when all is sent.
SHARES = [0.0, 0.02, 0.5, 1.0]


async def leave(service: Stack, data: bytes, after_s: float) -> None:
    """Send bytes, wait, and reset the connection."""
    connection = await Connection.open(service)
    try:
        await connection.send(data)
        await asyncio.sleep(after_s)
    finally:
        connection.abort()


@pytest.mark.parametrize("images", [8, 256] if FULL else [8])
def test_batches_that_are_aborted_do_not_fill_torchserve(service: Stack, images: int) -> None:
    """Each is reset up to 0.2 s after it was sent completely: while nginx sends it on, and while TorchServe has it."""
    body = request_bytes(BATCH, batch_body(images).ljust(LARGEST_BYTES), "application/json")
    chance = random.Random(images)

    async def attack(_: int) -> None:
        await leave(service, body, chance.uniform(0.0, 0.2))

    with unharmed(service):
        asyncio.run(paced(scaled(480, 60), 20.0, attack))


def test_abrupt_disconnects_harm_nobody_else(service: Stack) -> None:
    chance = random.Random(0)

    async def attack(index: int) -> None:
        share = SHARES[index % len(SHARES)]
        await leave(service, DRAWING[: int(share * len(DRAWING))], chance.uniform(0.0, 0.01))

    with unharmed(service):
        asyncio.run(paced(scaled(24_000, 2_000), 667.0, attack))
