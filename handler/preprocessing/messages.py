"""Messages between a process and the child that decodes for it: a length, then as many bytes."""

import socket

# What an image is read for; the first byte of a message to the child.
DIGIT = b"d"
NUMBER = b"n"
ERROR = b"e"  # the first byte of an answer that is an error; others begin as the question does

_LENGTH = 4  # bytes


def send(connection: socket.socket, message: bytes) -> None:
    """Send a message.

    Raises:
        OSError: The connection failed, or timed out (TimeoutError).
    """
    connection.sendall(len(message).to_bytes(_LENGTH, "big") + message)


def receive(connection: socket.socket) -> bytes:
    """Wait for a message.

    Raises:
        EOFError: The other side has ended.
        OSError: The connection failed, or timed out (TimeoutError).
    """
    return _receive_exactly(connection, int.from_bytes(_receive_exactly(connection, _LENGTH), "big"))


def _receive_exactly(connection: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        part = connection.recv(size - len(received))
        if not part:
            raise EOFError("The other side has ended.")
        received += part
    return bytes(received)
