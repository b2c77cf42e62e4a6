"""A client that does what an HTTP library does not: it sends any bytes at any pace, from any address of loopback."""

import asyncio
import contextlib
import itertools
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from tools.stack import Stack

ATTACKER = "127.0.0.66"
ANSWER_TIMEOUT_S = 30.0
CHUNK_BYTES = 64 * 1024
RESET_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: close() sends RST and drops what was not sent


@dataclass(frozen=True)
class Answer:
    """A response.

    Attributes:
        status: Its status.
        headers: Its headers, names in lower case.
        body: Its body.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as an object."""
        return json.loads(self.body)


def addresses(count: int) -> Iterator[str]:
    """Return loopback addresses for ever: `count` different ones in turn, none of them a correct client's."""
    return itertools.cycle(f"127.0.{1 + index // 250}.{1 + index % 250}" for index in range(count))


def request_bytes(path: str, body: bytes, content_type: str = "image/png", **headers: str) -> bytes:
    """Return a POST as bytes. The name of a header has underscores in place of hyphens."""
    fields = {"Host": "digits", "Content-Type": content_type, "Content-Length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class Connection:
    """A connection to the service from an address of loopback."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, service: Stack, address: str = ATTACKER) -> Self:
        """Connect from an address."""
        local = (address, 0)
        return cls(*await asyncio.open_connection("127.0.0.1", service.ports["PORT"], local_addr=local))

    async def send(self, data: bytes) -> None:
        """Send bytes, as fast as the server reads them."""
        for start in range(0, len(data), CHUNK_BYTES):
            self._writer.write(data[start : start + CHUNK_BYTES])
            await self._writer.drain()

    async def drip(self, data: bytes, pause_s: float) -> None:
        """Send one byte at a time, until all is sent or the server closes the connection."""
        for index in range(len(data)):
            if self._reader.at_eof():
                return
            self._writer.write(data[index : index + 1])
            await self._writer.drain()
            await asyncio.sleep(pause_s)

    async def answer(self, timeout_s: float = ANSWER_TIMEOUT_S) -> Answer:
        """Read a response with a Content-Length.

        Raises:
            ConnectionError: The server closed the connection before the response was complete.
            TimeoutError: It did not come in time.
        """
        async with asyncio.timeout(timeout_s):
            try:
                head = await self._reader.readuntil(b"\r\n\r\n")
                status, headers = parsed_head(head)
                body = await self._reader.readexactly(int(headers.get("content-length", "0")))
            except asyncio.IncompleteReadError as error:
                raise ConnectionError(f"closed after {error.partial[:100]!r}") from error
        return Answer(status, headers, body)

    async def rest(self, timeout_s: float = ANSWER_TIMEOUT_S) -> bytes:
        """Read until the server closes the connection."""
        async with asyncio.timeout(timeout_s):
            return await self._reader.read(-1)

    def end(self) -> None:
        """Say that no more will be sent, and keep on reading."""
        self._writer.write_eof()

    def is_closed_by_server(self) -> bool:
        """Whether the server has ended the connection."""
        return self._reader.at_eof()

    def close(self) -> None:
        """Close the connection."""
        self._writer.close()

    def abort(self) -> None:
        """Reset the connection at once, as the kernel of a client does that was killed."""
        # An error in place of a cancellation would let a client go on that should end.
        with contextlib.suppress(OSError):  # the server has closed it
            self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
        self._writer.transport.abort()


def parsed_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Return the status and the headers of a response's head."""
    status, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    fields = (line.partition(":") for line in lines)
    return int(status.split()[1]), {name.lower(): value.strip() for name, _, value in fields}


def parsed_answer(data: bytes) -> Answer:
    """Return the first response in what a connection carried."""
    head, _, rest = data.partition(b"\r\n\r\n")
    status, headers = parsed_head(head)
    return Answer(status, headers, rest[: int(headers.get("content-length", len(rest)))])


async def paced(count: int, per_second: float, act: Callable[[int], Awaitable[None]]) -> None:
    """Begin an action at a constant rate, whether or not the earlier ones have ended, and wait for all of them.

    What the server does to an attacker's connection is no failure of the test.
    """
    loop = asyncio.get_running_loop()
    start = loop.time()
    tasks = []
    for index in range(count):
        await asyncio.sleep(max(0.0, start + index / per_second - loop.time()))
        tasks.append(asyncio.ensure_future(act(index)))
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, BaseException) and not isinstance(outcome, OSError):
            raise outcome
