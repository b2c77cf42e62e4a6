"""Clients that keep their connections and pause between requests: people, and a balancer in front."""

import asyncio
import random
from collections.abc import Callable

import pytest

from benchmarks.samples import drawings
from benchmarks.servers import SINGLE
from tests.attack.client import Answer, Connection, addresses, paced, request_bytes
from tests.attack.harm import unharmed
from tests.attack.scale import FULL
from tools.stack import Stack, ready_stack

BODIES = [(digit, request_bytes(SINGLE, image)) for digit, image in drawings()]
PAGE = b"GET / HTTP/1.1\r\nHost: digits\r\n\r\n"
PEOPLE_AN_ADDRESS = 60  # an office behind one address
CONNECTS_PER_S = 300.0  # many connections are what is tested, not many requests at once


async def exchange(connection: Connection, data: bytes) -> Answer:
    """Send a request and return its answer."""
    await connection.send(data)
    return await connection.answer()


async def person(service: Stack, address: str, pauses_s: list[float], index: int) -> list[str]:
    """Load the page, and send a drawing after each pause, over one connection; return what went wrong."""
    connection = await Connection.open(service, address)
    failures = []
    try:
        if b"<canvas" not in (await exchange(connection, PAGE)).body:
            failures.append(f"person {index} got no page")
        for turn, pause_s in enumerate(pauses_s):
            await asyncio.sleep(pause_s)
            digit, body = BODIES[(index + turn) % len(BODIES)]
            answer = await exchange(connection, body)
            if answer.status == 503:  # other work on this machine may delay the service so long
                await asyncio.sleep(int(answer.headers["retry-after"]))
                answer = await exchange(connection, body)
            if answer.status != 200 or answer.json()["digit"] != digit:
                failures.append(f"person {index}, drawing {turn}: {answer.status} {answer.body[:200]!r}")
    except (OSError, TimeoutError) as error:
        failures.append(f"person {index} after {pauses_s}: {error!r}")
    finally:
        connection.close()
    return failures


async def crowd(service: Stack, people: int, pauses_s: Callable[[int], list[float]]) -> list[str]:
    """Let so many people come and stay; return what went wrong."""
    source = addresses(max(1, people // PEOPLE_AN_ADDRESS))
    failures: list[str] = []

    async def visit(index: int) -> None:
        failures.extend(await person(service, next(source), pauses_s(index), index))

    await paced(people, CONNECTS_PER_S, visit)
    return failures


# How many people, how often each draws, and the shortest and the longest pause before. The last crowd is like a
# balancer that keeps its connections for a minute.
LARGE_CROWDS = [(2000, 3, 5.0, 20.0), (3000, 3, 5.0, 20.0), (600, 3, 30.0, 30.0), (2000, 1, 60.0, 60.0)]
CROWDS = LARGE_CROWDS if FULL else [(3000, 1, 4.0, 12.0)]


@pytest.mark.parametrize(("people", "turns", "shortest_s", "longest_s"), CROWDS)
def test_people_who_pause_on_kept_connections_lose_no_request(
    service: Stack, people: int, turns: int, shortest_s: float, longest_s: float
) -> None:
    chance = random.Random(people)

    def pauses(_: int) -> list[float]:
        return [chance.uniform(shortest_s, longest_s) for _ in range(turns)]

    with unharmed(service):
        failures = asyncio.run(crowd(service, people, pauses))
        print(f"\n{len(failures)} requests of {people} people failed: {failures[:3]}")
    assert failures == []


def test_idle_timeout_is_a_setting_and_holds_until_its_end() -> None:
    timeout_s, margin_s = 3.0, 1.0

    async def idle(service: Stack) -> tuple[list[str], bool]:
        failures = await crowd(service, 200, lambda _: [timeout_s - margin_s])
        connection = await Connection.open(service)
        await exchange(connection, BODIES[0][1])
        try:
            closed = await connection.rest(timeout_s + margin_s) == b""
        except TimeoutError:
            closed = False
        connection.close()
        return failures, closed

    with ready_stack(KEEPALIVE_TIMEOUT=f"{timeout_s:.0f}s", WORKERS="1") as service:
        assert asyncio.run(idle(service)) == ([], True)
