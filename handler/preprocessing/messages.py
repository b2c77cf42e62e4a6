"""Messages between a process and the child that decodes for it: a length, then as many bytes."""

import socket

_LENGTH = 4  # bytes


def send(connection: socket.socket, message: bytes) -> None:
    """Send a message.

    Raises:
        OSError: The other side has ended, or does not read (TimeoutError, where the connection has a timeout).
    """
    connection.sendall(len(message).to_bytes(_LENGTH, "big") + message)


def receive(connection: socket.socket) -> bytes:
    """Wait for a message.

    Raises:
        EOFError: The other side has ended.
        OSError: As `EOFError`, or nothing came (TimeoutError, where the connection has a timeout).
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
