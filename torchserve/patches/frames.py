"""TorchServe's frames, read ahead: one system call for many fields.

TorchServe's worker makes a system call for each of the some twenty fields of a request. `apply.py` installs this module
beside TorchServe's `otf_message_handler`, which then takes its two functions from here.

The format of a frame: a batch is requests and an end; a request is its id, headers (name, value) and an end, parameters
(name, content type, value) and an end. All of these are a length and as many bytes. An end is a length of -1.
"""

import struct
import sys
from socket import socket
from typing import Any

CHUNK = 1 << 16  # bytes; a frame of 32 drawings has half as many

_LENGTH = struct.Struct("!i")


class ReadAhead:
    """Reads one connection, which must always be the same."""

    def __init__(self) -> None:
        self._chunk, self._at = b"", 0

    def read(self, connection: socket, length: int) -> bytes:
        """Return the next `length` bytes; end the process if the connection is closed, as TorchServe's worker does."""
        end = self._at + length
        if end > len(self._chunk):
            self._fill(connection, length)
            end = length
        data = self._chunk[self._at : end]
        self._at = end
        return data

    def field(self, connection: socket) -> bytes | None:
        """Return a field; None for an end."""
        start = self._at + _LENGTH.size
        if start > len(self._chunk):
            self._fill(connection, _LENGTH.size)
            start = _LENGTH.size
        [length] = _LENGTH.unpack_from(self._chunk, start - _LENGTH.size)
        self._at = start
        if length < 0:
            return None
        end = start + length
        if end > len(self._chunk):
            return self.read(connection, length)
        self._at = end
        return self._chunk[start:end]

    def request(self, connection: socket) -> dict[str, Any] | None:
        """Return a request of the batch, as TorchServe's service takes it; None for the batch's end.

        JSON in a parameter stays bytes, as with decode_input_request=false.
        """
        field = self.field
        request_id = field(connection)
        if request_id is None:
            return None
        headers, parameters = [], []
        while (name := field(connection)) is not None:
            headers.append({"name": name, "value": field(connection)})
        while (name := field(connection)) is not None:
            content_type = field(connection) or b""
            value = field(connection)
            parameters.append({"name": name.decode(), "contentType": content_type.decode(), "value": value})
        return {"requestId": request_id, "headers": headers, "parameters": parameters}

    def _fill(self, connection: socket, length: int) -> None:
        parts = [self._chunk[self._at :]]
        missing = length - len(parts[0])
        self._chunk, self._at = b"", 0  # it may be large
        while missing > 0:
            part = connection.recv(max(missing, CHUNK))
            if not part:
                sys.exit(0)
            parts.append(part)
            missing -= len(part)
        self._chunk = b"".join(parts)


# A worker process has one connection, to the front end that started it.
_READER = ReadAhead()
retrieve_buffer, retrieve_request = _READER.read, _READER.request
