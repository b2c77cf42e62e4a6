"""Clients that send slowly, or stop in the middle."""

import asyncio
import contextlib
import itertools
import random

import pytest

from benchmarks.samples import drawings
from benchmarks.servers import BATCH, SINGLE
from tests.attack.answers import assert_contract
from tests.attack.client import ATTACKER, Answer, Connection, addresses, paced, request_bytes
from tests.attack.harm import unharmed
from tests.attack.scale import FULL, scaled
from tools.stack import Stack

SLOW = 2100
SLOW_S = scaled(20.0, 6.0)
CONNECTS_PER_S = 700.0
DRIP_S = 1.0
AGAIN_S = 2.0
STALLED = 60
STALLED_S = 10.0
DRAWING = request_bytes(SINGLE, drawings()[0][1])
# What is sent at once, and what byte by byte; the last byte never comes.
SLOWNESS = {
    "silent": (b"", b""),
    "headers": (DRAWING[:20], DRAWING[20:100]),
    "bodies": (DRAWING[:-200], DRAWING[-200:-1]),
}
OFFICE = [ATTACKER]
CROWD = list(itertools.islice(addresses(50), 50))


async def hold(service: Stack, address: str, begun: bytes, rest: bytes) -> None:
    """Send the beginning of a request, then the rest byte by byte; begin again when the server has had enough."""
    async with asyncio.timeout(SLOW_S):
        while True:
            with contextlib.suppress(OSError):
                connection = await Connection.open(service, address)
                try:
                    await connection.send(begun)
                    await connection.drip(rest, DRIP_S)
                    await connection.rest(SLOW_S)
                finally:
                    connection.abort()
            await asyncio.sleep(AGAIN_S)


@pytest.mark.parametrize(
    "kinds", [["silent"], ["headers"], ["bodies"]] if FULL else [["headers", "bodies"]], ids=" and ".join
)
@pytest.mark.parametrize("sources", [OFFICE, CROWD] if FULL else [OFFICE * 50 + CROWD], ids=len)
def test_thousands_of_slow_connections_keep_nobody_else_out(
    service: Stack, kinds: list[str], sources: list[str]
) -> None:
    async def attack(index: int) -> None:
        await hold(service, sources[index % len(sources)], *SLOWNESS[kinds[index % len(kinds)]])

    with unharmed(service):
        asyncio.run(paced(SLOW, CONNECTS_PER_S, attack))


@pytest.mark.parametrize("path", [SINGLE, BATCH] if FULL else [BATCH])
@pytest.mark.parametrize("sources", [OFFICE, CROWD] if FULL else [OFFICE], ids=len)
def test_stalled_bodies_are_ended_soon_and_take_little_memory(service: Stack, path: str, sources: list[str]) -> None:
    """Each is as large as its path allows and stops before its end. nginx closes the connection, or refuses it."""
    size = {SINGLE: 1_400 * 1024, BATCH: 8 << 20}[path]
    answers: list[Answer] = []
    closed: list[ConnectionError] = []

    async def stall(index: int) -> None:
        body = random.Random(index).randbytes(1024) * (size // 1024)
        connection = await Connection.open(service, sources[index % len(sources)])
        try:
            await connection.send(request_bytes(path, body, "application/json")[:-1000])
            answers.append(await connection.answer(STALLED_S))
        except ConnectionError as error:
            closed.append(error)
        finally:
            connection.abort()

    with unharmed(service):
        asyncio.run(paced(STALLED, 15.0, stall))
    assert len(answers) + len(closed) == STALLED
    for answer in answers:
        assert_contract(answer, {408, 429, 503})


def test_upload_that_is_too_large_gets_its_413_over_a_slow_line(service: Stack) -> None:
    """The client reads only when it has sent everything, as most do: 50 MB at 8 Mbit/s."""
    size, bytes_per_s = scaled(50_000_000, 3_000_000), 1_000_000
    head = request_bytes(SINGLE, b"", "application/json").replace(b"Length: 0", b"Length: %d" % size)
    part = bytes(bytes_per_s // 20)
    answers: list[Answer] = []

    async def upload() -> None:
        connection = await Connection.open(service, ATTACKER)
        await connection.send(head)
        loop = asyncio.get_running_loop()
        start = loop.time()
        for sent in range(len(part), size + 1, len(part)):
            await connection.send(part)
            await asyncio.sleep(max(0.0, start + sent / bytes_per_s - loop.time()))
        answers.append(await connection.answer())
        connection.close()

    with unharmed(service):
        asyncio.run(upload())
    assert_contract(answers[0], {413})
