import os
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ts.protocol import otf_message_handler as protocol

from torchserve.patches.frames import CHUNK, ReadAhead

Request = tuple[str, dict[str, str], bytes]


def field(data: bytes) -> bytes:
    return struct.pack("!i", len(data)) + data


def frame(requests: list[Request]) -> bytes:
    """Return what TorchServe's front end sends a worker for a batch."""
    end = struct.pack("!i", -1)
    message = b"I"
    for request_id, headers, body in requests:
        message += field(request_id.encode())
        message += b"".join(field(name.encode()) + field(value.encode()) for name, value in headers.items()) + end
        message += field(b"body") + field(b"image/png") + field(body) + end
    return message + end


FRAMES = [
    frame([("one", {"X-Request-ID": "a", "Content-Type": "image/png"}, b"x" * 90)] * 32),
    frame([("two", {}, b"")]),
    frame([("three", {"X-Route": "v1"}, os.urandom(3 * CHUNK))] * 3),
]


def messages(data: bytes, piece: int) -> list[Any]:
    """Read all frames as TorchServe's worker does, from a connection on which they arrive in pieces."""
    ours, theirs = socket.socketpair()
    with ours, theirs, ThreadPoolExecutor(max_workers=1) as sender:
        sent = [sender.submit(theirs.sendall, data[at : at + piece]) for at in range(0, len(data), piece)]
        found = [protocol.retrieve_msg(ours) for _ in FRAMES]
        assert [future.result() for future in sent] == [None] * len(sent)
    return found


@pytest.mark.parametrize("piece", [61, 1000, 1 << 24])
def test_messages_are_what_torchserve_reads_by_itself(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    data, reader = b"".join(FRAMES), ReadAhead()
    expected = messages(data, len(data))
    monkeypatch.setattr(protocol, "_retrieve_buffer", reader.read)
    monkeypatch.setattr(protocol, "_retrieve_request", reader.request)
    assert messages(data, piece) == expected


def test_process_ends_when_the_front_end_closes_the_connection() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            theirs.sendall(b"abc")
        reader = ReadAhead()
        assert reader.read(ours, 2) == b"ab"
        with pytest.raises(SystemExit) as ended:
            reader.read(ours, 2)
    assert ended.value.code == 0
