"""Load: a closed loop by wrk, and an open loop, which sends requests at a constant rate."""

import asyncio
import json
import math
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SCRIPT = Path(__file__).with_name("post.lua")
MAX_CONNECTIONS = 256  # of the open loop
DRAIN_S = 5  # how long the open loop waits for the last answers


@dataclass(frozen=True)
class Work:
    """What is sent to a server.

    Attributes:
        url: Where to.
        content_type: Of every body.
        bodies: Files, sent in turn.
    """

    url: str
    content_type: str
    bodies: Sequence[Path]


@dataclass(frozen=True)
class Measured:
    """What came back: answers with status 200 a second, and latencies."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: int


def closed_loop(work: Work, clients: int, seconds: float) -> Measured:
    """Let each client send its next request as soon as it has the answer to the last one."""
    options = ["-t1", f"-c{clients}", f"-d{math.ceil(seconds)}s", "--timeout", "10s", "-s", str(SCRIPT), work.url]
    command = ["wrk", *options, "--", work.content_type, *map(str, work.bodies)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = json.loads(output.strip().splitlines()[-1])
    return Measured(
        per_second=(figures["requests"] - figures["errors"]) / figures["seconds"],
        p50_ms=figures["p50_ms"],
        p95_ms=figures["p95_ms"],
        p99_ms=figures["p99_ms"],
        errors=figures["errors"],
    )


def open_loop(work: Work, per_second: float, seconds: float) -> Measured:
    """Send requests at a constant rate, whether or not the earlier ones are answered.

    A latency counts from when a request was due, not from when a connection was free for it, so that a stall of the
    server is part of the latency of every request that was due in it. Requests without an answer count as errors.
    """
    latencies_s, took_s = asyncio.run(_send_all(work, per_second, seconds))

    def percentile_ms(percent: int) -> float:
        if not latencies_s:
            return math.inf
        return 1000 * latencies_s[min(len(latencies_s) - 1, percent * len(latencies_s) // 100)]

    return Measured(
        per_second=len(latencies_s) / took_s,
        p50_ms=percentile_ms(50),
        p95_ms=percentile_ms(95),
        p99_ms=percentile_ms(99),
        errors=round(per_second * seconds) - len(latencies_s),
    )


async def _send_all(work: Work, per_second: float, seconds: float) -> tuple[list[float], float]:
    """Return the latencies of the answers with status 200, sorted, and how many seconds all took."""
    address = urlsplit(work.url)
    requests = [_request(work, body.read_bytes()) for body in work.bodies]
    free: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()
    for _ in range(MAX_CONNECTIONS):
        free.put_nowait(_Connection(address.hostname or "", address.port or 80))
    latencies_s: list[float] = []

    async def send(due: float, request: bytes) -> None:
        connection = await free.get()
        try:
            if await connection.send(request) == 200:
                latencies_s.append(time.perf_counter() - due)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            free.put_nowait(connection)

    start = time.perf_counter()
    unanswered: set[asyncio.Task[None]] = set()
    for index in range(round(per_second * seconds)):
        due = start + index / per_second
        if (wait_s := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait_s)
        task = asyncio.create_task(send(due, requests[index % len(requests)]))
        unanswered.add(task)
        task.add_done_callback(unanswered.discard)
    late = (await asyncio.wait(unanswered, timeout=DRAIN_S))[1] if unanswered else set()
    took_s = time.perf_counter() - start
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    while not free.empty():
        free.get_nowait().close()
    await asyncio.sleep(0)  # the event loop closes the sockets
    return sorted(latencies_s), took_s


class _Connection:
    """One kept-alive connection, opened when it is first needed."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> int:
        """Send a request, read the whole response and return its status."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(*self._address)
            reader, writer = self._streams
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
        except BaseException:
            self.close()
            raise
        if b"connection: close" in head:
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        """Close it; the next request opens it again."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _request(work: Work, body: bytes) -> bytes:
    address = urlsplit(work.url)
    lines = [
        f"POST {address.path} HTTP/1.1",
        f"Host: {address.netloc}",
        f"Content-Type: {work.content_type}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
