"""What a measurement was made on."""

import importlib.metadata
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

from tools.stack import ROOT

SERVING = ("torchserve", "torch", "onnxruntime", "numpy", "pillow")
PEERS = ("fastapi", "uvicorn", "litserve", "bentoml", "Flask", "gunicorn", "matplotlib")


def load_average() -> float:
    """Return how many processes wanted a core in the last minute."""
    return round(os.getloadavg()[0], 1)


def describe() -> dict[str, Any]:
    """Return the machine and the versions, the compared servers' included."""
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "requirements" / "benchmark.txt").read_text(), re.MULTILINE))
    return {**of_this_service(), **{name: pins[name] for name in PEERS}}


def of_this_service() -> dict[str, Any]:
    """Return the machine and the versions that this service has here."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return {
        "cpu": cpu[1] if cpu else platform.processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "java": _said("java", "-version"),
        "nginx": _said("nginx", "-v"),
        "wrk": _said("wrk", "-v"),
        **{name: importlib.metadata.version(name) for name in SERVING},
    }


def _said(*command: str) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+[\w.+-]*", ended.stderr + ended.stdout)
    return found[0] if found else "unknown"
