"""Java's memory without its garbage, by the protocol that jcmd speaks: a runtime environment has no jcmd."""

import os
import signal
import socket
import time
from pathlib import Path

ATTACH_TIMEOUT_S = 10
COLLECT = b"1\0jcmd\0GC.run\0\0\0"  # version, command, three arguments


def collect_garbage(pid: int) -> None:
    """Let a Java process collect its garbage and give back what the heap does not need.

    The process opens a socket when it is sent SIGQUIT while a file of this name is there
    (https://github.com/openjdk/jdk/blob/jdk-17-ga/src/hotspot/os/posix/attachListener_posix.cpp).
    """
    address = Path(f"/tmp/.java_pid{pid}")
    request = Path(f"/tmp/.attach_pid{pid}")
    deadline = time.monotonic() + ATTACH_TIMEOUT_S
    if not address.exists():
        request.touch()
        try:
            os.kill(pid, signal.SIGQUIT)
            while not address.exists():
                assert time.monotonic() < deadline, f"Java {pid} opened no socket to attach to"
                time.sleep(0.05)
        finally:
            request.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ATTACH_TIMEOUT_S)
        connection.connect(str(address))
        connection.sendall(COLLECT)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"0\n"), answer
