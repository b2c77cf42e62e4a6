"""A name server for one name, which runs inside a container and reads its answers from a file.

The file holds one address per line and can change at any time. If it is empty, the name has no address. If there is no
file, the server does not answer.
"""

import socket
import struct
import sys
from pathlib import Path

TTL_S = 30
HEADER = 12
ADDRESS_RECORD = struct.pack(">HHHIH", 0xC00C, 1, 1, TTL_S, 4)  # a pointer to the name in the query, A, IN


def reply_to(query: bytes, addresses: list[str]) -> bytes:
    """Return the response to a query for addresses."""
    question = query[HEADER : query.index(b"\0", HEADER) + 5]
    header = query[:2] + struct.pack(">HHHHH", 0x8580, 1, len(addresses), 0, 0)
    return header + question + b"".join(ADDRESS_RECORD + socket.inet_aton(address) for address in addresses)


def serve(answers: Path) -> None:
    """Answer queries until the process is killed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind(("0.0.0.0", 53))
        while True:
            query, client = port.recvfrom(512)
            if answers.exists():
                port.sendto(reply_to(query, answers.read_text().split()), client)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
