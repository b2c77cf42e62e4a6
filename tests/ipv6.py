"""Whether this machine has IPv6."""

import socket


def has_ipv6() -> bool:
    """Return whether ::1 is an address of this machine."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
