import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from handler.preprocessing.messages import receive, send


def test_messages_arrive_whole_and_in_order() -> None:
    messages = [b"", b"a", bytes(range(256)) * 8192]
    here, there = socket.socketpair()
    with here, there, ThreadPoolExecutor(max_workers=1) as sender:
        for message in messages:
            sender.submit(send, there, message)
        assert [receive(here) for _ in messages] == messages


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"\0\0\0\2a"])
def test_end_of_the_other_side_is_an_error(sent: bytes) -> None:
    here, there = socket.socketpair()
    with here:
        with there:
            there.sendall(sent)
        with pytest.raises(EOFError):
            receive(here)


def test_other_side_that_neither_writes_nor_reads_is_an_error() -> None:
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(0.01)
        with pytest.raises(TimeoutError):
            receive(here)
        with pytest.raises(TimeoutError):
            send(here, bytes(1 << 20))
