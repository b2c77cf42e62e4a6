"""The service under attack, with its limits as shipped."""

import asyncio
import contextlib
import resource
from collections.abc import Iterator

import pytest

from benchmarks.samples import batch_body
from benchmarks.servers import BATCH
from tests.attack.client import Connection, paced, request_bytes
from tests.attack.harm import parts
from tools.stack import Stack, ready_stack

ORDINARY_OPEN_FILES = 1024  # what a shell allows a program by default


@contextlib.contextmanager
def open_files(limit: int) -> Iterator[None]:
    """Allow this process, and the processes that it starts, so many open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="session", autouse=True)
def many_open_files() -> Iterator[None]:
    """Allow this process as many connections as the system does."""
    with open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[1]):
        yield


class Replaced:
    """A service that is started anew when an attack has taken it down, so that the next attack has a target."""

    def __init__(self) -> None:
        self._running = contextlib.ExitStack()
        self._stack: Stack | None = None

    def get(self) -> Stack:
        """Return a service that is ready."""
        if self._stack is None or not is_whole(self._stack):
            self.stop()
            with open_files(ORDINARY_OPEN_FILES):
                self._stack = self._running.enter_context(ready_stack())
            warm_up(self._stack)
        return self._stack

    def stop(self) -> None:
        """Stop the service."""
        self._running.close()
        self._stack = None


def warm_up(stack: Stack) -> None:
    """Send the largest batches, as many as may be under way: Java then has the memory that it keeps."""
    batch = request_bytes(BATCH, batch_body(8).ljust(8 << 20), "application/json")

    async def send(_: int) -> None:
        connection = await Connection.open(stack)
        await connection.send(batch)
        await connection.answer()
        connection.close()

    asyncio.run(paced(24, 20.0, send))


def is_whole(stack: Stack) -> bool:
    """Whether the service runs with all its parts and answers."""
    return stack.process.poll() is None and stack.is_ready() and all(parts(stack).values())


@pytest.fixture(scope="session")
def replaced() -> Iterator[Replaced]:
    """Keep one service for all attacks."""
    kept = Replaced()
    yield kept
    kept.stop()


@pytest.fixture
def service(replaced: Replaced) -> Stack:
    """Return the service under attack."""
    return replaced.get()
