"""The access log of a web container, from the container's output."""

import json
from typing import Any

from tools.docker import logs


def requests_logged(container: str) -> list[dict[str, Any]]:
    """Return the requests in the access log, the oldest first."""
    return [json.loads(line) for line in logs(container).splitlines() if line.startswith('{"time"')]
