"""A name server that runs inside a container and reads its answers from a file: `name_server.py ANSWERS [ADDRESS]`.

The file holds a JSON object from names to lists of addresses and can change at any time. A name that is not in it, or
whose list is empty, has no address. If there is no file, the server does not answer.
"""

import json
import socket
import struct
import sys
from pathlib import Path

TTL_S = 30
HEADER = 12
NAME = 0xC00C  # a pointer to the name in the query
INTERNET = 1
A, AAAA = 1, 28


def name_in(query: bytes) -> str:
    """Return the name that a query asks for."""
    labels, at = [], HEADER
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode())
        at += 1 + length
    return ".".join(labels)


def reply_to(query: bytes, addresses: list[str]) -> bytes:
    """Return the response to a query for addresses."""
    question = query[HEADER : query.index(b"\0", HEADER) + 5]
    [kind] = struct.unpack(">H", question[-4:-2])
    family = {A: socket.AF_INET, AAAA: socket.AF_INET6}[kind]
    packed = [socket.inet_pton(family, address) for address in addresses if (":" in address) == (kind == AAAA)]
    header = query[:2] + struct.pack(">HHHHH", 0x8580, 1, len(packed), 0, 0)
    records = [struct.pack(">HHHIH", NAME, kind, INTERNET, TTL_S, len(address)) + address for address in packed]
    return header + question + b"".join(records)


def serve(answers: Path, address: str = "0.0.0.0") -> None:
    """Answer queries until the process is killed."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as port:
        port.bind((address, 53))
        while True:
            query, client = port.recvfrom(512)
            if answers.exists():
                addresses = json.loads(answers.read_text()).get(name_in(query), [])
                port.sendto(reply_to(query, addresses), client)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), *sys.argv[2:])
