"""Kept connections for heavy load: one asyncio protocol each, and no streams.

Twice the knee is thousands of requests a second, from a core that the clients share with nginx.
"""

import asyncio
import re
from collections.abc import Iterator

from tests.attack.client import addresses
from tools.stack import Stack

ADDRESSES = 100  # so many clients: none comes near the limits of an address
MOST_CONNECTIONS = 4000
HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) .*?content-length: (\d+)\r\n.*?\r\n\r\n", re.IGNORECASE | re.DOTALL)
CLOSE = b"\r\nconnection: close\r\n"  # nginx's, after a thousand requests


class Exchange(asyncio.Protocol):
    """A kept connection with at most one request under way."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._waiting: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, data: bytes) -> asyncio.Future[int]:
        """Send a request; the result is the status of its answer."""
        assert self._transport is not None
        self._received = b""
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        """Complete the request when its whole answer is there."""
        self._received += data
        head = HEAD.match(self._received)
        is_complete = head is not None and len(self._received) >= head.end() + int(head[2])
        if head and is_complete and self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(int(head[1]))
            if CLOSE in head[0].lower() and self._transport is not None:
                self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Fail the request that is under way."""
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError("closed by the server"))

    @property
    def is_open(self) -> bool:
        """Whether another request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def abort(self) -> None:
        """Close it without waiting for anything."""
        if self._transport is not None:
            self._transport.abort()


class Pool:
    """Kept connections that are opened when they are needed, each from the next of many addresses."""

    def __init__(self, service: Stack) -> None:
        self._port = service.ports["PORT"]
        self._source: Iterator[str] = addresses(ADDRESSES)
        self._free: list[Exchange] = []
        self._opened = 0

    async def take(self) -> Exchange:
        """Return a connection that is free.

        Raises:
            ConnectionError: There are too many already.
        """
        while self._free:
            connection = self._free.pop()
            if connection.is_open:
                return connection
            self._opened -= 1
        if self._opened >= MOST_CONNECTIONS:
            raise ConnectionError("too many connections")
        self._opened += 1
        loop = asyncio.get_running_loop()
        local = (next(self._source), 0)
        _, connection = await loop.create_connection(Exchange, "127.0.0.1", self._port, local_addr=local)
        return connection

    def give_back(self, connection: Exchange) -> None:
        """Keep a connection for the next request."""
        if connection.is_open:
            self._free.append(connection)
        else:
            self._opened -= 1

    def close(self) -> None:
        """Close the connections that are free."""
        for connection in self._free:
            connection.abort()
